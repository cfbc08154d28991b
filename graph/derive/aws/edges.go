package aws

import (
	"fmt"
	"hash/fnv"
	"io"
	"slices"

	"github.com/inroad-security/inroad/graph"
)

// The techniques that are derived by this package's code rather than by a rule of the catalogue.
const (
	assumeRole         = "aws-assume-role"
	webIdentity        = "aws-web-identity"
	identityCenter     = "aws-identity-center"
	runsAs             = "aws-runs-as"
	publicPolicy       = "aws-public-bucket-policy"
	publicACL          = "aws-public-bucket-acl"
	storeAccess        = "aws-store-access"
	openPolicy         = "aws-open-store-policy"
	clusterAccess      = "aws-cluster-access"
	clusterControl     = "aws-cluster-control"
	keyDecrypt         = "aws-key-decrypt"
	administrator      = "aws-administrator"
	accountControl     = "aws-account-control"
	functionURL        = "aws-function-url"
	openFunctionPolicy = "aws-open-function-policy"
	servedOrigin       = "aws-served-origin"
	remoteAdmin        = "exposed-remote-admin"
	exposedService     = "exposed-service"
	metadataV1         = "aws-metadata-v1"
	keyAtRest          = "aws-access-key-at-rest"
	keyByName          = "aws-access-key-by-name"
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

// sharer keeps one copy of each list of evidence, and of each sentence in them: the edges that one statement makes explain
// themselves alike, and every guardrail is met by all that it binds.
type sharer struct {
	lists     map[uint64][]graph.Evidence // by a digest, so that what is kept is not kept twice over
	sentences map[string]string           // and causes
}

func newSharer() sharer {
	return sharer{lists: map[uint64][]graph.Evidence{}, sentences: map[string]string{}}
}

// share replaces equal lists of evidence by one. Of two lists with one digest the later is left as it is.
func (sharer sharer) share(edges []graph.Edge) []graph.Edge {
	digest := fnv.New64a()
	for i := range edges {
		edges[i].Cause = graph.Cause(sharer.once(string(edges[i].Cause)))
		digest.Reset()
		for _, piece := range edges[i].Evidence {
			for _, text := range []string{string(piece.Kind), string(piece.Source), piece.Locator, piece.Detail} {
				_, _ = io.WriteString(digest, text) // a digest takes all
				_, _ = digest.Write([]byte{0})
			}
		}
		known, ok := sharer.lists[digest.Sum64()]
		if !ok {
			known = sharer.kept(edges[i].Evidence)
			sharer.lists[digest.Sum64()] = known
		}
		if slices.Equal(known, edges[i].Evidence) {
			edges[i].Evidence = known
		}
	}
	return edges
}

// kept copies a list into no more room than it needs, with the sentences that others have too.
func (sharer sharer) kept(list []graph.Evidence) []graph.Evidence {
	copied := append(make([]graph.Evidence, 0, len(list)), list...)
	for i := range copied {
		copied[i].Detail = sharer.once(copied[i].Detail)
	}
	return copied
}

// once gives the first of equal texts.
func (sharer sharer) once(text string) string {
	known, ok := sharer.sentences[text]
	if !ok {
		known = text
		sharer.sentences[text] = text
	}
	return known
}
