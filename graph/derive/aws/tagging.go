package aws

import (
	"iter"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// taggers are the actions that set tags on what is there already, by kind ("Actions, resources, and condition keys" of each
// service, access level "Tagging"). A kind that is not here is not tagged by an action of its own, or its tags decide nothing.
var taggers = map[graph.NodeKind]string{
	kinds.AWSUser:             "iam:TagUser",
	kinds.AWSRole:             "iam:TagRole",
	kinds.AWSPolicy:           "iam:TagPolicy",
	kinds.AWSInstanceProfile:  "iam:TagInstanceProfile",
	kinds.AWSInstance:         "ec2:CreateTags",
	kinds.AWSVolume:           "ec2:CreateTags",
	kinds.AWSVolumeSnapshot:   "ec2:CreateTags",
	kinds.AWSLaunchTemplate:   "ec2:CreateTags",
	kinds.AWSFunction:         "lambda:TagResource",
	kinds.AWSECSCluster:       "ecs:TagResource",
	kinds.AWSECSService:       "ecs:TagResource",
	kinds.AWSECSTask:          "ecs:TagResource",
	kinds.AWSNotebook:         "sagemaker:AddTags",
	kinds.AWSGlueJob:          "glue:TagResource",
	kinds.AWSGlueDevEndpoint:  "glue:TagResource",
	kinds.AWSGlueSession:      "glue:TagResource",
	kinds.AWSAppRunnerService: "apprunner:TagResource",
	kinds.AWSCodeInterpreter:  "bedrock-agentcore:TagResource",
	kinds.AWSDatabase:         "rds:AddTagsToResource",
	kinds.AWSDatabaseSnapshot: "rds:AddTagsToResource",
	kinds.AWSSecret:           "secretsmanager:TagResource",
	kinds.AWSParameter:        "ssm:AddTagsToResource",
	kinds.AWSKey:              "kms:TagResource",
}

// principalTagPrefix begins the keys of the requester's own tags.
const principalTagPrefix = "aws:principaltag/"

// isTag reports whether a condition key, in lower case, is a tag of the resource or of the requester.
func isTag(key string) bool {
	_, found := resourceTag(key)
	return found || strings.HasPrefix(key, principalTagPrefix)
}

// carrier gives what a tag key speaks of, the resource or the requester itself, with the tag's name and the value that it
// has. A requester whose tags come with its session carries none that it could set.
func (authorizer *Authorizer) carrier(asked *question, key string) (of *node, tag string, state standing, values []string) {
	lower := strings.ToLower(key)
	tag = key[strings.IndexByte(key, '/')+1:]
	if _, found := resourceTag(lower); found {
		state, values = asked.target.tag(tag)
		return asked.target.held, tag, state, values
	}
	if !strings.HasPrefix(lower, principalTagPrefix) {
		return nil, "", absent, nil
	}
	authorizer.mutex.Lock()
	held, _ := authorizer.estate.find(asked.subject.id)
	authorizer.mutex.Unlock()
	self := target{tags: asked.session.principal.Tags}
	state, values = self.tag(tag)
	return held, tag, state, values
}

// retags reports whether the requester may perhaps set tags on what a tag key speaks of, so that the tag's value is the
// requester's choice. Tags that were not collected stay open: whether one must be set at all is not known.
func (authorizer *Authorizer) retags(asked *question, key string) bool {
	if asked.untouched {
		return false
	}
	of, _, state, _ := authorizer.carrier(asked, key)
	if of == nil || state == open {
		return false
	}
	action, known := taggers[of.Kind]
	if !known {
		return false
	}
	authorizer.mutex.Lock()
	defer authorizer.mutex.Unlock()
	return authorizer.may(asked.subject, strings.ToLower(action))
}

// tagged gives the values that a tag may have at the request: what it has now, and those of the wanted ones that the requester
// may set first. Control over a tag is control over every permission that hangs on it ("Controlling access to AWS
// resources using tags", https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html).
func (authorizer *Authorizer) tagged(asked *question, key string, wanted iter.Seq[[]string]) iter.Seq[[]string] {
	of, tag, _, present := authorizer.carrier(asked, key)
	return func(yield func([]string) bool) {
		if !yield(present) {
			return
		}
		for values := range wanted {
			if len(values) == 1 && authorizer.sets(asked, of, tag, values[0]) && !yield(values) {
				return
			}
		}
	}
}

// sets decides whether the requester may set a tag, without a doubt.
func (authorizer *Authorizer) sets(asked *question, of *node, tag, value string) bool {
	action := taggers[of.Kind]
	authorizer.mutex.Lock()
	target := authorizer.target(string(of.ID))
	authorizer.mutex.Unlock()
	setting := &question{
		subject: asked.subject, session: asked.session, target: target, action: strings.ToLower(action),
		given: map[string]string{"aws:RequestTag/" + tag: value, "aws:TagKeys": tag}, roams: asked.roams, untouched: true,
	}
	result, _ := authorizer.decide(setting, action, string(of.ID))
	return result.Decision == iam.Allowed
}
