package aws

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/networkfirewall"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "network-firewall", Operation: "list-firewalls",
			Actions: []string{"network-firewall:ListFirewalls"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, networkfirewall.NewListFirewallsPaginator(networkfirewall.NewFromConfig(config), &networkfirewall.ListFirewallsInput{}))
			},
			Map: ingest.Mapping(mapFirewalls),
		},
		Table{
			Service: "network-firewall", Operation: "describe-firewall",
			Actions: []string{"network-firewall:DescribeFirewall"},
			Parent:  "list-firewalls", Items: "Firewalls[].FirewallArn",
			Command: `aws network-firewall describe-firewall --firewall-arn "$item"`,
			Call: func(ctx context.Context, config aws.Config, firewall string) (any, error) {
				return networkfirewall.NewFromConfig(config).DescribeFirewall(ctx, &networkfirewall.DescribeFirewallInput{FirewallArn: &firewall})
			},
			Absent: []string{"ResourceNotFoundException"},
			Map:    ingest.Mapping(mapFirewall),
		},
		Table{
			Service: "network-firewall", Operation: "describe-firewall-policy",
			Actions: []string{"network-firewall:DescribeFirewallPolicy"},
			Parent:  "describe-firewall", Items: "Firewall.FirewallPolicyArn",
			Command: `aws network-firewall describe-firewall-policy --firewall-policy-arn "$item"`,
			Call: func(ctx context.Context, config aws.Config, policy string) (any, error) {
				return networkfirewall.NewFromConfig(config).DescribeFirewallPolicy(ctx, &networkfirewall.DescribeFirewallPolicyInput{FirewallPolicyArn: &policy})
			},
			Absent: []string{"ResourceNotFoundException"},
			Map:    ingest.Mapping(mapFirewallPolicy),
		},
		Table{
			Service: "network-firewall", Operation: "list-rule-groups",
			Actions: []string{"network-firewall:ListRuleGroups"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, networkfirewall.NewListRuleGroupsPaginator(networkfirewall.NewFromConfig(config), &networkfirewall.ListRuleGroupsInput{}))
			},
			Map: ingest.Mapping(mapFirewallRuleGroups),
		},
		Table{
			Service: "network-firewall", Operation: "describe-rule-group",
			Actions: []string{"network-firewall:DescribeRuleGroup"},
			Parent:  "list-rule-groups", Items: "RuleGroups[].Arn",
			Command: `aws network-firewall describe-rule-group --rule-group-arn "$item"`,
			Call: func(ctx context.Context, config aws.Config, group string) (any, error) {
				return networkfirewall.NewFromConfig(config).DescribeRuleGroup(ctx, &networkfirewall.DescribeRuleGroupInput{RuleGroupArn: &group})
			},
			Absent: []string{"ResourceNotFoundException"},
			Map:    ingest.Mapping(mapFirewallRuleGroup),
		},
	)
}

func mapFirewalls(facts *ingest.Facts, site ingest.Site, _ string, body struct {
	Firewalls []struct{ FirewallARN, FirewallName string }
},
) {
	for _, firewall := range body.Firewalls {
		describe(facts, site, kinds.AWSFirewall, firewall.FirewallARN, firewall.FirewallName, nil, nil)
	}
}

// mapFirewall reads where a firewall stands: its endpoints are what routes lead to
// (https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_Attachment.html).
func mapFirewall(facts *ingest.Facts, site ingest.Site, item string, body struct {
	Firewall       struct{ FirewallPolicyARN, VPCID string }
	FirewallStatus struct {
		SyncStates keyed[struct {
			Attachment struct{ EndpointID, SubnetID string }
		}]
	}
},
) {
	endpoints := []string{}
	for _, zone := range body.FirewallStatus.SyncStates {
		if zone.Attachment.EndpointID != "" {
			endpoints = append(endpoints, zone.Attachment.EndpointID+" "+zone.Attachment.SubnetID)
		}
	}
	found := contribute(facts, kinds.AWSFirewall, item, graph.Props{
		"vpc": resource(site, "ec2", "vpc/", body.Firewall.VPCID), "policy": body.Firewall.FirewallPolicyARN, "endpoints": graph.Sorted(endpoints),
	})
	found.to(kinds.HasPolicy, kinds.AWSFirewallPolicy, body.Firewall.FirewallPolicyARN)
}

type firewallGroupRef struct {
	Priority    *int64
	ResourceARN string
	Override    struct{ Action string }
}

// order gives the references as "priority ARN", the way the policy asks them, and whether one is overridden.
func order(references []firewallGroupRef) (ordered []string, overridden bool) {
	slices.SortStableFunc(references, func(a, b firewallGroupRef) int { return int(aws.ToInt64(a.Priority) - aws.ToInt64(b.Priority)) })
	ordered = []string{}
	for _, reference := range references {
		ordered = append(ordered, fmt.Sprintf("%d %s", aws.ToInt64(reference.Priority), reference.ResourceARN))
		overridden = overridden || reference.Override.Action != ""
	}
	return ordered, overridden
}

func mapFirewallPolicy(facts *ingest.Facts, _ ingest.Site, item string, body struct {
	FirewallPolicyResponse struct{ FirewallPolicyName string }
	FirewallPolicy         struct {
		StatelessDefaultActions, StatefulDefaultActions           []string
		StatelessRuleGroupReferences, StatefulRuleGroupReferences []firewallGroupRef
		StatefulEngineOptions                                     struct{ RuleOrder string }
		PolicyVariables                                           struct{ RuleVariables keyed[ruleSet] }
	}
},
) {
	policy := body.FirewallPolicy
	stateless, _ := order(policy.StatelessRuleGroupReferences)
	stateful, overridden := order(policy.StatefulRuleGroupReferences)
	found := contribute(facts, kinds.AWSFirewallPolicy, item, graph.Props{
		"name": body.FirewallPolicyResponse.FirewallPolicyName, "stateless_default": policy.StatelessDefaultActions, "stateful_default": policy.StatefulDefaultActions,
		"rule_order": policy.StatefulEngineOptions.RuleOrder, "stateless_groups": stateless, "stateful_groups": stateful, "overridden": overridden,
		"variables": ruleVariables(policy.PolicyVariables.RuleVariables),
	})
	for _, reference := range slices.Concat(policy.StatelessRuleGroupReferences, policy.StatefulRuleGroupReferences) {
		found.to(kinds.Uses, kinds.AWSFirewallRuleGroup, reference.ResourceARN)
	}
}

func mapFirewallRuleGroups(facts *ingest.Facts, site ingest.Site, _ string, body struct {
	RuleGroups []struct{ ARN, Name string }
},
) {
	for _, group := range body.RuleGroups {
		describe(facts, site, kinds.AWSFirewallRuleGroup, group.ARN, group.Name, nil, nil)
	}
}

// mapFirewallRuleGroup keeps stateless rules, stateful ones in the plain form and those in Suricata's language as they are; lists of
// domains are only said to be there.
func mapFirewallRuleGroup(facts *ingest.Facts, _ ingest.Site, item string, body struct {
	RuleGroupResponse struct{ Type string }
	RuleGroup         struct {
		RuleVariables struct {
			IPSets, PortSets keyed[ruleSet]
		}
		RulesSource struct {
			RulesString                    string
			RulesSourceList                *struct{ Targets []string }
			StatefulRules                  objects
			StatelessRulesAndCustomActions struct{ StatelessRules objects }
		}
	}
},
) {
	source := body.RuleGroup.RulesSource
	contribute(facts, kinds.AWSFirewallRuleGroup, item, graph.Props{
		"type": body.RuleGroupResponse.Type, "rules": append([]string(source.StatelessRulesAndCustomActions.StatelessRules), source.StatefulRules...),
		"suricata": ruleLines(source.RulesString), "opaque": source.RulesSourceList != nil,
		"variables": ruleVariables(body.RuleGroup.RuleVariables.IPSets, body.RuleGroup.RuleVariables.PortSets),
	})
}

type ruleSet struct{ Definition []string }

// ruleVariables gives the sets of a group or a policy, each name=value, sorted.
func ruleVariables(kinds ...keyed[ruleSet]) []string {
	texts := []string{}
	for _, sets := range kinds {
		for name, set := range sets {
			for _, value := range set.Definition {
				texts = append(texts, name+"="+value)
			}
		}
	}
	return graph.Sorted(texts)
}

// ruleLines are the rules of a text in Suricata's language, without its comments, in their order.
func ruleLines(text string) []string {
	lines := []string{}
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	return lines
}
