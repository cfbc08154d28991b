package aws

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ram"
	"github.com/aws/aws-sdk-go-v2/service/ram/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	shares := once("ram", "get-resource-shares", "ram:GetResourceShares", ingest.Mapping(mapResourceShares), func(ctx context.Context, config aws.Config) (any, error) {
		return pages(ctx, ram.NewGetResourceSharesPaginator(ram.NewFromConfig(config), &ram.GetResourceSharesInput{ResourceOwner: types.ResourceOwnerSelf}))
	})
	shares.Command = "aws ram get-resource-shares --resource-owner SELF"
	register(
		shares,
		associationsOf(types.ResourceShareAssociationTypePrincipal, "get-resource-share-associations-principal", mapSharePrincipals),
		associationsOf(types.ResourceShareAssociationTypeResource, "get-resource-share-associations-resource", mapSharedResources),
	)
}

func associationsOf(kind types.ResourceShareAssociationType, operation string, mapped func(*ingest.Facts, ingest.Site, string, shareAssociations)) Table {
	table := once("ram", operation, "ram:GetResourceShareAssociations", ingest.Mapping(mapped), func(ctx context.Context, config aws.Config) (any, error) {
		return pages(ctx, ram.NewGetResourceShareAssociationsPaginator(ram.NewFromConfig(config), &ram.GetResourceShareAssociationsInput{AssociationType: kind}))
	})
	table.Command = "aws ram get-resource-share-associations --association-type " + string(kind)
	return table
}

type resourceShares struct {
	ResourceShares []struct {
		ResourceShareARN, Name, OwningAccountID, Status string
		AllowExternalPrincipals                         *bool
		Tags                                            tags
	}
}

func mapResourceShares(facts *ingest.Facts, site ingest.Site, _ string, body resourceShares) {
	for _, share := range body.ResourceShares {
		describe(facts, heldBy(site, share.OwningAccountID), kinds.AWSResourceShare, share.ResourceShareARN, share.Name, share.Tags, graph.Props{
			"status": share.Status, "external": share.AllowExternalPrincipals,
		})
	}
}

type shareAssociations struct{ ResourceShareAssociations []shareAssociation }

type shareAssociation struct{ ResourceShareARN, AssociatedEntity, Status string }

// of gives what each share is associated with. Only an association that is whole counts: an account outside of the organization has to
// accept its invitation first (https://docs.aws.amazon.com/ram/latest/APIReference/API_ResourceShareAssociation.html, status).
func (body shareAssociations) of() (shares []string, entities map[string][]string) {
	entities = map[string][]string{}
	for _, association := range body.ResourceShareAssociations {
		if association.Status == "ASSOCIATED" && association.ResourceShareARN != "" {
			shares = append(shares, association.ResourceShareARN)
			entities[association.ResourceShareARN] = append(entities[association.ResourceShareARN], association.AssociatedEntity)
		}
	}
	return graph.Sorted(shares), entities
}

func mapSharePrincipals(facts *ingest.Facts, site ingest.Site, _ string, body shareAssociations) {
	shares, principals := body.of()
	for _, share := range shares {
		found := contribute(facts, kinds.AWSResourceShare, share, graph.Props{"principals": graph.Sorted(principals[share])})
		for _, principal := range graph.Sorted(principals[share]) {
			if accountName.MatchString(principal) {
				found.to(kinds.AttachedTo, kinds.AWSAccount, string(ingest.Site{Partition: site.Partition, Account: principal}.AccountID()))
			}
		}
	}
}

func mapSharedResources(facts *ingest.Facts, _ ingest.Site, _ string, body shareAssociations) {
	shares, resources := body.of()
	for _, share := range shares {
		found := contribute(facts, kinds.AWSResourceShare, share, graph.Props{"resources": graph.Sorted(resources[share])})
		for _, name := range graph.Sorted(resources[share]) {
			if id, kind := asset(name); kind != "" {
				found.to(kinds.Uses, kind, id)
			}
		}
	}
}
