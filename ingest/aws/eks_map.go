package aws

import (
	"cmp"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func clusterID(site ingest.Site, name string) string { return resource(site, "eks", "cluster/", name) }

type eksClusters struct{ Clusters []string }

func mapEKSClusters(facts *ingest.Facts, site ingest.Site, _ string, body eksClusters) {
	for _, name := range body.Clusters {
		describe(facts, site, kinds.AWSEKSCluster, clusterID(site, name), name, nil, nil)
	}
}

type eksCluster struct {
	Cluster *struct {
		ARN, Name, Version, RoleARN, Endpoint string
		ResourcesVPCConfig                    struct {
			SubnetIDs, SecurityGroupIDs, PublicAccessCIDRs []string
			ClusterSecurityGroupID, VPCID                  string
			EndpointPublicAccess, EndpointPrivateAccess    *bool
		}
		AccessConfig     struct{ AuthenticationMode string }
		Identity         struct{ OIDC struct{ Issuer string } }
		EncryptionConfig []struct {
			Resources []string
			Provider  struct{ KeyARN string }
		}
		Logging struct {
			ClusterLogging []struct {
				Types   []string
				Enabled bool
			}
		}
		Tags tags
	}
}

func mapEKSCluster(facts *ingest.Facts, site ingest.Site, item string, body eksCluster) {
	if body.Cluster == nil {
		return
	}
	cluster := body.Cluster
	network := cluster.ResourcesVPCConfig
	var encryption string
	for _, config := range cluster.EncryptionConfig {
		if slices.Contains(config.Resources, "secrets") {
			encryption = config.Provider.KeyARN
		}
	}
	logs := []string{}
	for _, setup := range cluster.Logging.ClusterLogging {
		if setup.Enabled {
			logs = append(logs, setup.Types...)
		}
	}
	groups := append(slices.Clone(network.SecurityGroupIDs), network.ClusterSecurityGroupID)
	found := describe(facts, site, kinds.AWSEKSCluster, cmp.Or(cluster.ARN, clusterID(site, item)), cmp.Or(cluster.Name, item), append(tags{}, cluster.Tags...), graph.Props{
		"version": cluster.Version, "role": cluster.RoleARN, "endpoint": cluster.Endpoint, "public": network.EndpointPublicAccess, "private": network.EndpointPrivateAccess,
		"public_cidrs": graph.Sorted(network.PublicAccessCIDRs), "vpc": resource(site, "ec2", "vpc/", network.VPCID), "subnets": resources(site, "ec2", "subnet/", network.SubnetIDs),
		"security_groups": resources(site, "ec2", "security-group/", groups), "authentication": cmp.Or(cluster.AccessConfig.AuthenticationMode, "CONFIG_MAP"),
		"oidc_issuer": cluster.Identity.OIDC.Issuer, "secrets_encrypted": encryption != "", "kms_key": encryption, "logs": graph.Sorted(logs),
	})
	found.to(kinds.Uses, kinds.AWSRole, cluster.RoleARN)
	found.usesKey(encryption)
	found.from(kinds.Contains, kinds.AWSVPC, resource(site, "ec2", "vpc/", network.VPCID))
}

// accessEntryID names an access entry by its cluster and its principal; the ARN that EKS gives it ends in a random part that not
// every answer tells.
func accessEntryID(site ingest.Site, item string) string {
	cluster, principal := ingest.Halves(item)
	if principal == "" {
		return ""
	}
	_, path, _ := strings.Cut(principal, "::")
	return resource(site, "eks", "access-entry/", cluster+"/"+strings.ReplaceAll(path, ":", "/"))
}

type accessEntry struct {
	AccessEntry *struct {
		ClusterName, PrincipalARN, Type, Username string
		KubernetesGroups                          []string
		Tags                                      tags
	}
}

func mapAccessEntry(facts *ingest.Facts, site ingest.Site, item string, body accessEntry) {
	if body.AccessEntry == nil {
		return
	}
	entry := body.AccessEntry
	cluster, principal := ingest.Halves(item)
	principal = cmp.Or(entry.PrincipalARN, principal)
	found := describe(facts, site, kinds.AWSEKSAccessEntry, accessEntryID(site, item), lastPart(principal), append(tags{}, entry.Tags...), graph.Props{
		"cluster": clusterID(site, cluster), "principal": principal, "type": entry.Type, "username": entry.Username, "groups": graph.Sorted(entry.KubernetesGroups),
	})
	found.to(kinds.AttachedTo, kinds.AWSEKSCluster, clusterID(site, cluster))
	if strings.Contains(principal, ":role/") {
		found.to(kinds.Uses, kinds.AWSRole, principal)
	} else if strings.Contains(principal, ":user/") {
		found.to(kinds.Uses, kinds.AWSUser, principal)
	}
}

type accessPolicies struct{ AssociatedAccessPolicies []accessPolicy }

type accessPolicy struct {
	PolicyARN   string
	AccessScope struct {
		Type       string
		Namespaces []string
	}
}

// text gives what graph/kinds declares: the policy's name and where it holds.
func (policy accessPolicy) text() string {
	scope := policy.AccessScope.Type
	if len(policy.AccessScope.Namespaces) > 0 {
		scope = strings.Join(graph.Sorted(policy.AccessScope.Namespaces), ",")
	}
	return lastPart(policy.PolicyARN) + "@" + scope
}

func mapAccessPolicies(facts *ingest.Facts, site ingest.Site, item string, body accessPolicies) {
	contribute(facts, kinds.AWSEKSAccessEntry, accessEntryID(site, item), graph.Props{"policies": each(body.AssociatedAccessPolicies, accessPolicy.text)})
}

type podIdentity struct {
	Association *struct {
		AssociationARN, AssociationID, Namespace, ServiceAccount, RoleARN string
		Tags                                                              tags
	}
}

func mapPodIdentity(facts *ingest.Facts, site ingest.Site, item string, body podIdentity) {
	if body.Association == nil {
		return
	}
	association := body.Association
	cluster, id := ingest.Halves(item)
	found := describe(facts, site, kinds.AWSPodIdentity, cmp.Or(association.AssociationARN, resource(site, "eks", "podidentityassociation/", cluster+"/"+id)),
		association.Namespace+"/"+association.ServiceAccount, append(tags{}, association.Tags...), graph.Props{
			"cluster": clusterID(site, cluster), "namespace": association.Namespace, "service_account": association.ServiceAccount, "role": association.RoleARN,
		})
	found.from(kinds.Contains, kinds.AWSEKSCluster, clusterID(site, cluster))
	found.to(kinds.Uses, kinds.AWSRole, association.RoleARN)
}

type nodeGroup struct {
	Nodegroup *struct {
		NodegroupARN, NodegroupName, NodeRole string
		Subnets                               []string
		RemoteAccess                          *struct{ EC2SSHKey string }
		Tags                                  tags
	}
}

func mapNodeGroup(facts *ingest.Facts, site ingest.Site, item string, body nodeGroup) {
	if body.Nodegroup == nil {
		return
	}
	group := body.Nodegroup
	cluster, name := ingest.Halves(item)
	found := describe(facts, site, kinds.AWSNodeGroup, cmp.Or(group.NodegroupARN, resource(site, "eks", "nodegroup/", cluster+"/"+name)), cmp.Or(group.NodegroupName, name),
		append(tags{}, group.Tags...), graph.Props{
			"cluster": clusterID(site, cluster), "role": group.NodeRole, "subnets": resources(site, "ec2", "subnet/", group.Subnets), "remote_access": group.RemoteAccess != nil,
		})
	found.from(kinds.Contains, kinds.AWSEKSCluster, clusterID(site, cluster))
	found.to(kinds.Uses, kinds.AWSRole, group.NodeRole)
}
