package estate

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Synthetic is an organization that nobody has: AWS accounts of a realistic make-up, the same for the same fields on every
// machine. What an account holds depends on the seed and the account's number alone, so that a larger estate only adds accounts.
type Synthetic struct {
	// Accounts in the organization, at least 1.
	Accounts int
	// Nodes in each account, about; 1,000 when 0.
	Nodes int
	// Seed of all choices.
	Seed uint64
}

const (
	region       = "eu-west-1"
	management   = "100000000000"
	organization = "o-synthetic00"
)

// collected is when the synthetic cloud was read.
var collected = time.Date(2026, time.January, 15, 12, 0, 0, 0, time.UTC)

// Batches gives the estate as ingest would: one batch for each account and service, with the properties that derivation reads.
func (synthetic Synthetic) Batches() []graph.Batch {
	batches := []graph.Batch{synthetic.organization()}
	for i := range synthetic.Accounts {
		account := synthetic.account(i)
		for _, service := range account.services {
			batches = append(batches, *service)
		}
	}
	return batches
}

// Attack gives attack edges of the kinds that derivation finds, made up along with the estate: for measuring what comes after
// derivation. They follow the estate's roles, workloads and stores, yet no policy was evaluated.
func (synthetic Synthetic) Attack() graph.Batch {
	attack := graph.Batch{Scope: "derived/synthetic", Nodes: []graph.Node{{ID: graph.Internet, Kind: kinds.InternetKind}}}
	for i := range synthetic.Accounts {
		attack.Edges = append(attack.Edges, synthetic.account(i).attack...)
	}
	return attack
}

// organization holds the accounts, in units of up to 20, under the policy that allows all and one that keeps accounts from leaving.
func (synthetic Synthetic) organization() graph.Batch {
	id := func(kind, name string) graph.ID {
		return graph.ID("arn:aws:organizations::" + management + ":" + kind + "/" + organization + "/" + name)
	}
	batch := graph.Batch{Scope: "aws/" + management + "/global/organizations", Collected: collected}
	top := graph.ID("arn:aws:organizations::" + management + ":organization/" + organization)
	root := id("root", "r-root")
	add := func(id graph.ID, kind graph.NodeKind, props graph.Props) {
		props["account"] = management
		batch.Nodes = append(batch.Nodes, graph.Node{ID: id, Kind: kind, Props: props})
	}
	add(top, kinds.AWSOrganization, graph.Props{"name": organization, "management": management})
	add(root, kinds.AWSOrganizationalUnit, graph.Props{"name": "Root", "root": true})
	batch.Edges = append(batch.Edges, graph.Edge{From: top, To: root, Kind: kinds.Contains})
	for _, policy := range []struct{ name, document string }{
		{"p-FullAWSAccess", everything},
		{"p-stay", `{"Version":"2012-10-17","Statement":[{"Sid":"Stay","Effect":"Deny","Action":"organizations:LeaveOrganization","Resource":"*"}]}`},
	} {
		add(id("policy", policy.name), kinds.AWSControlPolicy, graph.Props{"name": policy.name, "type": "SERVICE_CONTROL_POLICY", "document": policy.document})
		batch.Edges = append(batch.Edges, graph.Edge{From: id("policy", policy.name), To: root, Kind: kinds.AttachedTo})
	}
	for i := range synthetic.Accounts {
		unit := id("ou", fmt.Sprintf("ou-%04d", i/20))
		if i%20 == 0 {
			add(unit, kinds.AWSOrganizationalUnit, graph.Props{"name": fmt.Sprintf("unit %d", i/20)})
			batch.Edges = append(batch.Edges, graph.Edge{From: root, To: unit, Kind: kinds.Contains},
				graph.Edge{From: id("policy", "p-FullAWSAccess"), To: unit, Kind: kinds.AttachedTo})
		}
		digits := accountDigits(i)
		batch.Nodes = append(batch.Nodes, graph.Node{ID: rootOf(digits), Kind: kinds.AWSAccount, Props: graph.Props{
			"name": fmt.Sprintf("%s-%d", []string{"prod", "dev", "analytics", "shared"}[i%4], i), "account": digits, "status": "ACTIVE",
			"management": i == 0, "organization": organization, "organizations": "member",
			"s3_block_public_acls": false, "s3_ignore_public_acls": false, "s3_block_public_policy": false, "s3_restrict_public_buckets": false,
		}})
		batch.Edges = append(batch.Edges, graph.Edge{From: unit, To: rootOf(digits), Kind: kinds.Contains},
			graph.Edge{From: id("policy", "p-FullAWSAccess"), To: rootOf(digits), Kind: kinds.AttachedTo})
	}
	return batch
}

func accountDigits(i int) string { return fmt.Sprintf("%012d", 100_000_000_000+i) }

func rootOf(digits string) graph.ID { return graph.ID("arn:aws:iam::" + digits + ":root") }

// account is one account in the making.
type account struct {
	Synthetic
	number int
	digits string
	random *rand.Rand

	services []*graph.Batch
	attack   []graph.Edge

	// What was made so far, for what comes after to point at.
	roles                        []graph.ID
	instanceRoles, functionRoles []graph.ID
	buckets, secrets, parameters []graph.ID
	keys                         []graph.ID
	encrypted                    map[graph.ID]graph.ID // key by store
}

// account makes the i-th account: stores first, since policies name them, then identities, then what runs as them.
func (synthetic Synthetic) account(i int) *account {
	if synthetic.Nodes <= 0 {
		synthetic.Nodes = 1000
	}
	made := &account{Synthetic: synthetic, number: i, digits: accountDigits(i), random: rand.New(rand.NewPCG(synthetic.Seed, uint64(i)))}
	made.data()
	made.identities()
	made.network()
	made.control()
	return made
}

// share gives how many of something an account has, from its number in 1,000 nodes; at least one.
func (account *account) share(perThousand int) int { return max(1, account.Nodes*perThousand/1000) }

// chance is true once in so many times.
func (account *account) chance(in int) bool { return account.random.IntN(in) == 0 }

// service starts a new batch, which what is added next goes to.
func (account *account) service(place, name string) {
	account.services = append(account.services, &graph.Batch{
		Scope: graph.Scope("aws/" + account.digits + "/" + place + "/" + name), Collected: collected,
	})
}

// add puts a node into the current batch.
func (account *account) add(id graph.ID, kind graph.NodeKind, place string, props graph.Props) graph.ID {
	props["account"] = account.digits
	if place != "" {
		props["region"] = place
	}
	if _, ok := props["name"]; !ok {
		props["name"] = nameIn(id)
	}
	if _, ok := props["tags"]; !ok {
		props["tags"] = []string{fmt.Sprintf("team=team-%d", account.random.IntN(40))}
	}
	batch := account.services[len(account.services)-1]
	batch.Nodes = append(batch.Nodes, graph.Node{ID: id, Kind: kind, Props: props})
	return id
}

// link puts a structure edge into the current batch.
func (account *account) link(from graph.ID, kind graph.EdgeKind, to graph.ID) {
	batch := account.services[len(account.services)-1]
	batch.Edges = append(batch.Edges, graph.Edge{From: from, To: to, Kind: kind})
}

// gain adds an attack edge with one piece of evidence.
func (account *account) gain(from graph.ID, kind graph.EdgeKind, to graph.ID, technique string, cause graph.Cause, source graph.ID, requires ...graph.ID) {
	edge := graph.Edge{
		From: from, To: to, Kind: kind, Technique: technique, Cause: cause, Requires: requires,
		Evidence: []graph.Evidence{{Kind: graph.Grant, Source: source, Locator: technique, Detail: "made up with the synthetic estate"}},
	}
	if kind == kinds.CanExploit {
		edge.Verdict = graph.Possible
		edge.Evidence = append(edge.Evidence, graph.Evidence{Kind: graph.Gap, Source: to, Locator: technique, Detail: "no scan of the host was collected"})
	}
	account.attack = append(account.attack, edge)
}

func nameIn(id graph.ID) string {
	for i := len(id) - 1; i >= 0; i-- {
		if id[i] == '/' || id[i] == ':' {
			return string(id[i+1:])
		}
	}
	return string(id)
}

func (account *account) arn(service, place, rest string) graph.ID {
	return graph.ID("arn:aws:" + service + ":" + place + ":" + account.digits + ":" + rest)
}

func pick[T any](account *account, from []T) T { return from[account.random.IntN(len(from))] }
