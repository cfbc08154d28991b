package aws

import (
	"slices"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

// deputies are services that anyone with an account has call a function of another account: by an API, a bucket's
// notifications or a topic's subscription of their own. The function's policy keeps them out by asking for whom the service calls
// ("The confused deputy problem", https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).
var deputies = []struct{ service, source string }{
	{"apigateway.amazonaws.com", "arn:aws:execute-api:us-east-1:000000000000:outsider/prod/POST/"},
	{"s3.amazonaws.com", "arn:aws:s3:::outsiders-own-bucket"},
	{"sns.amazonaws.com", "arn:aws:sns:us-east-1:000000000000:outsider"},
}

// openFunctions derives the functions whose own policies let in everyone with an AWS account, or a service for whomever it calls.
// Whoever may replace a function's code holds it; whoever may invoke it needs a weakness in it. The operations that a function's policy
// gives other accounts are among those of "Granting Lambda function access to other accounts"
// (https://docs.aws.amazon.com/lambda/latest/dg/permissions-function-cross-account.html). That a function is called by its URL is said by
// functionURLs.
func (authorizer *Authorizer) openFunctions() []graph.Edge {
	var edges []graph.Edge
	for _, function := range authorizer.estate.all(kinds.AWSFunction) {
		target := authorizer.target(string(function.ID))
		names, anyone := target.named()
		if anyone {
			replaced := authorizer.judge(authorizer.outsider(), target, "lambda:UpdateFunctionCode", string(function.ID), nil)
			if replaced.Holds {
				edges = append(edges, openFunction(function, kinds.CanEscalateTo, replaced, "its policy lets everyone with an AWS account replace its code"))
				continue
			}
			invoked := authorizer.judge(authorizer.outsider(), target, "lambda:InvokeFunction", string(function.ID), map[string]string{"lambda:InvokedViaFunctionUrl": "false"})
			if invoked.Holds {
				edges = append(edges, openFunction(function, kinds.CanExploit, invoked, "its policy lets everyone with an AWS account invoke it"))
				continue
			}
		}
		for _, deputy := range deputies {
			if !slices.Contains(names, deputy.service) {
				continue
			}
			invoked := authorizer.judge(authorizer.subject(graph.ID(deputy.service)), target, "lambda:InvokeFunction", string(function.ID),
				map[string]string{"aws:SourceArn": deputy.source, "aws:SourceAccount": "000000000000"})
			if invoked.Holds {
				edges = append(edges, openFunction(function, kinds.CanExploit, invoked, "its policy lets "+deputy.service+" invoke it for anyone's account"))
				break
			}
		}
	}
	return edges
}

func openFunction(function *node, kind graph.EdgeKind, decision technique.Decision, why string) graph.Edge {
	edge := graph.Edge{
		From: graph.Internet, To: function.ID, Kind: kind, Technique: openFunctionPolicy, Verdict: decision.Verdict, Cause: decision.Cause,
		Evidence: append(slices.Clone(decision.Evidence), granted(function.ID, "policy", "%s", why)),
	}
	if kind == kinds.CanExploit {
		edge.Verdict = edge.Verdict.And(graph.Possible)
		edge.Evidence = append(edge.Evidence, missing(function.ID, openFunctionPolicy, "needs a weakness in the function's code, which was not read"))
	}
	return edge
}
