package aws

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

// pointing are the kinds of records that lead somewhere; what others hold, such as the tokens in TXT records, is left behind.
var pointing = []types.RRType{types.RRTypeA, types.RRTypeAaaa, types.RRTypeCname, types.RRTypeNs}

func init() {
	zones := once("route53", "list-hosted-zones", "route53:ListHostedZones", ingest.Mapping(mapZones), func(ctx context.Context, config aws.Config) (any, error) {
		return pages(ctx, route53.NewListHostedZonesPaginator(route53.NewFromConfig(config), &route53.ListHostedZonesInput{}))
	})
	records := perItem("route53", "list-resource-record-sets", "route53:ListResourceRecordSets", of{"list-hosted-zones", "HostedZones[].Id", "--hosted-zone-id"}, ingest.Mapping(mapRecords), func(ctx context.Context, config aws.Config, zone string) (any, error) {
		all, err := pages(ctx, route53.NewListResourceRecordSetsPaginator(route53.NewFromConfig(config), &route53.ListResourceRecordSetsInput{HostedZoneId: &zone}))
		if err == nil {
			all.ResourceRecordSets = slices.DeleteFunc(all.ResourceRecordSets, func(set types.ResourceRecordSet) bool { return !slices.Contains(pointing, set.Type) })
			all.MaxItems, all.NextRecordIdentifier, all.NextRecordName = nil, nil, nil
		}
		return all, err
	}, "NoSuchHostedZone")
	records.Command += " --query '{ResourceRecordSets: ResourceRecordSets[?contains([`A`, `AAAA`, `CNAME`, `NS`], Type)]}'"
	zones.Global, records.Global = true, true
	register(zones, records)
}

func zoneID(site ingest.Site, id string) string {
	if id == "" {
		return ""
	}
	return "arn:" + site.Partition + ":route53:::hostedzone/" + lastPart(id)
}

type zones struct {
	HostedZones []struct {
		ID, Name               string
		ResourceRecordSetCount *int64
		Config                 struct{ PrivateZone *bool }
	}
}

func mapZones(facts *ingest.Facts, site ingest.Site, _ string, body zones) {
	for _, zone := range body.HostedZones {
		describe(facts, site, kinds.AWSHostedZone, zoneID(site, zone.ID), zone.Name, nil, graph.Props{"private": zone.Config.PrivateZone, "records": zone.ResourceRecordSetCount})
	}
}

type records struct{ ResourceRecordSets []record }

type record struct {
	Name, Type      string
	AliasTarget     struct{ DNSName string }
	ResourceRecords []struct{ Value string }
}

// text gives what graph/kinds declares: the name, the type and where it leads.
func (record record) text() string {
	if record.Name == "" {
		return ""
	}
	values := []string{}
	for _, one := range record.ResourceRecords {
		values = append(values, one.Value)
	}
	if record.AliasTarget.DNSName != "" {
		values = append(values, record.AliasTarget.DNSName)
	}
	return record.Name + " " + record.Type + " " + strings.Join(graph.Sorted(values), ",")
}

func mapRecords(facts *ingest.Facts, site ingest.Site, zone string, body records) {
	contribute(facts, kinds.AWSHostedZone, zoneID(site, zone), graph.Props{"records_to": each(body.ResourceRecordSets, record.text)})
}
