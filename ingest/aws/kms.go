package aws

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "kms", Operation: "list-keys",
			Actions: []string{"kms:ListKeys"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, kms.NewListKeysPaginator(kms.NewFromConfig(config), &kms.ListKeysInput{}))
			},
			Map: ingest.Mapping(mapKeys),
		},
		Table{
			Service: "kms", Operation: "list-aliases",
			Actions: []string{"kms:ListAliases"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, kms.NewListAliasesPaginator(kms.NewFromConfig(config), &kms.ListAliasesInput{}))
			},
			Map: ingest.Mapping(mapKeyAliases),
		},
		perKey("describe-key", "kms:DescribeKey", "", nil, ingest.Mapping(mapKey),
			func(ctx context.Context, client *kms.Client, key *string) (any, error) {
				return client.DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: key})
			}),
		perKey("get-key-policy", "kms:GetKeyPolicy", " --policy-name default", nil, ingest.Mapping(mapKeyPolicy),
			func(ctx context.Context, client *kms.Client, key *string) (any, error) {
				return client.GetKeyPolicy(ctx, &kms.GetKeyPolicyInput{KeyId: key, PolicyName: aws.String("default")})
			}),
		perKey("list-grants", "kms:ListGrants", "", nil, ingest.Mapping(mapKeyGrants),
			func(ctx context.Context, client *kms.Client, key *string) (any, error) {
				return pages(ctx, kms.NewListGrantsPaginator(client, &kms.ListGrantsInput{KeyId: key}))
			}),
		// Keys that cannot rotate by themselves, such as asymmetric ones, answer that the operation is not supported.
		perKey("get-key-rotation-status", "kms:GetKeyRotationStatus", "", []string{"UnsupportedOperationException"}, ingest.Mapping(mapKeyRotation),
			func(ctx context.Context, client *kms.Client, key *string) (any, error) {
				return client.GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: key})
			}),
		perKey("list-resource-tags", "kms:ListResourceTags", "", nil, ingest.Mapping(mapKeyTags),
			func(ctx context.Context, client *kms.Client, key *string) (any, error) {
				return pages(ctx, kms.NewListResourceTagsPaginator(client, &kms.ListResourceTagsInput{KeyId: key}))
			}),
	)
}

// perKey makes the table of an operation that is called for every key; more is what its command says besides.
func perKey(operation, action, more string, absent []string, mapping func(ingest.Site, string, []byte) (ingest.Facts, error),
	call func(context.Context, *kms.Client, *string) (any, error),
) Table {
	return Table{
		Service: "kms", Operation: operation,
		Actions: []string{action},
		Parent:  "list-keys", Items: "Keys[].KeyId",
		Command: "aws kms " + operation + ` --key-id "$item"` + more,
		Call: func(ctx context.Context, config aws.Config, key string) (any, error) {
			return call(ctx, kms.NewFromConfig(config), &key)
		},
		Absent: absent,
		Map:    mapping,
	}
}

type keyList struct {
	Keys []struct{ KeyID, KeyARN string }
}

func mapKeys(facts *ingest.Facts, site ingest.Site, _ string, body keyList) {
	for _, listed := range body.Keys {
		contribute(facts, kinds.AWSKey, cmp.Or(listed.KeyARN, key(site, listed.KeyID)), graph.Props{"account": site.Account, "region": site.Region})
	}
}

type keyAliases struct {
	Aliases []struct{ AliasName, TargetKeyID string }
}

// mapKeyAliases reads what keys are called. Only AWS makes aliases that begin with alias/aws/, for the keys that it
// manages (https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html).
func mapKeyAliases(facts *ingest.Facts, site ingest.Site, _ string, body keyAliases) {
	aliases := map[string][]string{}
	for _, alias := range body.Aliases {
		if alias.TargetKeyID != "" && alias.AliasName != "" {
			id := key(site, alias.TargetKeyID)
			aliases[id] = append(aliases[id], alias.AliasName)
		}
	}
	ids := make([]string, 0, len(aliases))
	for id := range aliases {
		ids = append(ids, id)
	}
	for _, id := range graph.Sorted(ids) {
		called := graph.Sorted(aliases[id])
		props := graph.Props{"aliases": called, "name": strings.TrimPrefix(called[0], "alias/"), "account": site.Account, "region": site.Region}
		if slices.ContainsFunc(called, func(alias string) bool { return strings.HasPrefix(alias, "alias/aws/") }) {
			props["manager"] = "AWS"
		}
		contribute(facts, kinds.AWSKey, id, props)
	}
}

type keyDescription struct {
	KeyMetadata struct{ KeyID, ARN, KeyManager, KeyState, KeyUsage string }
}

func mapKey(facts *ingest.Facts, site ingest.Site, item string, body keyDescription) {
	metadata := body.KeyMetadata
	contribute(facts, kinds.AWSKey, cmp.Or(metadata.ARN, key(site, cmp.Or(metadata.KeyID, item))), graph.Props{
		"account": site.Account, "region": site.Region, "manager": metadata.KeyManager, "state": metadata.KeyState, "usage": metadata.KeyUsage,
	})
}

type keyPolicy struct{ Policy policy }

func mapKeyPolicy(facts *ingest.Facts, site ingest.Site, item string, body keyPolicy) {
	id := key(site, item)
	contribute(facts, kinds.AWSKey, id, graph.Props{"policy": body.Policy.read(facts, graph.ID(id))})
}

type keyGrants struct{ Grants []keyGrant }

type keyGrant struct {
	KeyID, GranteePrincipal string
	Operations              []string
	Constraints             objectText
}

func mapKeyGrants(facts *ingest.Facts, site ingest.Site, item string, body keyGrants) {
	contribute(facts, kinds.AWSKey, key(site, item), graph.Props{"grants": each(body.Grants, keyGrant.text)})
}

// text gives what graph/kinds declares: who may do what, under which constraint.
func (grant keyGrant) text() string {
	if grant.GranteePrincipal == "" {
		return ""
	}
	return grant.GranteePrincipal + "|" + strings.Join(graph.Sorted(grant.Operations), ",") + "|" + string(grant.Constraints)
}

type keyRotation struct{ KeyRotationEnabled *bool }

func mapKeyRotation(facts *ingest.Facts, site ingest.Site, item string, body keyRotation) {
	contribute(facts, kinds.AWSKey, key(site, item), graph.Props{"rotation": body.KeyRotationEnabled})
}

type keyTags struct{ Tags tags }

func mapKeyTags(facts *ingest.Facts, site ingest.Site, item string, body keyTags) {
	contribute(facts, kinds.AWSKey, key(site, item), graph.Props{"tags": body.Tags.list()})
}
