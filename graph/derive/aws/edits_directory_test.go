package aws

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// directories is a pool of people whom other accounts' directories let in: Identity Center's, and Cognito's pools.
func directories(t *testing.T) pool {
	t.Helper()
	made := pool{forms: map[graph.ID][]graph.Node{}}
	accounts := []string{ours, theirs, third}
	for form := range 3 {
		world := newWorld(t)
		world.add(root(third), kinds.AWSAccount, graph.Props{"account": third, "organizations": "none"})
		person := func(sort string, i int) graph.ID {
			return graph.ID("arn:aws:identitystore:::"+sort+"/") + graph.ID('a'+rune(i))
		}
		for i, digits := range accounts {
			other, last := accounts[(i+1)%3], accounts[(i+2)%3]
			of := func(service, digits, name string) graph.ID {
				return graph.ID("arn:aws:" + service + ":" + digits + ":" + name)
			}
			set := graph.ID("arn:aws:sso:::permissionSet/ssoins-1/ps-" + digits)
			world.add(set, kinds.AWSPermissionSet, graph.Props{"account": []string{theirs, theirs, third}[form], "name": []string{"Admin", "Reader", "Admin"}[form]})
			assignment := graph.ID("arn:aws:sso:::assignment/ssoins-1/" + digits)
			world.add(assignment, kinds.AWSAssignment, graph.Props{
				"account": []string{theirs, third, theirs}[form], "principal_type": []string{"USER", "GROUP", "USER"}[form], "principal": string(rune('a' + i)), "target": []string{digits, other, "444444444444"}[form],
			})
			world.add(person("user", i), kinds.AWSDirectoryUser, graph.Props{"account": []string{theirs, third, theirs}[form], "status": []string{"ENABLED", "ENABLED", "DISABLED"}[form]})
			world.add(person("group", i), kinds.AWSDirectoryGroup, graph.Props{"account": theirs, "name": "group"})
			for _, name := range []string{"Admin", "Reader"} {
				world.role(of("iam:", digits, "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_"+name+"_0123456789abcdef"), []string{
					`{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::` + digits + `:saml-provider/AWSSSO"},"Action":"sts:AssumeRoleWithSAML"}`, trust(string(root(other))), trust("ec2.amazonaws.com"),
				}[form], allow("*", "*"))
			}
			pool := "eu-west-1:pool-" + digits
			world.role(of("iam:", digits, "role/guest"), poolTrust([]string{"eu-west-1:pool-" + other, "", pool}[form], []string{guest, signedIn, signedIn}[form]), allow([]string{"s3:GetObject", "iam:*", "s3:*"}[form], "*"))
			gives := []string{string(of("iam:", last, "role/guest")), string(of("iam:", digits, "role/guest")), string(of("iam:", other, "role/guest"))}[form]
			world.add(of("cognito-identity:eu-west-1", digits, "identitypool/"+pool), kinds.AWSIdentityPool, graph.Props{
				"account": digits, "guests": form != 1, "classic_flow": form == 2, "guest_role": gives, "user_role": gives, "rule_roles": []string{},
				"providers": []string{"cognito-idp.eu-west-1.amazonaws.com/eu-west-1_" + other},
			})
			world.add(of("cognito-idp:eu-west-1", digits, "userpool/eu-west-1_"+digits), kinds.AWSUserPool, graph.Props{"account": digits, "self_sign_up": form != 1})
			if form == 0 {
				world.edge(assignment, kinds.HasPolicy, set)
				world.edge(person("user", i), kinds.MemberOf, person("group", (i+1)%3))
			}
		}
		made.add(world)
		made.edges = append(made.edges, world.edges...)
	}
	return made
}
