package azure

import (
	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		graphed("resources", "microsoft.compute/virtualmachines", Table{
			Service: "vm", Operation: "list", Actions: []string{"Microsoft.Compute/virtualMachines/read"},
			Call: resources("Microsoft.Compute/virtualMachines", "2024-07-01"),
			Map: rowsOf(func(facts *ingest.Facts, site ingest.Site, row machine) {
				interfaces := ids(row.NetworkProfile.NetworkInterfaces)
				found := describe(facts, site, kinds.AzureVM, row.resource, graph.Props{
					"os": row.StorageProfile.OSDisk.OSType, "interfaces": interfaces, "state": row.PowerState,
				})
				for _, card := range interfaces {
					found.from(kinds.AttachedTo, kinds.AzureInterface, card)
				}
			}),
		}),
		graphed("resources", "microsoft.compute/virtualmachinescalesets", Table{
			Service: "vmss", Operation: "list", Actions: []string{"Microsoft.Compute/virtualMachineScaleSets/read"},
			Call: resources("Microsoft.Compute/virtualMachineScaleSets", "2024-07-01"),
			Map: rowsOf(func(facts *ingest.Facts, site ingest.Site, row scaleSet) {
				describe(facts, site, kinds.AzureScaleSet, row.resource, graph.Props{"os": row.VirtualMachineProfile.StorageProfile.OSDisk.OSType})
			}),
		}),
	)
}

type storageProfile struct{ OSDisk struct{ OSType string } }

type machine struct {
	resource
	PowerState     string
	NetworkProfile struct{ NetworkInterfaces []reference }
	StorageProfile storageProfile
}

type scaleSet struct {
	resource
	VirtualMachineProfile struct{ StorageProfile storageProfile }
}
