package azure

import (
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		graphed("resources", "microsoft.storage/storageaccounts", Table{
			Service: "storage", Operation: "account-list", Actions: []string{"Microsoft.Storage/storageAccounts/read"}, Command: "az storage account list",
			Call: resources("Microsoft.Storage/storageAccounts", "2023-05-01"),
			Map:  rowsOf(mapStorageAccount),
		}),
		Table{
			Service: "storage", Operation: "container-rm-list", Actions: []string{"Microsoft.Storage/storageAccounts/blobServices/containers/read"},
			Parent: "account-list", Items: "[].name", Command: `az storage container-rm list --storage-account "$item"`,
			Call: below("Microsoft.Storage/storageAccounts", "2023-05-01", "/blobServices/default/containers", "2023-05-01"),
			Map: answerOf(func(facts *ingest.Facts, site ingest.Site, _ string, rows []container) {
				for _, row := range rows {
					account, _, _ := strings.Cut(string(row.ID), "/blobservices/")
					describe(facts, site, kinds.AzureBlobContainer, row.resource, graph.Props{"storage": account, "public_access": row.PublicAccess}).from(kinds.Contains, kinds.AzureStorageAccount, account)
				}
			}),
		},
	)
}

// networkRules are the firewall of a storage account or a key vault. The interfaces differ in what they call it.
type networkRules struct {
	DefaultAction, Bypass string
	IPRules               []struct{ Value, IPAddressOrRange string }
	VirtualNetworkRules   []struct{ ID, VirtualNetworkResourceID name }
}

func (rules *networkRules) props(into graph.Props) {
	if rules == nil {
		return
	}
	into["default_action"] = rules.DefaultAction
	addresses, subnets := []string{}, []string{}
	for _, rule := range rules.IPRules {
		addresses = append(addresses, rule.Value+rule.IPAddressOrRange)
	}
	for _, rule := range rules.VirtualNetworkRules {
		subnet := rule.ID
		if subnet == "" {
			subnet = rule.VirtualNetworkResourceID
		}
		subnets = append(subnets, string(subnet))
	}
	into["ip_rules"], into["subnets"] = graph.Sorted(addresses), graph.Sorted(subnets)
}

// storageAccount is a storage account as the command line prints it and as Resource Manager does.
type storageAccount struct {
	resource
	AllowBlobPublicAccess, AllowSharedKeyAccess      *bool
	PublicNetworkAccess                              string
	EnableHTTPSTrafficOnly, SupportsHTTPSTrafficOnly *bool
	IsHNSEnabled                                     *bool
	NetworkRuleSet, NetworkACLs                      *networkRules
}

// mapStorageAccount reads a storage account. Shared keys open one that does not say otherwise
// (https://learn.microsoft.com/azure/storage/common/shared-key-authorization-prevent: "The AllowSharedKeyAccess property … null", which permits).
func mapStorageAccount(facts *ingest.Facts, site ingest.Site, row storageAccount) {
	rules, https := row.NetworkRuleSet, row.EnableHTTPSTrafficOnly
	if rules == nil {
		rules = row.NetworkACLs
	}
	if https == nil {
		https = row.SupportsHTTPSTrafficOnly
	}
	props := graph.Props{
		"public_access": row.PublicNetworkAccess, "public_blobs": row.AllowBlobPublicAccess, "shared_key": row.AllowSharedKeyAccess == nil || *row.AllowSharedKeyAccess,
		"https_only": https, "data_lake": row.IsHNSEnabled,
	}
	if rules.props(props); rules != nil {
		props["bypass"] = split(rules.Bypass)
	}
	describe(facts, site, kinds.AzureStorageAccount, row.resource, props).listed(kinds.AzureStorageAccount, row.Name)
}

// split takes a list written with commas apart.
func split(text string) []string {
	found := []string{}
	for _, word := range strings.Split(text, ",") {
		if word = strings.TrimSpace(word); word != "" && !strings.EqualFold(word, "None") {
			found = append(found, word)
		}
	}
	return graph.Sorted(found)
}

type container struct {
	resource
	PublicAccess string
}
