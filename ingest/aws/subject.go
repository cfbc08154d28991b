package aws

import (
	"cmp"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

// subject is the resource that a mapping is at: its node is among the facts, and edges lead from and to it.
type subject struct {
	facts *ingest.Facts
	id    graph.ID
}

// describe adds a resource's node with what every AWS resource carries and its own properties.
func describe(facts *ingest.Facts, site ingest.Site, kind graph.NodeKind, id, name string, tagged tags, own graph.Props) subject {
	if own == nil {
		own = graph.Props{}
	}
	own["name"], own["account"], own["region"], own["tags"] = name, site.Account, site.Region, tagged.list()
	return contribute(facts, kind, id, own)
}

// contribute adds properties to a resource that another table describes. What has no id becomes a gap, and no edge
// leads from or to it.
func contribute(facts *ingest.Facts, kind graph.NodeKind, id string, own graph.Props) subject {
	if id == "" {
		facts.Gap("one %s has no name or ARN in the answer", kind)
	} else {
		facts.Node(graph.ID(id), kind, own)
	}
	return subject{facts, graph.ID(id)}
}

// to adds an edge from the subject to a resource that any scope may hold; an empty id adds nothing.
func (subject subject) to(edge graph.EdgeKind, kind graph.NodeKind, id string) {
	if subject.id != "" && id != "" {
		subject.facts.Stub(graph.ID(id), kind)
		subject.facts.Edge(subject.id, edge, graph.ID(id))
	}
}

// from adds an edge to the subject from a resource that any scope may hold; an empty id adds nothing.
func (subject subject) from(edge graph.EdgeKind, kind graph.NodeKind, id string) {
	if subject.id != "" && id != "" {
		subject.facts.Stub(graph.ID(id), kind)
		subject.facts.Edge(graph.ID(id), edge, subject.id)
	}
}

// usesKey adds the edge to a key that is named by its ARN; an alias only tells its key together with the list of aliases.
func (subject subject) usesKey(key string) {
	if strings.Contains(key, ":key/") {
		subject.to(kinds.Uses, kinds.AWSKey, key)
	}
}

// key gives a KMS key's ARN from its id or ARN. The name or the ARN of an alias stays as it is.
func key(site ingest.Site, id string) string {
	if strings.HasPrefix(id, "alias/") {
		return id
	}
	return resource(site, "kms", "key/", id)
}

// heldBy gives the site with the account that holds a resource, which for a shared one is another than the account
// that sees it; no account leaves the site as it is.
func heldBy(site ingest.Site, account string) ingest.Site {
	site.Account = cmp.Or(account, site.Account)
	return site
}

// siteOf gives the site that an ARN names, and where it names no account or region, what the fallback says.
func siteOf(arn string, fallback ingest.Site) ingest.Site {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return fallback
	}
	return ingest.Site{Partition: cmp.Or(parts[1], fallback.Partition), Account: cmp.Or(parts[4], fallback.Account), Region: cmp.Or(parts[3], fallback.Region)}
}

// arnName gives what follows the last colon of an ARN.
func arnName(arn string) string { return arn[strings.LastIndexByte(arn, ':')+1:] }

// lastPart gives what follows the last slash of an ARN or a path.
func lastPart(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }

// each gives one text of every element, sorted and without empty ones; nil for nil: not known.
func each[T any](list []T, text func(T) string) []string {
	if list == nil {
		return nil
	}
	texts := make([]string, 0, len(list))
	for _, element := range list {
		if text := text(element); text != "" {
			texts = append(texts, text)
		}
	}
	return graph.Sorted(texts)
}

// orNone gives a document as a property like read, and empty text where the answer tells that there is none.
func (document policy) orNone(facts *ingest.Facts, subject string) any {
	if !document.known() {
		return ""
	}
	return document.read(facts, graph.ID(subject))
}
