package aws

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// web is a site whose instance has a role and lets anyone at a web service.
func web(t *testing.T, tokens string) *world {
	t.Helper()
	world := site(t)
	world.group("sg-web", `{"IpProtocol":"tcp","FromPort":8080,"ToPort":8080,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}`)
	world.set(ec2("network-interface", "eni-i-1"), "security_groups", []string{string(ec2("security-group", "sg-web"))})
	world.role(role("web"), trust("ec2.amazonaws.com"))
	profile := world.add(graph.ID("arn:aws:iam::"+ours+":instance-profile/web"), kinds.AWSInstanceProfile, graph.Props{"account": ours, "roles": []string{string(role("web"))}})
	world.set(ec2("instance", "i-1"), "instance_profile", string(profile))
	if tokens != "" {
		world.set(ec2("instance", "i-1"), "metadata_tokens", tokens)
	}
	return world
}

func TestTheFirstMetadataVersionHandsTheRoleToWhoeverAnExposedServiceFetchesFor(t *testing.T) {
	edge := must(t, web(t, "optional").derive(), graph.Internet, kinds.CanEscalateTo, role("web"), graph.Possible)
	if edge.Technique != metadataV1 {
		t.Errorf("technique %s", edge.Technique)
	}
}

func TestNothingIsClaimedOfTheMetadataService(t *testing.T) {
	for name, world := range map[string]*world{
		"that wants tokens":        web(t, "required"),
		"of which it is not known": web(t, ""),
		"of an instance without a role": func() *world {
			world := web(t, "optional")
			world.set(ec2("instance", "i-1"), "instance_profile", nil)
			return world
		}(),
		"that is turned off": func() *world {
			world := web(t, "optional")
			world.set(ec2("instance", "i-1"), "metadata_disabled", true)
			return world
		}(),
		"behind remote administration alone": func() *world {
			world := web(t, "optional")
			world.set(ec2("network-interface", "eni-i-1"), "security_groups", []string{string(ec2("security-group", "sg-1"))})
			return world
		}(),
		"of an instance that nobody reaches": func() *world {
			world := web(t, "optional")
			world.set(ec2("network-interface", "eni-i-1"), "public_ip", nil)
			return world
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			mustNot(t, world.derive(), graph.Internet, kinds.CanEscalateTo, role("web"))
		})
	}
}
