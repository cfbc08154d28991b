package aws

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
)

// third is an account beside ours and theirs.
const third = "333333333333"

// pool holds, for each resource that may be there, what it may look like, and the structure between resources.
type pool struct {
	forms map[graph.ID][]graph.Node
	edges []graph.Edge
}

func (pool pool) add(world *world) {
	for _, held := range world.nodes {
		same := func(known graph.Node) bool { return fmt.Sprint(known.Props) == fmt.Sprint(held.Props) }
		if !slices.ContainsFunc(pool.forms[held.ID], same) {
			pool.forms[held.ID] = append(pool.forms[held.ID], graph.Node{ID: held.ID, Kind: held.Kind, Props: maps.Clone(held.Props)})
		}
	}
}

// pools gives one pool for each archive of twins, which the archive's twins make up, and one of identities.
func pools(t *testing.T) map[string]pool {
	t.Helper()
	found := map[string]pool{"identities": identities(t), "directories": directories(t)}
	for _, by := range joins {
		found["networks joined by "+by] = joinedNetworks(t, by)
	}
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		base, err := os.ReadFile(filepath.Join(filepath.Dir(file), "base.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		made, archive := pool{forms: map[graph.ID][]graph.Node{}}, txtar.Parse(data)
		for _, twin := range archive.Files {
			resources := map[string]map[string]any{}
			for _, layer := range [][]byte{base, archive.Files[0].Data, twin.Data} {
				lay(t, resources, layer)
			}
			delete(resources, "edges")
			delete(resources, "questions")
			made.add(build(t, resources))
		}
		found[filepath.Base(file)] = made
	}
	return found
}

// identities is a pool of principals that trust and name one another across accounts, under an organization.
func identities(t *testing.T) pool {
	t.Helper()
	made := pool{forms: map[graph.ID][]graph.Node{}}
	managed := graph.ID("arn:aws:iam::aws:policy/Common")
	for _, form := range []int{0, 1, 2} {
		world := newWorld(t)
		world.add(root(third), kinds.AWSAccount, graph.Props{"account": third, "organizations": "none"})
		if form > 0 {
			world.organization([]string{"", allow("*", "*"), deny("s3:*", "*")}[form])
		}
		world.add(managed, kinds.AWSPolicy, graph.Props{"document": policy([]string{allow("s3:Get*", "*"), allow("sts:AssumeRole", "*"), deny("iam:*", "*")}[form])})
		for i, digits := range []string{ours, theirs, third} {
			other, last := []string{theirs, third, ours}[i], []string{third, ours, theirs}[i]
			of := func(digits, name string) graph.ID { return graph.ID("arn:aws:iam::" + digits + ":" + name) }
			world.user(of(digits, "user/ann"), []string{
				allow("*", "*"), allow("sts:AssumeRole", string(of(other, "role/app"))), allow("sts:AssumeRole s3:GetObject kms:Decrypt secretsmanager:GetSecretValue", "*") + "," + deny("s3:GetObject", "arn:aws:s3:::x-*"),
			}[form])
			world.role(of(digits, "role/app"), []string{
				trust(string(of(other, "root"))), trust("*"), trust(string(of(last, "user/ann")), "ec2.amazonaws.com"),
			}[form], []string{
				allow("sts:AssumeRole", string(of(last, "role/*"))), allow("iam:PassRole lambda:* sqs:* sns:*", "*"),
				allowIf("s3:GetObject", "*", `{"DateGreaterThan":{"aws:CurrentTime":"2026-01-02T00:00:00Z"}}`),
			}[form])
			world.role(of(digits, "role/box"), []string{trust("ec2.amazonaws.com"), trust("lambda.amazonaws.com"), trustIf(`{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`, "*")}[form], allow("s3:*", "*"))
			world.add("arn:aws:s3:::data-"+graph.ID(digits), kinds.AWSBucket, graph.Props{
				"account": digits, "region": "eu-west-1", "encryption": []string{"AES256", "aws:kms", "aws:kms"}[form], "kms_key": []string{"", "alias/data", "arn:aws:kms:eu-west-1:" + other + ":key/data"}[form],
				"policy": policy([]string{
					share(string(of(other, "root")), "s3:GetObject", "arn:aws:s3:::data-"+digits+"/*", ""), share("*", "s3:GetObject", "arn:aws:s3:::data-"+digits+"/*", ""),
					share("*", "s3:*", "arn:aws:s3:::data-"+digits+"/*", `{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`),
				}[form]),
			})
			world.add(graph.ID("arn:aws:kms:eu-west-1:"+digits+":key/data"), kinds.AWSKey, graph.Props{
				"account": digits, "manager": "CUSTOMER", "aliases": []string{"alias/" + []string{"other", "data", "data"}[form]},
				"policy": policy([]string{share(digits, "kms:*", "*", ""), share(string(of(other, "root")), "kms:Decrypt", "*", ""), share("*", "kms:Decrypt", "*", "")}[form]),
			})
			world.add(graph.ID("arn:aws:lambda:eu-west-1:"+digits+":function:job"), kinds.AWSFunction, graph.Props{
				"account": digits, "role": string(of([]string{digits, digits, other}[form], "role/box")), "runtime": "python3.13", "url": "https://f" + digits + ".example/", "url_auth": "NONE",
				"credentials": []string{"AKIA" + other}, "policy": []string{"", policy(share("*", "lambda:InvokeFunctionUrl", "*", "")), policy(share(other, "lambda:*", "*", ""))}[form],
			})
			world.add(of(digits, "user/ann/access-key/AKIA"+digits), kinds.AWSAccessKey, graph.Props{"name": "AKIA" + digits, "status": []string{"Active", "Inactive", "Active"}[form]})
			if form == 0 {
				world.edge(of(digits, "user/ann"), kinds.Contains, of(digits, "user/ann/access-key/AKIA"+digits))
				world.edge(of(digits, "role/app"), kinds.HasPolicy, managed)
				world.edge(of(digits, "role/box"), kinds.BoundedBy, managed)
			}
		}
		made.add(world)
		made.edges = append(made.edges, world.edges...)
	}
	return made
}

// scattered spreads a pool's resources of one account over three.
func (pool pool) scattered(random *rand.Rand) pool {
	accounts := []string{ours, theirs, third}
	renamed := map[string]string{}
	home := map[graph.ID]string{}
	for _, id := range slices.Sorted(maps.Keys(pool.forms)) {
		switch digits := accountIn(string(id)); {
		case parseARN(string(id)).resource == "root":
			continue
		case digits == ours || digits == "":
			home[id] = accounts[random.IntN(len(accounts))]
			renamed[string(id)] = strings.Replace(string(id), ":"+ours+":", ":"+home[id]+":", 1)
		}
	}
	var pairs []string
	for _, old := range slices.SortedFunc(maps.Keys(renamed), func(a, b string) int { return cmp.Or(-cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) }) {
		pairs = append(pairs, old, renamed[old])
	}
	spell := strings.NewReplacer(pairs...)
	spread := make(map[graph.ID][]graph.Node)
	for id, forms := range pool.forms {
		fresh := graph.ID(spell.Replace(string(id)))
		for _, form := range forms {
			held := graph.Node{ID: fresh, Kind: form.Kind, Props: graph.Props{}}
			for name, value := range form.Props {
				switch value := value.(type) {
				case string:
					held.Props[name] = spell.Replace(value)
				case []string:
					list := []string{}
					for _, text := range value {
						list = append(list, spell.Replace(text))
					}
					held.Props[name] = list
				default:
					held.Props[name] = value
				}
			}
			if home[id] != "" {
				held.Props["account"] = home[id]
			}
			spread[fresh] = append(spread[fresh], held)
		}
	}
	pool.forms = spread
	return pool
}

// estateInMotion is what of a pool is there, and when and how completely it was read.
type estateInMotion struct {
	pool
	ids        []graph.ID
	form       map[graph.ID]int    // none where it is absent
	lacks      map[graph.ID]string // a property that was not collected
	cut        map[int]bool        // of the pool's edges
	collected  time.Time
	incomplete map[string]string // by account
	together   bool              // one scope of no account tells all, as where a plan is rehearsed
}

func newMotion(pool pool, random *rand.Rand) *estateInMotion {
	motion := &estateInMotion{pool: pool, ids: slices.Sorted(maps.Keys(pool.forms)), form: map[graph.ID]int{}, lacks: map[graph.ID]string{}, cut: map[int]bool{}, collected: asOf, incomplete: map[string]string{}}
	for _, id := range motion.ids {
		motion.form[id] = random.IntN(len(pool.forms[id]))
	}
	return motion
}

// edit changes one thing.
func (motion *estateInMotion) edit(random *rand.Rand) string {
	switch at := random.IntN(20); {
	case at == 0:
		motion.collected = motion.collected.Add(time.Duration(random.IntN(48)-24) * time.Hour)
		return "the time"
	case at == 1:
		account := []string{ours, theirs, third}[random.IntN(3)]
		motion.incomplete[account] = []string{"", "ec2 describe-route-tables: denied", "s3api list-buckets: denied"}[random.IntN(3)]
		return "completeness of " + account
	case at == 2 && len(motion.edges) > 0:
		edge := random.IntN(len(motion.edges))
		motion.cut[edge] = !motion.cut[edge]
		return fmt.Sprint("edge ", motion.edges[edge])
	}
	id := motion.ids[random.IntN(len(motion.ids))]
	if at := random.IntN(8); at == 0 {
		names := slices.Sorted(maps.Keys(motion.forms[id][max(0, motion.form[id])].Props))
		motion.lacks[id] = append(names, "")[random.IntN(len(names)+1)]
		return fmt.Sprintf("%s without its %s", id, motion.lacks[id])
	}
	if motion.form[id] >= 0 && random.IntN(3) == 0 {
		motion.form[id] = -1
	} else {
		motion.form[id] = random.IntN(len(motion.forms[id]))
	}
	return string(id)
}

// snapshot puts each resource into the scope of its account and service.
func (motion *estateInMotion) snapshot(t *testing.T) *graph.Snapshot {
	t.Helper()
	batches := map[graph.Scope]*graph.Batch{}
	batch := func(id graph.ID, account string) *graph.Batch {
		digits := cmp.Or(accountIn(string(id)), account, theirs)
		scope := graph.Scope("aws/" + digits + "/eu-west-1/" + cmp.Or(parseARN(string(id)).service, "other"))
		if batches[scope] == nil {
			batches[scope] = &graph.Batch{Scope: scope, Collected: motion.collected}
			if reason := motion.incomplete[digits]; reason != "" {
				batches[scope].Incomplete = []string{reason}
			}
		}
		return batches[scope]
	}
	for _, id := range motion.ids {
		if at := motion.form[id]; at >= 0 {
			held := motion.forms[id][at]
			if name := motion.lacks[id]; name != "" {
				held.Props = maps.Clone(held.Props)
				delete(held.Props, name)
			}
			into := batch(id, held.Props.Text("account"))
			into.Nodes = append(into.Nodes, held)
		}
	}
	for at, edge := range motion.edges {
		if !motion.cut[at] {
			into := batch(edge.From, "")
			into.Edges = append(into.Edges, edge)
		}
	}
	whole := graph.Batch{Scope: "rehearsal/facts"}
	all := []graph.Batch{}
	for _, scope := range slices.Sorted(maps.Keys(batches)) {
		if one := *batches[scope]; motion.together {
			whole.Nodes, whole.Edges = append(whole.Nodes, one.Nodes...), append(whole.Edges, one.Edges...)
			one.Nodes, one.Edges = nil, nil
			all = append(all, one)
		} else {
			all = append(all, one)
		}
	}
	all = append(all, whole)
	snapshot, err := graph.NewSnapshot(1, all...)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

// remembered is what was derived of a section, and of what.
type remembered struct {
	basis string
	asOf  time.Time
	timed bool
	edges []graph.Edge
}

// TestSectionsFollowTheWhole edits estates whose resources are spread over accounts, at random, and after each edit derives anew only the
// sections whose basis changed: together the sections must have the edges of the whole.
func TestSectionsFollowTheWhole(t *testing.T) {
	scripts, edits := 6, 25
	if text := os.Getenv("INROAD_EDITS"); text != "" {
		scripts, _ = strconv.Atoi(text)
	}
	all := pools(t)
	done, derived, sections := 0, 0, 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			for script := range scripts {
				random := rand.New(rand.NewPCG(uint64(script), uint64(len(name)))) //nolint:gosec // the same edits every time
				source := all[name]
				if script%2 == 1 || strings.HasSuffix(name, ".txtar") {
					source = source.scattered(random)
				}
				motion, held := newMotion(source, random), map[string]remembered{}
				motion.together = script%3 == 2
				edited := "nothing"
				for range edits {
					anew, of := motion.follow(t, held, edited)
					derived, sections, done = derived+anew, sections+of, done+1
					edited = motion.edit(random)
				}
			}
		})
	}
	t.Logf("%d edits; %d of %d sections derived anew", done, derived, sections)
}

func (motion *estateInMotion) follow(t *testing.T, held map[string]remembered, edited string) (anew, of int) {
	t.Helper()
	snapshot := motion.snapshot(t)
	now := Newest(snapshot)
	authorizer := NewAuthorizer(snapshot, now)
	whole, administers, err := Derive(context.Background(), authorizer)
	if err != nil {
		t.Fatal(err)
	}
	whole = slices.AppendSeq(whole, technique.AWS().Derive(snapshot, authorizer, func(id graph.ID) bool { return administers[id] != "" }))
	deriver := NewDeriver(now)
	var edges []graph.Edge
	found := Sections(snapshot)
	for _, section := range found {
		basis := section.Basis()
		if known, ok := held[section.Name]; !ok || known.basis != basis || known.timed && !known.asOf.Equal(now) {
			made, err := deriver.Derive(context.Background(), &section)
			if err != nil {
				t.Fatal(err)
			}
			made.Edges = slices.AppendSeq(made.Edges, technique.AWS().Derive(made.Snapshot, made.Authorizer, func(id graph.ID) bool { return !made.Actors(id) }))
			held[section.Name] = remembered{basis, now, made.Authorizer.Timed(), made.Edges}
			anew++
		}
		edges = append(edges, held[section.Name].edges...)
	}
	defer func() {
		if t.Failed() {
			t.Logf("after an edit of %s", edited)
		}
	}()
	sameEdges(t, whole, edges)
	return anew, len(found)
}
