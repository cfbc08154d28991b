package aws

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// publicBuckets derives the buckets that anyone reads or writes, by policy or by access control list, and what such a list gives other
// accounts.
func (authorizer *Authorizer) publicBuckets() []graph.Edge {
	var edges []graph.Edge
	for _, bucket := range authorizer.estate.all(kinds.AWSBucket) {
		edges = append(edges, authorizer.publicByPolicy(bucket)...)
		edges = append(edges, authorizer.byACL(bucket)...)
	}
	return edges
}

// uses of a bucket's objects, with the actions each of which suffices.
var uses = []struct {
	kind    graph.EdgeKind
	actions []string
}{
	{kinds.CanRead, []string{"s3:GetObject"}},
	{kinds.CanWrite, []string{"s3:PutObject", "s3:DeleteObject"}},
}

// publicByPolicy asks for an anonymous caller. RestrictPublicBuckets, of the bucket or of its account, takes a public
// policy's effect from everyone outside the account; the other block for policies, BlockPublicPolicy, only refuses new
// ones ("Block public access settings",
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html).
func (authorizer *Authorizer) publicByPolicy(bucket *node) []graph.Edge {
	if bucket.Props.Text("policy") == "" {
		return nil
	}
	var edges []graph.Edge
	for _, use := range uses {
		objects, decision := authorizer.objects(authorizer.subject(graph.Internet), bucket, use.actions)
		if !decision.Holds {
			continue
		}
		edge := graph.Edge{
			From: graph.Internet, To: bucket.ID, Kind: use.kind, Technique: publicPolicy, Requires: authorizer.encryptedWith(bucket, use.kind),
			Verdict: decision.Verdict, Cause: decision.Cause, Evidence: decision.Evidence,
		}
		if objects != "" {
			edge.Props = graph.Props{"objects": objects}
		}
		if authorizer.readable(bucket, nil, &edge) {
			edges = append(edges, looked(authorizer.blocks(bucket, "restrict_public_buckets"), edge))
		}
	}
	return edges
}

// objects decides whether a principal may use a bucket's objects by any of the actions: those of any name, or some. Of some
// it gives one: an object that is known to be there, if there is one.
func (authorizer *Authorizer) objects(who *subject, bucket *node, actions []string) (string, technique.Decision) {
	var nearest technique.Decision
	for _, action := range actions {
		whole := authorizer.anyObject(who, bucket, action)
		if whole.Holds && whole.Verdict == graph.Proven {
			return "", whole
		}
		some, part := authorizer.some(who, authorizer.target(string(bucket.ID)), string(bucket.ID)+"/*", []technique.Need{{Action: action}})
		switch {
		case part.Holds && (!whole.Holds || part.Verdict < whole.Verdict):
			return authorizer.listed(who, bucket, action, some, part)
		case whole.Holds:
			return "", whole
		case nearest.Evidence == nil:
			nearest = whole
		}
	}
	return "", nearest
}

// anyObject asks about an object of a name that no policy speaks of.
func (authorizer *Authorizer) anyObject(who *subject, bucket *node, action string) technique.Decision {
	return authorizer.judge(who, authorizer.target(string(bucket.ID)), action, string(bucket.ID)+"/"+fresh, nil)
}

// listed looks among the bucket's known objects for one that the principal may use, when it may only use some names.
func (authorizer *Authorizer) listed(who *subject, bucket *node, action, some string, part technique.Decision) (string, technique.Decision) {
	for _, name := range bucket.Props.List("objects") {
		object := string(bucket.ID) + "/" + name
		if decision := authorizer.judge(who, authorizer.target(string(bucket.ID)), action, object, nil); decision.Holds && decision.Verdict <= part.Verdict {
			return object, decision
		}
	}
	if bucket.Props.Has("objects") && action == "s3:GetObject" {
		part.Verdict = part.Verdict.And(graph.Possible)
		part.Evidence = append(part.Evidence, missing(bucket.ID, "objects", "only some names are allowed, such as %s, and none of the objects listed has one", some))
		return some, part
	}
	part.Evidence = append(part.Evidence, guarded(bucket.ID, "objects", "only some names are allowed, such as %s", some))
	return some, part
}

// everyone and anyAccount are the groups of S3's access control lists that hold more people than one can name ("Who is a
// grantee?", https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html): all, and all with an AWS account.
const (
	everyone   = "http://acs.amazonaws.com/groups/global/AllUsers"
	anyAccount = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
)

// byACL reads the bucket's access control list: WRITE lets make, change and delete objects, FULL_CONTROL everything,
// WRITE_ACP lets give oneself the rest. READ only lists the names of objects, whose own lists were not collected, so
// reading is Possible. Lists do not count where the owner is enforced, nor grants to everyone where public ones are ignored
// ("Controlling ownership of objects", https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html;
// "Block public access settings").
func (authorizer *Authorizer) byACL(bucket *node) []graph.Edge {
	if bucket.Props.Text("ownership") == "BucketOwnerEnforced" {
		return nil
	}
	var edges []graph.Edge
	for _, entry := range bucket.Props.List("acl") {
		name, permission, _ := strings.Cut(entry, "=")
		to, found := authorizer.grantee(bucket, name)
		if !found || to.public && authorizer.blocked(bucket, "ignore_public_acls") {
			continue
		}
		evidence := []graph.Evidence{granted(bucket.ID, "acl", "the access control list gives %s to %s", permission, to.words)}
		for _, use := range uses {
			verdict, held := aclGives(permission, use.kind)
			if !held {
				continue
			}
			edge := graph.Edge{
				From: to.id, To: bucket.ID, Kind: use.kind, Technique: publicACL, Requires: authorizer.encryptedWith(bucket, use.kind),
				Verdict: verdict, Cause: setting(bucket.ID, "acl"), Evidence: slices.Clone(evidence),
			}
			if verdict == graph.Possible {
				edge.Evidence = append(edge.Evidence, missing(bucket.ID, "objects", "the list lets see the objects' names; the access control lists of the objects themselves were not collected"))
			}
			if !authorizer.listHolds(bucket, to, use.actions, &edge) || !authorizer.readable(bucket, to.who.account, &edge) {
				continue
			}
			if to.public {
				edge = looked(authorizer.blocks(bucket, "ignore_public_acls"), edge)
			}
			edges = append(edges, edge)
		}
	}
	return edges
}

// grantee is whom an access control list names.
type grantee struct {
	id     graph.ID
	who    *subject // that stands for it
	public bool
	words  string
}

// grantee finds who a name in a bucket's access control list is: everyone, or another account by its canonical id ("Who is a
// grantee?"). An account of which no bucket was collected is known by that id alone. The owner's own grant is not told.
func (authorizer *Authorizer) grantee(bucket *node, name string) (grantee, bool) {
	switch {
	case name == everyone:
		return grantee{graph.Internet, authorizer.subject(graph.Internet), true, "anyone"}, true
	case name == anyAccount:
		return grantee{graph.Internet, authorizer.outsider(), true, "anyone with an AWS account"}, true
	case strings.Contains(name, "://"), !bucket.Props.Has("owner"), name == bucket.Props.Text("owner"):
		return grantee{}, false
	}
	for _, account := range authorizer.estate.order {
		if account.props.Text("canonical_id") == name {
			return grantee{account.id, authorizer.anyOf(account.id), false, "account " + account.digits}, true
		}
	}
	return grantee{graph.ID(kinds.CanonicalUser + name), authorizer.outsider(), false, "the account of canonical id " + name}, true
}

// listHolds decides whether what the list gives survives the explicit denies of the bucket's policy and of control
// policies, which bind whatever the list says, by putting the list's grant beside the policy.
func (authorizer *Authorizer) listHolds(bucket *node, to grantee, actions []string, edge *graph.Edge) bool {
	list, _, err := authorizer.library.read(bucket.ID, `{"Version":"2012-10-17","Statement":{"Sid":"acl","Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}`)
	if err != nil {
		return false
	}
	beside := *authorizer.target(string(bucket.ID))
	isPublic := func(policy *iam.Policy) bool { return policy.Public() }
	if !slices.ContainsFunc(beside.policies.Resource, isPublic) {
		beside.policies.RestrictPublic = false // it looks at policies alone
	}
	beside.policies.Resource = append(slices.Clone(beside.policies.Resource), list)
	for _, action := range actions {
		decision := authorizer.judge(to.who, &beside, action, string(bucket.ID)+"/*", nil)
		if !decision.Holds {
			continue
		}
		edge.Verdict = edge.Verdict.And(decision.Verdict)
		for _, piece := range decision.Evidence {
			if piece.Kind != graph.Grant {
				edge.Evidence = append(edge.Evidence, piece)
			}
		}
		return true
	}
	return false
}

// aclGives tells what a permission in a bucket's access control list is worth.
func aclGives(permission string, use graph.EdgeKind) (graph.Verdict, bool) {
	switch {
	case use == kinds.CanWrite && (permission == "WRITE" || permission == "FULL_CONTROL"):
		return graph.Proven, true
	case use == kinds.CanRead && (permission == "READ" || permission == "FULL_CONTROL"):
		return graph.Possible, true
	case permission == "WRITE_ACP":
		return graph.Possible, true
	}
	return graph.Proven, false
}

// blocked reports whether one of the four public-access settings is on, for the bucket or for its account.
func (authorizer *Authorizer) blocked(bucket *node, setting string) bool {
	holder := authorizer.estate.holder(bucket)
	return bucket.Props.Flag(setting) || holder != nil && holder.props.Flag("s3_"+setting)
}

// looked adds guardrails to an edge: one that was not collected leaves it Possible at best.
func looked(guardrails []graph.Evidence, edge graph.Edge) graph.Edge {
	edge.Evidence = append(edge.Evidence, guardrails...)
	if slices.ContainsFunc(guardrails, func(piece graph.Evidence) bool { return piece.Kind == graph.Gap }) {
		edge.Verdict = edge.Verdict.And(graph.Possible)
	}
	return edge
}

// blocks tells which public-access blocks were looked at, and which were not collected.
func (authorizer *Authorizer) blocks(bucket *node, setting string) []graph.Evidence {
	var evidence []graph.Evidence
	look := func(place graph.ID, props graph.Props, name string) {
		if props.Has(name) {
			evidence = append(evidence, guarded(place, name, "the public access block %s of %s is off", strings.TrimPrefix(name, "s3_"), place))
		} else {
			evidence = append(evidence, missing(place, name, "the public access block of %s was not collected", place))
		}
	}
	look(bucket.ID, bucket.Props, setting)
	if holder := authorizer.estate.holder(bucket); holder != nil {
		look(holder.id, holder.props, "s3_"+setting)
	}
	return evidence
}
