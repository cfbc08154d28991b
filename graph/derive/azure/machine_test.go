package azure

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// securityRules writes rules: each "priority Allow|Deny from protocol/ports", inbound to everything unless a destination follows.
func securityRules(lines ...string) []string {
	var list []string
	for i, line := range lines {
		words := strings.Fields(line)
		protocol, ports, _ := strings.Cut(words[2], "/")
		rule := map[string]any{
			"name": line, "priority": 100 + i, "direction": "Inbound", "access": words[0], "protocol": protocol, "sourceAddressPrefix": words[1], "sourcePortRange": "*",
			"destinationAddressPrefix": "*", "destinationPortRange": ports,
		}
		if len(words) > 3 {
			rule["destinationAddressPrefix"] = words[3]
			if group, ok := strings.CutPrefix(words[3], "asg:"); ok {
				delete(rule, "destinationAddressPrefix")
				rule["destinationApplicationSecurityGroups"] = []any{map[string]any{"id": "/Subscriptions/s/" + group}}
			}
		}
		list = append(list, object(rule))
	}
	return list
}

func TestWhichMachinesTheInternetReaches(t *testing.T) {
	const network = shop + "/providers/microsoft.network"
	const ssh = "internet CAN_REACH jump on tcp/22"
	for _, test := range []struct {
		name  string
		build func(world *world, nic, subnet func(lines ...string))
		want  string
	}{
		{"SSH open to the internet", func(_ *world, nic, _ func(...string)) { nic("Allow Internet Tcp/22") }, ssh},
		{"to all", func(_ *world, nic, _ func(...string)) { nic("Allow * Tcp/22") }, ssh},
		{"to 0.0.0.0/0", func(_ *world, nic, _ func(...string)) { nic("Allow 0.0.0.0/0 Tcp/22") }, ssh},
		{"to one office", func(_ *world, nic, _ func(...string)) { nic("Allow 198.51.100.0/24 Tcp/22") }, ""},
		{"to the virtual network", func(_ *world, nic, _ func(...string)) { nic("Allow VirtualNetwork Tcp/22") }, ""},
		{"to a service of Azure", func(_ *world, nic, _ func(...string)) { nic("Allow AzureTrafficManager Tcp/22") }, ""},
		{"an earlier rule denies it", func(_ *world, nic, _ func(...string)) { nic("Deny Internet Tcp/20-30", "Allow Internet Tcp/22") }, ""},
		{"a later rule denies it", func(_ *world, nic, _ func(...string)) { nic("Allow Internet Tcp/22", "Deny * */*") }, ssh},
		{"an earlier rule denies one office alone", func(_ *world, nic, _ func(...string)) {
			nic("Deny 198.51.100.0/24 Tcp/22", "Allow Internet Tcp/22")
		}, ssh},
		{"the subnet's group denies it", func(_ *world, nic, subnet func(...string)) { nic("Allow Internet Tcp/22"); subnet("Deny Internet */*") }, ""},
		{"the subnet's group has no rule for it", func(_ *world, nic, subnet func(...string)) {
			nic("Allow Internet Tcp/22")
			subnet("Allow Internet Tcp/443")
		}, ""},
		{"both groups let it in", func(_ *world, nic, subnet func(...string)) {
			nic("Allow Internet Tcp/22")
			subnet("Allow Internet */*")
		}, ssh},
		{"the subnet's group alone", func(_ *world, _, subnet func(...string)) { subnet("Allow Internet Tcp/22") }, ssh},
		{"no rule of one's own", func(_ *world, nic, _ func(...string)) { nic() }, ""},
		{"an outbound rule", func(world *world, nic, _ func(...string)) {
			nic()
			world.set(network+"/networksecuritygroups/nic", "rules", []string{strings.Replace(securityRules("Allow Internet Tcp/22")[0], "Inbound", "Outbound", 1)})
		}, ""},
		{"a rule for the machine's private address", func(_ *world, nic, _ func(...string)) { nic("Allow Internet Tcp/22 10.1.0.0/28") }, ssh},
		{"a rule for another machine's", func(_ *world, nic, _ func(...string)) { nic("Allow Internet Tcp/22 10.1.0.99") }, ""},
		{"a rule for the public address, which no group sees", func(_ *world, nic, _ func(...string)) { nic("Allow Internet Tcp/22 203.0.113.7") }, ""},
		{"a rule for an application security group that it is in", func(world *world, nic, _ func(...string)) {
			nic("Allow Internet Tcp/22 asg:jumps")
			world.set(network+"/networkinterfaces/card", "asgs", []string{"/subscriptions/s/jumps"})
		}, ssh},
		{"and that it is not in", func(_ *world, nic, _ func(...string)) { nic("Allow Internet Tcp/22 asg:jumps") }, ""},
		{"UDP alone", func(_ *world, nic, _ func(...string)) { nic("Allow Internet Udp/53") }, "internet CAN_REACH jump on udp/53"},
		{"no group and a Standard address", func(*world, func(...string), func(...string)) {}, ""},
		{"no group and a Basic address", func(world *world, _, _ func(...string)) { world.set(network+"/publicipaddresses/ip", "sku", "Basic") }, "internet CAN_REACH jump on any"},
		{"no group and an address of which nothing is known", func(world *world, _, _ func(...string)) { world.set(network+"/publicipaddresses/ip", "sku", nil) }, "internet CAN_REACH jump on any (possible)"},
		{"no public address", func(world *world, nic, _ func(...string)) {
			nic("Allow Internet Tcp/22")
			world.set(network+"/networkinterfaces/card", "public_ips", []string{})
		}, ""},
		{"it is deallocated", func(world *world, nic, _ func(...string)) {
			nic("Allow Internet Tcp/22")
			world.set(shop+"/providers/microsoft.compute/virtualmachines/jump", "state", "VM deallocated")
		}, ""},
		{"a group whose rules were not collected", func(world *world, nic, _ func(...string)) {
			nic()
			world.set(network+"/networksecuritygroups/nic", "rules", nil)
		}, "internet CAN_REACH jump on any (unknown)"},
		{"a subnet that was not collected", func(world *world, nic, _ func(...string)) {
			nic("Allow Internet Tcp/22")
			world.set(network+"/virtualnetworks/hub/subnets/vms", "network", nil)
		}, ssh + " (unknown)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			machine := world.add(shop+"/providers/microsoft.compute/virtualmachines/jump", kinds.AzureVM, graph.Props{})
			address := world.add(network+"/publicipaddresses/ip", kinds.AzurePublicIP, graph.Props{"sku": "Standard", "address": "203.0.113.7"})
			subnet := world.add(network+"/virtualnetworks/hub/subnets/vms", kinds.AzureSubnet, graph.Props{"network": string(network + "/virtualnetworks/hub")})
			card := world.add(network+"/networkinterfaces/card", kinds.AzureInterface, graph.Props{
				"machine": string(machine), "public_ips": []string{string(address)}, "subnets": []string{string(subnet)}, "private_ips": []string{"10.1.0.4"},
			})
			group := func(holder graph.ID, name graph.ID) func(...string) {
				return func(lines ...string) {
					id := world.add(network+"/networksecuritygroups/"+name, kinds.AzureNSG, graph.Props{"rules": securityRules(lines...)})
					world.set(holder, "nsg", string(id))
				}
			}
			test.build(world, group(card, "nic"), group(subnet, "subnet"))
			var found []string
			for _, edge := range NewAuthorizer(world.snapshot()).machines() {
				if edge.Kind != kinds.CanReach {
					continue
				}
				text := string(edge.From) + " " + string(edge.Kind) + " " + short(edge.To) + " on " + edge.Props.Text("ports")
				if edge.Verdict != graph.Proven {
					text += " (" + edge.Verdict.String() + ")"
				}
				found = append(found, text)
			}
			if diff := cmp.Diff(test.want, strings.Join(found, "; ")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An open port of remote administration is told apart from other services.
func TestWeaknessesOfAMachine(t *testing.T) {
	world := newWorld(t)
	const network = shop + "/providers/microsoft.network"
	world.add(shop+"/providers/microsoft.compute/virtualmachines/jump", kinds.AzureVM, graph.Props{})
	world.add(network+"/networksecuritygroups/g", kinds.AzureNSG, graph.Props{"rules": securityRules("Allow Internet Tcp/22", "Allow * */443")})
	world.add(network+"/virtualnetworks/hub/subnets/vms", kinds.AzureSubnet, graph.Props{"network": "n", "nsg": string(network + "/networksecuritygroups/g")})
	world.add(network+"/networkinterfaces/card", kinds.AzureInterface, graph.Props{
		"machine": string(shop + "/providers/microsoft.compute/virtualmachines/jump"), "public_ips": []string{"/ip"}, "subnets": []string{string(network + "/virtualnetworks/hub/subnets/vms")},
	})
	var found []string
	for _, edge := range NewAuthorizer(world.snapshot()).machines() {
		found = append(found, string(edge.Kind)+" "+edge.Technique+" "+edge.Props.Text("ports")+" by "+edge.Props.Text("protocol"))
	}
	want := "CAN_REACH  tcp/22,tcp/443,udp/443 by tcp,udp; CAN_EXPLOIT exposed-remote-admin tcp/22 by tcp; CAN_EXPLOIT exposed-service tcp/443,udp/443 by tcp,udp"
	if diff := cmp.Diff(want, strings.Join(found, "; ")); diff != "" {
		t.Error(diff)
	}
}
