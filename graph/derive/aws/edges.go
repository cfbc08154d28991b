package aws

import (
	"fmt"
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// The techniques that are derived by this package's code rather than by a rule of the catalogue.
const (
	assumeRole     = "aws-assume-role"
	webIdentity    = "aws-web-identity"
	runsAs         = "aws-runs-as"
	publicPolicy   = "aws-public-bucket-policy"
	publicACL      = "aws-public-bucket-acl"
	storeAccess    = "aws-store-access"
	openPolicy     = "aws-open-store-policy"
	clusterAccess  = "aws-cluster-access"
	clusterControl = "aws-cluster-control"
	keyDecrypt     = "aws-key-decrypt"
	administrator  = "aws-administrator"
	accountControl = "aws-account-control"
	functionURL    = "aws-function-url"
	servedOrigin   = "aws-served-origin"
	remoteAdmin    = "exposed-remote-admin"
	exposedService = "exposed-service"
	metadataV1     = "aws-metadata-v1"
	keyAtRest      = "aws-access-key-at-rest"
	keyByName      = "aws-access-key-by-name"
)

// Organizations is the locator of the gap that hangs on every answer for an account whose organization's control policies
// were not collected: it says that nothing is known of them, for all edges of the account alike.
const Organizations = "organizations"

func granted(source graph.ID, locator, detail string, arguments ...any) graph.Evidence {
	return graph.Evidence{Kind: graph.Grant, Source: source, Locator: locator, Detail: fmt.Sprintf(detail, arguments...)}
}

func guarded(source graph.ID, locator, detail string, arguments ...any) graph.Evidence {
	return graph.Evidence{Kind: graph.Guardrail, Source: source, Locator: locator, Detail: fmt.Sprintf(detail, arguments...)}
}

func missing(source graph.ID, locator, detail string, arguments ...any) graph.Evidence {
	return graph.Evidence{Kind: graph.Gap, Source: source, Locator: locator, Detail: fmt.Sprintf(detail, arguments...)}
}

// setting is the cause of an edge that one property of one resource makes.
func setting(resource graph.ID, property string) graph.Cause {
	return graph.Cause("config:" + string(resource) + "#" + property)
}

// sharer keeps one copy of each list of evidence: the edges that one statement makes explain themselves alike, and an
// estate has many of them.
type sharer struct{ lists map[string][]graph.Evidence }

// share replaces equal lists of evidence by one.
func (sharer *sharer) share(edges []graph.Edge) []graph.Edge {
	var key []byte
	for i := range edges {
		key = key[:0]
		for _, piece := range edges[i].Evidence {
			for _, text := range []string{string(piece.Kind), string(piece.Source), piece.Locator, piece.Detail} {
				key = append(append(key, text...), 0)
			}
		}
		known, ok := sharer.lists[string(key)]
		if !ok {
			known = slices.Clip(edges[i].Evidence)
			sharer.lists[string(key)] = known
		}
		edges[i].Evidence = known
	}
	return edges
}
