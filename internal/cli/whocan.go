package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
	derive "github.com/inroad-security/inroad/graph/derive/aws"
	"github.com/inroad-security/inroad/graph/kinds"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

func whoCanCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:   "who-can --action ACTION --resource ARN",
		Short: "List who may take an action, and why",
		Long: `List who may take an action, and why: users, roles, root users, services, identity providers, and anyone on the internet.

Verdicts are those of "inroad iam can"; those who are denied are left out.`,
		Example: `  inroad iam who-can --action s3:GetObject --resource 'arn:aws:s3:::payroll/*'
  inroad iam who-can --action sts:AssumeRole --resource arn:aws:iam::111111111111:role/admin --format json`,
		Args: cobra.NoArgs,
	}
	asked := permissionFlags(command)
	command.RunE = func(command *cobra.Command, _ []string) error {
		keys, err := asked.context()
		if err != nil {
			return err
		}
		snapshot, err := asked.snapshot(command.Context(), stores, command.ErrOrStderr())
		if err != nil {
			return err
		}
		if err := asked.check(snapshot, command.ErrOrStderr()); err != nil {
			return err
		}
		found := asked.whoCan(snapshot, keys)
		if asked.format.value == "json" {
			return printJSON(command.OutOrStdout(), found)
		}
		out := command.OutOrStdout()
		for _, said := range found.Answers {
			said.print(out)
		}
		fmt.Fprintf(out, "%d may %s on %s; %d principals were asked.\n", len(found.Answers), asked.action, asked.resource, found.Asked)
		if found.Uncollected > 0 {
			fmt.Fprintf(out, "%d more are known by name alone: what their own policies allow was not collected.\n", found.Uncollected)
		}
		return nil
	}
	return command
}

// whoCan is the answer to who-can.
type whoCan struct {
	Answers     []answer `json:"answers"`     // who may, surest first, then by id
	Asked       int      `json:"asked"`       // principals that were considered
	Uncollected int      `json:"uncollected"` // users and roles whose policies are not known, and who may not as far as others' are
}

// whoCan asks everyone whose policies, or whom the resource's policies, speak of the action on the resource.
func (asked *permission) whoCan(snapshot *graph.Snapshot, keys map[string]string) whoCan {
	found := whoCan{Answers: []answer{}}
	authorizer := derive.NewAuthorizer(snapshot, derive.Newest(snapshot))
	target := iam.CompilePattern(asked.resource)
	ask := func(principal graph.ID) bool {
		decision := authorizer.Can(principal, asked.action, asked.resource, keys)
		if decision.Holds {
			found.Answers = append(found.Answers, asked.answer(principal, decision))
		}
		return decision.Holds
	}
	for i := range snapshot.OfKind(kinds.AWSUser, kinds.AWSRole) {
		found.Asked++
		id := snapshot.ID(i)
		spoken := asked.concerned(authorizer, id, target)
		if may := spoken && ask(id); !may && snapshot.Stub(i) {
			found.Uncollected++
		}
	}
	others := asked.others(snapshot)
	found.Asked += len(others)
	for _, id := range others {
		ask(id)
	}
	order := []string{"Allowed", "Possible", "Unknown"}
	slices.SortFunc(found.Answers, func(a, b answer) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Verdict), slices.Index(order, b.Verdict)), cmp.Compare(a.Principal, b.Principal))
	})
	return found
}

// concerned is a cheap upper bound: whether any policy speaks of the principal and the action on what the question covers.
func (asked *permission) concerned(authorizer *derive.Authorizer, principal graph.ID, target *iam.Pattern) bool {
	if strings.ContainsAny(asked.action, "*?") {
		return true
	}
	if !authorizer.May(principal, asked.action) {
		return false
	}
	patterns, bounded := authorizer.Where(principal, asked.action)
	return !bounded || asked.resource == "*" || slices.ContainsFunc(patterns, func(pattern string) bool {
		_, meets := iam.CompilePattern(pattern).Intersects(target)
		return meets
	})
}

// others lists the principals that are neither users nor roles of the graph: root users, services, providers, whomever the
// resource's policy names beside, and the internet.
func (asked *permission) others(snapshot *graph.Snapshot) []graph.ID {
	ids := []graph.ID{graph.Internet}
	for i := range snapshot.OfKind(kinds.AWSAccount, kinds.AWSService, kinds.AWSIdentityProvider) {
		ids = append(ids, snapshot.ID(i))
	}
	if at, ok := snapshot.Find(graph.ID(holderOf(asked.resource))); ok {
		for _, property := range []string{"policy", "trust"} {
			ids = append(ids, namedBy(snapshot.Props(at).Text(property))...)
		}
	}
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id graph.ID) bool {
		at, ok := snapshot.Find(id)
		return ok && (snapshot.Kind(at) == kinds.AWSUser || snapshot.Kind(at) == kinds.AWSRole)
	})
}

// namedBy lists the principals that a policy names, without those that are no names of one.
func namedBy(document string) []graph.ID {
	policy, err := iam.ParsePolicy("", []byte(document))
	if err != nil {
		return nil
	}
	var ids []graph.ID
	for _, statement := range policy.Statements {
		if statement.Principal == nil {
			continue
		}
		for _, name := range slices.Concat(statement.Principal.AWS, statement.Principal.Service, statement.Principal.Federated) {
			if who, err := iam.ParsePrincipal(name); err == nil && who.Kind != iam.Anonymous {
				ids = append(ids, graph.ID(who.ARN))
			}
		}
	}
	return ids
}
