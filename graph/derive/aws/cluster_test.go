package aws

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

func TestClustersAreAdministeredByTheirAccessEntries(t *testing.T) {
	cluster, entry, pods := regional("eks", "cluster/shop"), regional("eks", "access-entry/shop/role/app"), regional("eks", "podidentityassociation/shop/a-1")
	for _, test := range []struct {
		name    string
		entry   graph.Props
		public  bool
		found   bool
		verdict graph.Verdict
	}{
		{"an administrator of the cluster", graph.Props{"policies": []string{"AmazonEKSClusterAdminPolicy@cluster"}}, true, true, graph.Proven},
		{"an editor of the cluster", graph.Props{"policies": []string{"AmazonEKSEditPolicy@cluster"}}, true, true, graph.Proven},
		{"an editor of one namespace", graph.Props{"policies": []string{"AmazonEKSEditPolicy@web"}}, true, false, 0},
		{"a reader of the cluster", graph.Props{"policies": []string{"AmazonEKSViewPolicy@cluster"}}, true, false, 0},
		{"a group", graph.Props{"groups": []string{"ops"}, "policies": []string{}}, true, true, graph.Unknown},
		{"nothing", graph.Props{"groups": []string{}, "policies": []string{}}, true, false, 0},
		{"an administrator of a private cluster", graph.Props{"policies": []string{"AmazonEKSClusterAdminPolicy@cluster"}}, false, true, graph.Possible},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			world.role(role("app"), trust("ec2.amazonaws.com"))
			world.role(role("front"), trust("pods.eks.amazonaws.com"))
			world.add(cluster, kinds.AWSEKSCluster, graph.Props{"account": ours, "public": test.public})
			test.entry["cluster"], test.entry["principal"], test.entry["type"] = string(cluster), string(role("app")), "STANDARD"
			world.add(entry, kinds.AWSEKSAccessEntry, test.entry)
			world.add(pods, kinds.AWSPodIdentity, graph.Props{"account": ours, "cluster": string(cluster), "role": string(role("front"))})
			edges := world.derive()
			if test.found {
				must(t, edges, role("app"), kinds.CanAdminister, cluster, test.verdict)
			} else {
				mustNot(t, edges, role("app"), kinds.CanAdminister, cluster)
			}
			must(t, edges, cluster, kinds.CanAdminister, pods, graph.Proven)
			must(t, edges, pods, kinds.RunsAs, role("front"), graph.Proven)
			mustNot(t, edges, pods, kinds.RunsAs, role("app"))
		})
	}
}
