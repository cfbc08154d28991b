package aws

import (
	"iter"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// chosenKeys are the condition keys that carry parameters of the request, so that whoever asks gives them any value that
// a policy wants. Each is described as such in the Service Authorization Reference's condition key tables or among the
// global keys ("Properties of the request"); keys that describe the network, the identity's session, or the resource as it
// stands are not here.
var chosenKeys = map[string]bool{
	"aws:tagkeys": true, "aws:useragent": true, "aws:referer": true,
	"iam:awsservicename": true, "iam:passedtoservice": true, "iam:associatedresourcearn": true, "iam:policyarn": true,
	"sts:rolesessionname": true, "sts:sourceidentity": true, "sts:durationseconds": true, "sts:transitivetagkeys": true, "sts:awsservicename": true,
	"s3:prefix": true, "s3:delimiter": true, "s3:max-keys": true, "s3:versionid": true, "s3:locationconstraint": true, "s3:objectownership": true,
	"s3:authtype": true, "s3:signatureversion": true, "s3:signatureage": true, "s3:tlsversion": true, "s3express:sessionmode": true,
	"s3:object-lock-mode": true, "s3:object-lock-retain-until-date": true, "s3:if-none-match": true, "s3:if-match": true,
	"ec2:instancetype": true, "ec2:instanceprofile": true, "ec2:imageid": true, "ec2:launchtemplate": true, "ec2:islaunchtemplateresource": true,
	"ec2:createaction": true, "ec2:metadatahttptokens": true, "ec2:metadatahttpendpoint": true, "ec2:metadatahttpputresponsehoplimit": true,
	"ec2:rolename": true, "ec2:volumesize": true, "ec2:volumetype": true, "ec2:encrypted": true, "ec2:ebsoptimized": true, "ec2:tenancy": true,
	"ec2:associatepublicipaddress": true, "ec2:instancemarkettype": true, "ec2:keypairname": true,
	"lambda:functionarn": true, "lambda:functionurlauthtype": true, "lambda:layer": true, "lambda:principal": true, "lambda:vpcids": true,
	"lambda:subnetids": true, "lambda:securitygroupids": true, "lambda:codesigningconfigarn": true, "lambda:sourcefunctionarn": true,
	"lambda:eventsourcetoken": true, "lambda:invokedviafunctionurl": true,
	"cloudformation:rolearn": true, "cloudformation:templateurl": true, "cloudformation:resourcetypes": true, "cloudformation:changesetname": true,
	"cloudformation:stackpolicyurl": true, "cloudformation:createaction": true, "cloudformation:importresourcetypes": true,
	"ecs:cluster": true, "ecs:task-definition": true, "ecs:enable-execute-command": true, "ecs:container-name": true, "ecs:createaction": true,
	"ecs:container-instances": true, "ecs:capacity-provider": true, "ecs:subnet": true, "ecs:auto-assign-public-ip": true, "ecs:task-cpu": true,
	"ecs:task-memory": true, "ecs:compute-compatibility": true, "ecs:privileged": true,
	"kms:viaservice": true, "kms:encryptionalgorithm": true, "kms:requestalias": true, "kms:bypasspolicylockoutsafetycheck": true,
	"kms:granteeprincipal": true, "kms:grantoperations": true, "kms:retiringprincipal": true, "kms:grantconstrainttype": true,
	"secretsmanager:versionstage": true, "secretsmanager:versionid": true, "secretsmanager:blockpublicpolicy": true, "secretsmanager:forcedeletewithoutrecovery": true,
	"ssm:overwrite": true, "ssm:recursive": true, "ssm:policies": true, "ssm:sessiondocumentaccesscheck": true, "ssm:documenttype": true,
	"glue:vpcids": true, "glue:subnetids": true, "glue:securitygroupids": true, "glue:rolearn": true, "glue:credentialissuingservice": true,
	"sagemaker:instancetypes": true, "sagemaker:rootaccess": true, "sagemaker:directinternetaccess": true, "sagemaker:vpcsubnets": true,
	"sagemaker:vpcsecuritygroupids": true, "sagemaker:volumekmskey": true, "sagemaker:outputkmskey": true, "sagemaker:networkisolation": true,
	"sagemaker:intercontainertrafficencryption": true, "sagemaker:maxruntimeinseconds": true, "sagemaker:keepaliveperiod": true,
	"rds:databaseengine": true, "rds:databaseclass": true, "rds:storageencrypted": true, "rds:vpc": true,
}

// chosenPrefixes are families of such keys: tags and parameters that the requester names.
var chosenPrefixes = []string{
	"aws:requesttag/", "s3:requestobjecttag/", "s3:x-amz-", "rds:req-tag/", "codebuild:", "lambda:event",
}

func freelyChosen(key string) bool {
	return chosenKeys[key] || slices.ContainsFunc(chosenPrefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

// attempts limits how many requests are tried for one question.
const attempts = 64

// decide evaluates a question. Where the answer hangs on keys that the requester chooses, it looks for values with which
// the request is allowed; picked tells them. It answers Possible with what remains unknown when there are none but the
// conditions leave it open.
//
// Where conditions ask for the address, a request from any public one is tried first: whoever is not held to narrow
// ranges sends it from the internet. An outsider has no other.
func (authorizer *Authorizer) decide(asked *question, action, resource string) (result iam.Result, picked map[string][]string) {
	const address = "aws:sourceip"
	if !slices.Contains(asked.subject.keys, address) && !slices.Contains(asked.target.keys, address) {
		return authorizer.settle(asked, action, resource)
	}
	anywhere := *asked
	anywhere.roams = true
	result, picked = authorizer.settle(&anywhere, action, resource)
	if asked.subject.outside() || result.Decision == iam.Allowed {
		return result, picked
	}
	return authorizer.settle(asked, action, resource)
}

func (authorizer *Authorizer) settle(asked *question, action, resource string) (result iam.Result, picked map[string][]string) {
	evaluate := func(picked map[string][]string) (iam.Result, []string) {
		request, free := authorizer.request(asked, action, resource, picked)
		return iam.Evaluate(&request, &asked.subject.policies, &asked.target.policies), free
	}
	result, free := evaluate(nil)
	if result.Decision != iam.Possible || len(free) == 0 || !hangsOn(result, free) {
		return result, nil
	}
	search := search{evaluate: evaluate, candidates: func(key string, conditions []*iam.Condition) iter.Seq[[]string] {
		return authorizer.choices(asked, key, conditions)
	}, left: attempts}
	search.try(map[string][]string{}, result, free)
	switch {
	case search.found:
		return search.best, search.with
	case search.left <= 0:
		return result, nil
	}
	return search.denied, nil
}

// search goes through values for the chosen keys, one key after the other.
type search struct {
	evaluate   func(map[string][]string) (iam.Result, []string)
	candidates func(key string, conditions []*iam.Condition) iter.Seq[[]string]
	left       int
	found      bool
	best       iam.Result // Allowed, or Possible with only what cannot be chosen in doubt
	with       map[string][]string
	denied     iam.Result
}

// try decides the first key that the result hangs on, each value in turn.
func (search *search) try(picked map[string][]string, result iam.Result, free []string) {
	key, conditions := firstDoubt(result, free)
	for values := range search.candidates(key, conditions) {
		if search.left--; search.left < 0 || search.found && search.best.Decision == iam.Allowed {
			return
		}
		with := maps.Clone(picked)
		with[key] = values
		next, left := search.evaluate(with)
		switch {
		case next.Decision == iam.Possible && hangsOn(next, left):
			search.try(with, next, left)
		case next.Decision < iam.Possible:
			search.denied = next
		case !search.found || next.Decision > search.best.Decision:
			search.found, search.best, search.with = true, next, with
		}
	}
}

func hangsOn(result iam.Result, free []string) bool {
	key, _ := firstDoubt(result, free)
	return key != ""
}

// firstDoubt gives the first chosen key that a result hangs on, and every doubtful condition on it.
func firstDoubt(result iam.Result, free []string) (key string, conditions []*iam.Condition) {
	for _, doubt := range result.Unknown {
		lower := strings.ToLower(doubt.Key)
		if key == "" && slices.Contains(free, lower) {
			key = lower
		}
		if key == lower && doubt.Condition != nil {
			conditions = append(conditions, doubt.Condition)
		}
	}
	return key, conditions
}

// fresh is a value that no policy speaks of.
const fresh = "inroad-any"

// choices gives values that tell the conditions' outcomes apart and that a request can have.
func (authorizer *Authorizer) choices(asked *question, key string, conditions []*iam.Condition) iter.Seq[[]string] {
	names := asked.names()
	if isTag(key) {
		if len(conditions) > 0 {
			key = conditions[0].Key // the tag's name as it is written
		}
		return authorizer.tagged(asked, key, outcomes(conditions, names))
	}
	return func(yield func([]string) bool) {
		for values := range outcomes(conditions, names) {
			if key == "iam:associatedresourcearn" && !asked.received(values) || strings.HasSuffix(key, ":aud") && !asked.registered(values) {
				continue
			}
			if !yield(values) {
				return
			}
		}
	}
}

// names puts the requester's own names in place of the policy variables that stand for them.
func (asked *question) names() *strings.Replacer {
	principal := &asked.session.principal
	if principal.Kind != iam.User {
		return strings.NewReplacer()
	}
	return strings.NewReplacer("${aws:username}", last(principal.ARN), "${aws:userid}", principal.ID)
}

// registered reports whether a token for the audience is taken: "the audience (client ID) … must match" one of those
// registered with the provider ("Create an OpenID Connect identity provider in IAM",
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html).
func (asked *question) registered(audience []string) bool {
	known := asked.subject.audiences
	return len(known) == 0 || len(audience) == 1 && slices.Contains(known, audience[0])
}

// received reports whether resources are of the service that a role is passed to: "the ARN of the resource to which this
// role will be associated at the destination service" (iam:AssociatedResourceArn,
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html). A service's principal is
// spelled like its ARNs, if only in part: ecs-tasks.amazonaws.com takes those of ecs.
func (asked *question) received(resources []string) bool {
	host := asked.given["iam:PassedToService"]
	return host == "" || !slices.ContainsFunc(resources, func(resource string) bool {
		name := parseARN(resource)
		return name.service != "" && name.service != spelling && !strings.Contains(host, name.service)
	})
}

// outcomes gives values that tell the conditions' outcomes apart: each literal, what two patterns share, a neighbour of
// each number, all literals at once, something else, and no value at all (nil).
func outcomes(conditions []*iam.Condition, names *strings.Replacer) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		var patterns []*iam.Pattern
		var values []string
		other, several := fresh, true
		var narrow []netip.Prefix
		for _, condition := range conditions {
			for _, template := range condition.Values {
				text := names.Replace(template.String())
				if strings.Contains(condition.Operator, "IpAddress") {
					several = false // a request has one address
					if block, wide := sender(text); wide {
						values = append(values, insideOf(block))
					} else {
						narrow = append(narrow, block)
					}
					continue
				}
				pattern := template.Pattern()
				patterns = append(patterns, pattern)
				values = append(values, spelled(text, condition.Operator)...)
			}
		}
		for i, one := range patterns[:min(len(patterns), 8)] {
			for _, other := range patterns[:i] {
				if witness, ok := one.Intersects(other); ok {
					values = append(values, witness)
				}
			}
		}
		if !several {
			other = outsideOf(narrow)
		}
		tried := map[string]bool{}
		for _, value := range append(values, other) {
			if !tried[value] && !yield([]string{value}) {
				return
			}
			tried[value] = true
		}
		if several && len(values) > 1 && !yield(values) {
			return
		}
		yield(nil)
	}
}

// spelled gives concrete values for one value of a condition.
func spelled(value, operator string) []string {
	switch {
	case strings.Contains(operator, "Numeric"):
		if number, err := strconv.ParseFloat(value, 64); err == nil {
			return []string{value, strconv.FormatFloat(number+1, 'f', -1, 64), strconv.FormatFloat(max(number-1, 0), 'f', -1, 64)}
		}
	case strings.Contains(operator, "Date"):
		return []string{value, "1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z"}
	case strings.Contains(operator, "Bool"):
		return []string{"true", "false"}
	case strings.Contains(operator, "Null"):
		return nil
	}
	return []string{strings.NewReplacer("*", spelling, "?", spelling).Replace(value)}
}

// spelling stands for a wildcard in a concrete value.
const spelling = "x"
