package aws

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

func TestWorkloadsRunAsTheirRoles(t *testing.T) {
	function := graph.ID("arn:aws:lambda:eu-west-1:" + ours + ":function:app")
	for _, test := range []struct {
		name     string
		workload graph.ID
		build    func(*world)
		found    bool
		verdict  graph.Verdict
	}{
		{"a function", function, func(world *world) {
			world.role(role("app"), trust("lambda.amazonaws.com"))
			world.add(function, kinds.AWSFunction, graph.Props{"account": ours, "role": string(role("app"))})
		}, true, graph.Proven},
		{"a function whose role trusts another service", function, func(world *world) {
			world.role(role("app"), trust("ec2.amazonaws.com"))
			world.add(function, kinds.AWSFunction, graph.Props{"account": ours, "role": string(role("app"))})
		}, false, 0},
		{"a function whose role was not collected", function, func(world *world) {
			world.add(function, kinds.AWSFunction, graph.Props{"account": ours, "role": string(role("app"))})
		}, true, graph.Unknown},
		{"a function whose role trusts it in this account", function, func(world *world) {
			world.role(role("app"), trustIf(`{"StringEquals":{"aws:SourceAccount":"`+ours+`"}}`, "lambda.amazonaws.com"))
			world.add(function, kinds.AWSFunction, graph.Props{"account": ours, "role": string(role("app"))})
		}, true, graph.Proven},
		{"an instance by its profile", ec2("instance", "i-1"), instanceWith(nil), true, graph.Proven},
		{"an instance without a metadata service", ec2("instance", "i-1"), instanceWith(func(world *world) {
			world.set(ec2("instance", "i-1"), "metadata_disabled", true)
		}), false, 0},
		{"a terminated instance", ec2("instance", "i-1"), instanceWith(func(world *world) {
			world.set(ec2("instance", "i-1"), "state", "terminated")
		}), false, 0},
		{"an instance without a profile", ec2("instance", "i-1"), instanceWith(func(world *world) {
			world.set(ec2("instance", "i-1"), "instance_profile", nil)
		}), false, 0},
		{"a state machine", regional("states", "stateMachine:pay"), func(world *world) {
			world.role(role("app"), trust("states.amazonaws.com"))
			world.add(regional("states", "stateMachine:pay"), kinds.AWSStateMachine, graph.Props{"account": ours, "role": string(role("app"))})
		}, true, graph.Proven},
		{"a pipeline whose role trusts CodeBuild", regional("codepipeline", "web"), func(world *world) {
			world.role(role("app"), trust("codebuild.amazonaws.com"))
			world.add(regional("codepipeline", "web"), kinds.AWSPipeline, graph.Props{"account": ours, "role": string(role("app"))})
		}, false, 0},
		{"a rule of EventBridge, by a target's role", regional("events", "rule/nightly"), func(world *world) {
			world.role(role("app"), trust("events.amazonaws.com"))
			world.add(regional("events", "rule/nightly"), kinds.AWSEventRule, graph.Props{"account": ours, "target_roles": []string{string(role("app")), string(role("other"))}})
		}, true, graph.Proven},
		{"a rule whose target's role trusts another service", regional("events", "rule/nightly"), func(world *world) {
			world.role(role("app"), trust("scheduler.amazonaws.com"))
			world.add(regional("events", "rule/nightly"), kinds.AWSEventRule, graph.Props{"account": ours, "target_roles": []string{string(role("app"))}})
		}, false, 0},
		{"a schedule", regional("scheduler", "schedule/default/nightly"), func(world *world) {
			world.role(role("app"), trust("scheduler.amazonaws.com"))
			world.add(regional("scheduler", "schedule/default/nightly"), kinds.AWSSchedule, graph.Props{"account": ours, "role": string(role("app"))})
		}, true, graph.Proven},
		{"a schedule whose role trusts another service", regional("scheduler", "schedule/default/nightly"), func(world *world) {
			world.role(role("app"), trust("events.amazonaws.com"))
			world.add(regional("scheduler", "schedule/default/nightly"), kinds.AWSSchedule, graph.Props{"account": ours, "role": string(role("app"))})
		}, false, 0},
		{"pods with an identity", regional("eks", "podidentityassociation/shop/a-1"), func(world *world) {
			world.role(role("app"), trust("pods.eks.amazonaws.com"))
			world.add(regional("eks", "podidentityassociation/shop/a-1"), kinds.AWSPodIdentity, graph.Props{"account": ours, "role": string(role("app"))})
		}, true, graph.Proven},
		{"the instances of an EMR cluster", regional("elasticmapreduce", "cluster/j-1"), emrWith("instance_profile", "ec2.amazonaws.com"), true, graph.Proven},
		{"the instances of an EMR cluster with a role for EMR alone", regional("elasticmapreduce", "cluster/j-1"), emrWith("instance_profile", "elasticmapreduce.amazonaws.com"), false, 0},
		{"EMR itself", regional("elasticmapreduce", "cluster/j-1"), emrWith("service_role", "elasticmapreduce.amazonaws.com"), true, graph.Proven},
		{"a batch job", regional("batch", "job-definition/report:1"), func(world *world) {
			world.role(role("app"), trust("ecs-tasks.amazonaws.com"))
			world.add(regional("batch", "job-definition/report:1"), kinds.AWSJobDefinition, graph.Props{"account": ours, "role": string(role("app"))})
		}, true, graph.Proven},
		{"an agent", regional("bedrock", "agent/AG1"), func(world *world) {
			world.role(role("app"), trustIf(`{"StringEquals":{"aws:SourceAccount":"`+ours+`"}}`, "bedrock.amazonaws.com"))
			world.add(regional("bedrock", "agent/AG1"), kinds.AWSAgent, graph.Props{"account": ours, "role": string(role("app"))})
		}, true, graph.Proven},
		{"a task with a role of its own", "arn:aws:ecs:eu-west-1:" + ours + ":task/c/1", func(world *world) {
			definition := world.add("arn:aws:ecs:eu-west-1:"+ours+":task-definition/web:1", kinds.AWSECSTaskDefinition, graph.Props{"account": ours, "role": string(role("app"))})
			world.role(role("app"), trust("ecs-tasks.amazonaws.com"))
			world.role(role("own"), trust("ecs-tasks.amazonaws.com"))
			world.add("arn:aws:ecs:eu-west-1:"+ours+":task/c/1", kinds.AWSECSTask, graph.Props{"account": ours, "role": string(role("own")), "task_definition": string(definition)})
		}, false, 0},
		{"a service by its task definition", "arn:aws:ecs:eu-west-1:" + ours + ":service/c/web", func(world *world) {
			definition := world.add("arn:aws:ecs:eu-west-1:"+ours+":task-definition/web:1", kinds.AWSECSTaskDefinition, graph.Props{"account": ours, "role": string(role("app"))})
			world.role(role("app"), trust("ecs-tasks.amazonaws.com"))
			world.add("arn:aws:ecs:eu-west-1:"+ours+":service/c/web", kinds.AWSECSService, graph.Props{"account": ours, "task_definition": string(definition)})
		}, true, graph.Proven},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			test.build(world)
			edges := world.derive()
			if test.found {
				must(t, edges, test.workload, kinds.RunsAs, role("app"), test.verdict)
			} else {
				mustNot(t, edges, test.workload, kinds.RunsAs, role("app"))
			}
		})
	}
}

// emrWith is a cluster that has a role by one of its two ways.
func emrWith(property, service string) func(*world) {
	return func(world *world) {
		named := string(role("app"))
		if property == profile {
			named = "arn:aws:iam::" + ours + ":instance-profile/app"
			world.add(graph.ID(named), kinds.AWSInstanceProfile, graph.Props{"roles": []string{string(role("app"))}})
		}
		world.role(role("app"), trust(service))
		world.add(regional("elasticmapreduce", "cluster/j-1"), kinds.AWSEMRCluster, graph.Props{"account": ours, "state": "WAITING", property: named})
	}
}

func instanceWith(change func(*world)) func(*world) {
	return func(world *world) {
		profile := graph.ID("arn:aws:iam::" + ours + ":instance-profile/app")
		world.role(role("app"), trust("ec2.amazonaws.com"))
		world.add(profile, kinds.AWSInstanceProfile, graph.Props{"roles": []string{string(role("app"))}})
		world.add(ec2("instance", "i-1"), kinds.AWSInstance, graph.Props{"account": ours, "state": "running", "instance_profile": string(profile)})
		if change != nil {
			change(world)
		}
	}
}

func TestFunctionURLs(t *testing.T) {
	function := graph.ID("arn:aws:lambda:eu-west-1:" + ours + ":function:app")
	byURL := share("*", "lambda:InvokeFunctionUrl", string(function), `{"StringEquals":{"lambda:FunctionUrlAuthType":"NONE"}}`)
	direct := share("*", "lambda:InvokeFunction", string(function), `{"Bool":{"lambda:InvokedViaFunctionUrl":"true"}}`)
	for _, test := range []struct {
		name    string
		auth    string
		policy  any
		found   bool
		verdict graph.Verdict
	}{
		{"no authentication and a policy for everyone", "NONE", policy(byURL + "," + direct), true, graph.Proven},
		{"a policy of the time before October 2025", "NONE", policy(byURL), true, graph.Possible},
		{"IAM authentication", "AWS_IAM", policy(byURL + "," + direct), false, 0},
		{"a policy that lets nobody in", "NONE", "", false, 0},
		{"a policy for one account", "NONE", policy(share(theirs, "lambda:InvokeFunctionUrl lambda:InvokeFunction", string(function), "")), false, 0},
		{"a policy that was not collected", "NONE", nil, true, graph.Unknown},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			props := graph.Props{"account": ours, "url": "https://x.lambda-url.eu-west-1.on.aws/", "url_auth": test.auth}
			if test.policy != nil {
				props["policy"] = test.policy
			}
			world.add(function, kinds.AWSFunction, props)
			edges := world.derive()
			if test.found {
				must(t, edges, graph.Internet, kinds.CanReach, function, test.verdict)
				must(t, edges, graph.Internet, kinds.CanExploit, function, test.verdict.And(graph.Possible))
			} else {
				mustNot(t, edges, graph.Internet, kinds.CanReach, function)
			}
		})
	}
}
