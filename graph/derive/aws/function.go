package aws

import (
	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/packet"
)

// functionURLs derives functions that anyone calls by their URL: its authentication is NONE and the function's policy lets
// everyone in. "Starting in October 2025, new function URLs will require both lambda:InvokeFunctionUrl and
// lambda:InvokeFunction permissions" (Control access to Lambda function URLs,
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html), so with the first alone it hangs on the URL's age.
func (authorizer *Authorizer) functionURLs() []graph.Edge {
	var edges []graph.Edge
	for _, function := range authorizer.estate.all(kinds.AWSFunction) {
		if function.Props.Text("url_auth") != "NONE" {
			continue
		}
		address := function.Props.Text("url")
		found := exposure{
			open: packet.Open{packet.TCP(443, 443)}, cause: setting(function.ID, "url_auth"),
			evidence: []graph.Evidence{granted(function.ID, "url_auth", "%s answers without authentication", address)},
		}
		byURL := authorizer.Can(graph.Internet, "lambda:InvokeFunctionUrl", string(function.ID), map[string]string{"lambda:FunctionUrlAuthType": "NONE"})
		direct := authorizer.Can(graph.Internet, "lambda:InvokeFunction", string(function.ID), map[string]string{"lambda:InvokedViaFunctionUrl": "true"})
		switch {
		case !function.Props.Has("policy"):
			found.verdict = graph.Unknown
			found.evidence = append(found.evidence, missing(function.ID, "policy", "the function's policy was not collected"))
		case !byURL.Holds:
			continue
		case !direct.Holds:
			found.verdict = byURL.Verdict.And(graph.Possible)
			found.evidence = append(found.evidence, byURL.Evidence...)
			found.evidence = append(found.evidence, missing(function.ID, "policy", "the policy does not grant lambda:InvokeFunction, which URLs made since October 2025 need"))
		default:
			joined := both(byURL, direct)
			found.verdict = joined.Verdict
			found.evidence = append(found.evidence, joined.Evidence...)
		}
		if byURL.Cause != "" {
			found.cause = byURL.Cause
		}
		for _, edge := range found.edges(function.ID, true) {
			edge.Technique = functionURL
			if edge.Kind == kinds.CanExploit {
				edge.Evidence[len(edge.Evidence)-1] = missing(function.ID, functionURL, "needs a weakness in the function's code, which was not read")
			}
			edges = append(edges, edge)
		}
	}
	return edges
}
