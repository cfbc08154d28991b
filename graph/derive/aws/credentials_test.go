package aws

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

const exampleKey = "AKIAIOSFODNN7EXAMPLE"

// keyed is a world with a user, its active key, and a function, an instance and a task with settings.
func keyed(t *testing.T) *world {
	t.Helper()
	world := newWorld(t)
	world.user(user("deploy"))
	key := world.add(graph.ID("arn:aws:iam::"+ours+":access-key/"+exampleKey), kinds.AWSAccessKey, graph.Props{"name": exampleKey, "account": ours, "status": "Active"})
	world.edge(user("deploy"), kinds.Contains, key)
	world.add(function, kinds.AWSFunction, graph.Props{"account": ours, "credentials": []string{exampleKey}})
	world.add(settled, kinds.AWSECSTaskDefinition, graph.Props{"account": ours, "credentials": []string{exampleKey}})
	world.add(task, kinds.AWSECSTask, graph.Props{"account": ours, "task_definition": string(settled)})
	return world
}

const (
	function = graph.ID("arn:aws:lambda:eu-west-1:" + ours + ":function:app")
	settled  = graph.ID("arn:aws:ecs:eu-west-1:" + ours + ":task-definition/job:3")
	task     = graph.ID("arn:aws:ecs:eu-west-1:" + ours + ":task/main/0a")
)

func TestSettingsHoldTheCredentialsOfTheUserWhoseKeyStandsThere(t *testing.T) {
	edges := keyed(t).derive()
	must(t, edges, function, kinds.HoldsCredentialFor, user("deploy"), graph.Possible)
	must(t, edges, task, kinds.HoldsCredentialFor, user("deploy"), graph.Possible)
}

func TestAKeyThatIsInactiveOrNobodysLeadsNowhere(t *testing.T) {
	world := keyed(t)
	world.set(graph.ID("arn:aws:iam::"+ours+":access-key/"+exampleKey), "status", "Inactive")
	mustNot(t, world.derive(), function, kinds.HoldsCredentialFor, user("deploy"))

	world = keyed(t)
	world.set(function, "credentials", []string{"AKIAI44QH8DHBEXAMPLE"})
	mustNot(t, world.derive(), function, kinds.HoldsCredentialFor, user("deploy"))
}

func TestNamesSpeakOfAUsersAccessKey(t *testing.T) {
	for name, speaks := range map[string]bool{
		"prod/deploy/access-key":   true,
		"deploy_accessKeys.csv":    true,
		"aws-credentials-deploy":   true,
		"DEPLOY-AWS-KEY":           true,
		"deploy/db-password":       false, // a password of something else
		"redeploy/access-key":      false, // another word
		"deployment/access-key":    false,
		"prod/somebody/access-key": false,
	} {
		t.Run(name, func(t *testing.T) {
			world := newWorld(t)
			world.user(user("deploy"))
			world.user(user("app")) // too short a name to be told from a word
			secret := world.add("arn:aws:secretsmanager:eu-west-1:"+ours+":secret:x-AbCdEf", kinds.AWSSecret, graph.Props{"account": ours, "name": name, "policy": ""})
			edges := world.derive()
			if speaks {
				must(t, edges, secret, kinds.HoldsCredentialFor, user("deploy"), graph.Possible)
			} else {
				mustNot(t, edges, secret, kinds.HoldsCredentialFor, user("deploy"))
			}
			mustNot(t, edges, secret, kinds.HoldsCredentialFor, user("app"))
		})
	}
}

func TestAFileCalledAfterAUsersAccessKey(t *testing.T) {
	world := newWorld(t)
	world.user(user("deploy"))
	bucket := world.add("arn:aws:s3:::notes", kinds.AWSBucket, graph.Props{"account": ours, "policy": "", "objects": []string{"old/deploy_accessKeys.csv", "readme.md"}})
	must(t, world.derive(), bucket, kinds.HoldsCredentialFor, user("deploy"), graph.Possible)
	world.set(user("deploy"), "active_keys", int64(0))
	mustNot(t, world.derive(), bucket, kinds.HoldsCredentialFor, user("deploy"))
}
