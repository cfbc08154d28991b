package aws

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// encryptedWith gives the customer's key that reading the store needs as well, if any. A key that AWS keeps (alias/aws/…)
// is used on behalf of whoever may read, inside its account, so it guards nothing ("AWS managed keys",
// https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html). For a bucket it is the key of its default
// encryption: objects written before it, or with another, are not told apart.
func (authorizer *Authorizer) encryptedWith(store *node, use graph.EdgeKind) []graph.ID {
	if use != kinds.CanRead || storageOf(store.Kind).open {
		return nil
	}
	named := store.Props.Text("kms_key")
	encryption := store.Props.Text("encryption")
	if named == "" || store.Kind == kinds.AWSBucket && encryption != "" && !strings.HasPrefix(encryption, "aws:kms") {
		return nil
	}
	key, known := authorizer.keyNamed(store, named)
	if !known || key.Props.Text("manager") == "AWS" {
		return nil
	}
	return []graph.ID{key.ID}
}

// readable settles reading from another account, or from none, where the store is encrypted with a key that AWS keeps: that key
// is of use to its own account alone, so a secret cannot be read ("Access AWS Secrets Manager secrets from a different
// account", https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html), and of a
// bucket only objects that were written without it ("Using server-side encryption with AWS KMS keys",
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html).
func (authorizer *Authorizer) readable(store *node, reader *account, edge *graph.Edge) bool {
	holder := authorizer.estate.holder(store)
	named := store.Props.Text("kms_key")
	switch {
	case edge.Kind != kinds.CanRead || len(edge.Requires) > 0 || reader != nil && reader == holder:
		return true
	case store.Kind == kinds.AWSSecret:
		return named != "" && !authorizer.awsKeeps(store, named)
	case store.Kind != kinds.AWSBucket && named != "" && !storageOf(store.Kind).open:
		return !authorizer.awsKeeps(store, named)
	case store.Kind == kinds.AWSBucket && strings.HasPrefix(store.Props.Text("encryption"), "aws:kms") && (named == "" || authorizer.awsKeeps(store, named)):
		edge.Verdict = edge.Verdict.And(graph.Possible)
		edge.Evidence = append(edge.Evidence, missing(store.ID, "encryption", "new objects are encrypted with a key that only the bucket's own account can use; whether older ones are is not known"))
	}
	return true
}

// unlocked settles reading by a principal where the customer's key was not collected, or its policy cannot be read: as the
// default key policy has it, the account's own policies decide, so the principal that may decrypt by them reads, if the key's
// policy lets it, which is Unknown ("Default key policy",
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html).
func (authorizer *Authorizer) unlocked(principal graph.ID, edge *graph.Edge) {
	for _, key := range edge.Requires {
		target := *authorizer.target(string(key))
		if target.held != nil && !target.unread || target.account == nil {
			return
		}
		if target.policies.Resource = authorizer.usualKeyPolicy(key, target.account); target.policies.Resource == nil {
			return
		}
		target.gaps = []graph.Evidence{missing(key, "policy", "the policy of %s was not collected", key)}
		decision := authorizer.judge(authorizer.subject(principal), &target, "kms:Decrypt", string(key), nil)
		if !decision.Holds {
			return
		}
		for _, piece := range decision.Evidence {
			if piece.Source != key || piece.Kind == graph.Gap {
				edge.Evidence = append(edge.Evidence, piece)
			}
		}
	}
	if len(edge.Requires) > 0 {
		edge.Requires, edge.Verdict = nil, edge.Verdict.And(graph.Unknown)
	}
}

// decryptsElsewhere reports whether the principal may use the store's key, and never for this store: each of its permissions, or the
// key's policy, asks that another service call ("kms:ViaService",
// https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service). That it holds the key
// otherwise is then worth nothing here.
func (authorizer *Authorizer) decryptsElsewhere(principal *subject, store *node, edge *graph.Edge) bool {
	for _, key := range edge.Requires {
		name := parseARN(string(key))
		through := map[string]string{"kms:ViaService": parseARN(string(store.ID)).service + "." + name.region + ".amazonaws.com"}
		target := authorizer.target(string(key))
		if name.region != "" && authorizer.judge(principal, target, "kms:Decrypt", string(key), nil).Holds &&
			!authorizer.judge(principal, target, "kms:Decrypt", string(key), through).Holds {
			return true
		}
	}
	return false
}

// usualKeyPolicy leaves a key to its account's own policies, as the default key policy does.
func (authorizer *Authorizer) usualKeyPolicy(key graph.ID, holder *account) []*iam.Policy {
	usual, _, err := authorizer.library.read(key, `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"`+holder.digits+`"},"Action":"kms:*","Resource":"*"}}`)
	if err != nil {
		return nil
	}
	return []*iam.Policy{usual}
}

// awsKeeps reports whether the named key is one that AWS keeps for a service.
func (authorizer *Authorizer) awsKeeps(store *node, name string) bool {
	if strings.Contains(name, "alias/aws/") {
		return true
	}
	key, known := authorizer.keyNamed(store, name)
	return known && key.Props.Text("manager") == "AWS"
}

// keyNamed finds a key by its ARN, its id or its alias in the store's account and region. A customer's key that was not
// collected is a node of its name alone.
func (authorizer *Authorizer) keyNamed(store *node, name string) (*node, bool) {
	short := name
	if at := strings.Index(name, "alias/"); at >= 0 {
		short = name[at:]
	}
	if strings.HasPrefix(short, "alias/aws/") {
		return nil, false
	}
	holder := authorizer.estate.holder(store)
	if holder == nil {
		return nil, false
	}
	region := store.Props.Text("region")
	if place := parseARN(string(store.ID)).region; place != "" {
		region = place
	}
	if named := parseARN(name); named.region != "" {
		region, holder = named.region, authorizer.estate.account(named.partition, named.account)
	}
	if strings.HasPrefix(short, "alias/") {
		return authorizer.aliased(holder, region, short)
	}
	id := graph.ID("arn:" + holder.partition + ":kms:" + region + ":" + holder.digits + ":key/" + last(name))
	if held, found := authorizer.estate.find(id); found {
		return held, true
	}
	return &node{Node: graph.Node{ID: id, Kind: kinds.AWSKey}}, true
}

// aliased finds the key that has an alias; one that was not collected cannot be told.
func (authorizer *Authorizer) aliased(holder *account, region, alias string) (*node, bool) {
	if authorizer.aliases == nil {
		authorizer.aliases = map[string]*node{}
		for _, key := range authorizer.estate.seen(kinds.AWSKey) {
			place := parseARN(string(key.ID))
			for _, name := range key.Props.List("aliases") {
				authorizer.aliases[place.account+"/"+place.region+"/"+name] = key
			}
		}
	}
	key, found := authorizer.aliases[holder.digits+"/"+region+"/"+alias]
	return key, found
}
