package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
	derive "github.com/inroad-security/inroad/graph/derive/aws"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/graph/technique"
	iam "github.com/inroad-security/inroad/internal/iam/aws"
	"github.com/inroad-security/inroad/scoring"
)

func iamCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:   "iam",
		Short: "Ask who may do what, by the exact rules of the cloud",
		Args:  cobra.NoArgs,
	}
	command.AddCommand(canCommand(stores), whoCanCommand(stores), simulateCommand())
	return command
}

// permission is the part of a question that can and who-can share.
type permission struct {
	action, resource string
	given            []string
	store            *string
	bundle           []string
	format           *format
}

func permissionFlags(command *cobra.Command) *permission {
	asked := &permission{store: storeFlag(command), format: formatFlag(command, "text", "json")}
	command.Flags().StringVar(&asked.action, "action", "", "the action, such as s3:GetObject; it may be a pattern: then all that it covers must be allowed")
	command.Flags().StringVar(&asked.resource, "resource", "", `the resource's ARN, or "*" where the action takes none; it may be a pattern: then all that it covers must be allowed`)
	command.Flags().StringArrayVar(&asked.given, "context", nil, "a condition key of the request, key=value; repeat for several. Keys that are not given count as far as the graph knows them")
	command.Flags().StringArrayVar(&asked.bundle, "bundle", nil, "read this bundle in place of the store; repeat for several")
	_ = command.MarkFlagRequired("action")   // the flags are there
	_ = command.MarkFlagRequired("resource") // likewise
	return asked
}

// snapshot reads the bundles, or else the store.
func (asked *permission) snapshot(ctx context.Context, stores Stores, notes io.Writer) (*graph.Snapshot, error) {
	if len(asked.bundle) == 0 {
		return open(ctx, stores, *asked.store)
	}
	batches, err := read(ctx, asked.bundle, notes)
	if err != nil {
		return nil, err
	}
	return graph.NewSnapshot(0, batches...)
}

// context reads the keys that are given.
func (asked *permission) context() (map[string]string, error) {
	keys := map[string]string{}
	for _, pair := range asked.given {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("--context %s: want key=value", pair)
		}
		if _, twice := keys[key]; twice {
			return nil, fmt.Errorf("--context %s: %s is given twice", pair, key)
		}
		keys[key] = value
	}
	return keys, nil
}

// check refuses an action or resource that cannot be meant, and notes what is not known of those that can.
func (asked *permission) check(snapshot *graph.Snapshot, notes io.Writer) error {
	if service, name, ok := strings.Cut(asked.action, ":"); asked.action != "*" && (!ok || service == "" || name == "") {
		return fmt.Errorf("--action %s: want service:Action, such as s3:GetObject", asked.action)
	}
	if _, known := iam.LookupAction(asked.action); !known && !strings.ContainsAny(asked.action, "*?") {
		fmt.Fprintf(notes, "note: AWS's published list has no action %s\n", asked.action)
	}
	if asked.resource == "*" {
		return nil
	}
	if strings.Count(asked.resource, ":") < 5 || !strings.HasPrefix(asked.resource, "arn:") {
		if _, err := scoring.Resolve(snapshot, asked.resource); err != nil {
			return fmt.Errorf("--resource: %w", err)
		}
		return fmt.Errorf(`--resource %s: want an ARN or "*"`, asked.resource)
	}
	if holder := holderOf(asked.resource); !strings.ContainsAny(holder, "*?") {
		if _, err := scoring.Resolve(snapshot, holder); err != nil {
			fmt.Fprintf(notes, "note: a policy of the resource itself would not be seen: %v\n", err)
		}
	}
	return nil
}

// holderOf gives the bucket of an object, and any other resource itself.
func holderOf(resource string) string {
	if strings.Contains(resource, ":s3:::") {
		resource, _, _ = strings.Cut(resource, "/")
	}
	return resource
}

// answer is one decision as it is printed.
type answer struct {
	Principal graph.ID           `json:"principal"`
	Action    string             `json:"action"`
	Resource  string             `json:"resource"`
	Verdict   string             `json:"verdict"` // Allowed, Possible, Unknown or Denied
	Evidence  []scoring.Evidence `json:"evidence"`
}

func (asked *permission) answer(principal graph.ID, decision technique.Decision) answer {
	said := answer{Principal: principal, Action: asked.action, Resource: asked.resource, Verdict: "Denied", Evidence: []scoring.Evidence{}}
	if decision.Holds {
		said.Verdict = map[graph.Verdict]string{graph.Proven: "Allowed", graph.Possible: "Possible", graph.Unknown: "Unknown"}[decision.Verdict]
	}
	for _, piece := range decision.Evidence {
		said.Evidence = append(said.Evidence, scoring.Evidence(piece))
	}
	return said
}

func (said answer) print(out io.Writer) {
	fmt.Fprintf(out, "%s: %s %s on %s\n", said.Verdict, visible(string(said.Principal)), said.Action, said.Resource)
	for _, piece := range said.Evidence {
		at := string(piece.Source)
		if piece.Locator != "" {
			at += " # " + piece.Locator
		}
		fmt.Fprintf(out, "   %-9s   %s\n               %s\n", piece.Kind, visible(piece.Detail), visible(at))
	}
}

func canCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:   "can --as ARN --action ACTION --resource ARN",
		Short: "Say whether a principal may take an action, and why",
		Long: `Say whether a principal may take an action, and why: by every policy in the graph that has a say.

Allowed is proven. Possible hangs on what the evidence names as gaps: conditions on keys that the graph does not know, such as the
source address. Keys that the principal itself chooses, such as tags in the request, are chosen so that it succeeds. Unknown means
that policies were not collected.`,
		Example: `  inroad iam can --as arn:aws:iam::111111111111:user/dev --action iam:PassRole --resource arn:aws:iam::111111111111:role/admin
  inroad iam can --as internet --action s3:GetObject --resource 'arn:aws:s3:::site/*' --bundle bundle/ --format json`,
		Args: cobra.NoArgs,
	}
	asked := permissionFlags(command)
	who := command.Flags().String("as", "", "who asks: a user's, role's, role session's or root user's ARN, a service, or internet for anyone")
	_ = command.MarkFlagRequired("as") // the flag is there
	command.RunE = func(command *cobra.Command, _ []string) error {
		keys, err := asked.context()
		if err != nil {
			return err
		}
		snapshot, err := asked.snapshot(command.Context(), stores, command.ErrOrStderr())
		if err != nil {
			return err
		}
		principal, err := principalOf(snapshot, *who, command.ErrOrStderr())
		if err != nil {
			return fmt.Errorf("--as: %w", err)
		}
		if err := asked.check(snapshot, command.ErrOrStderr()); err != nil {
			return err
		}
		authorizer := derive.NewAuthorizer(snapshot, derive.Newest(snapshot))
		said := asked.answer(principal, authorizer.Can(principal, asked.action, asked.resource, keys))
		if asked.format.value == "json" {
			return printJSON(command.OutOrStdout(), said)
		}
		said.print(command.OutOrStdout())
		return nil
	}
	return command
}

// principalOf finds whom a name stands for. A role session stands for its role.
func principalOf(snapshot *graph.Snapshot, name string, notes io.Writer) (graph.ID, error) {
	if name == "anonymous" || name == string(graph.Internet) {
		return graph.Internet, nil
	}
	who, malformed := iam.ParsePrincipal(name)
	switch {
	case malformed != nil:
		if _, err := scoring.Resolve(snapshot, name); err != nil {
			return "", err
		}
		return "", malformed
	case who.Kind == iam.Service || who.Kind == iam.Provider || who.Kind == iam.Root:
		return graph.ID(who.ARN), nil
	case who.Kind == iam.Role && who.Session != "":
		if id, ok := roleOf(snapshot, &who); ok {
			fmt.Fprintf(notes, "note: asked of the role of the session, %s\n", id)
			return id, nil
		}
	}
	id, err := scoring.Resolve(snapshot, who.ARN)
	if err == nil && string(id) != name {
		fmt.Fprintf(notes, "note: asked of %s\n", id)
	}
	return id, err
}

// roleOf finds the role of a session, whose ARN lacks the role's path. Names of roles are unique in an account.
func roleOf(snapshot *graph.Snapshot, session *iam.Principal) (graph.ID, bool) {
	name := session.ARN[strings.LastIndexByte(session.ARN, '/'):]
	for i := range snapshot.OfKind(kinds.AWSRole) {
		id := string(snapshot.ID(i))
		if strings.HasSuffix(id, name) && strings.Contains(id, "::"+session.Account()+":") {
			return graph.ID(id), true
		}
	}
	return "", false
}
