package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/identity"
	"github.com/inroad-security/inroad/scoring"
)

func iamCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:   "iam",
		Short: "Ask who may do what, by the exact rules of the cloud",
		Args:  cobra.NoArgs,
	}
	command.AddCommand(canCommand(stores), whoCanCommand(stores), whatCanCommand(stores), whoCanBecomeCommand(stores), simulateCommand())
	return command
}

// facts are where a question about identities is answered from, and in which form.
type facts struct {
	store  *string
	bundle []string
	format *format
}

func factsFlags(command *cobra.Command) *facts {
	from := &facts{store: storeFlag(command), format: formatFlag(command, "text", "json")}
	command.Flags().StringArrayVar(&from.bundle, "bundle", nil, "read this bundle in place of the store; repeat for several")
	return from
}

// permission is the part of a question that can and who-can share.
type permission struct {
	*facts
	action, resource string
	given            []string
}

func permissionFlags(command *cobra.Command) *permission {
	asked := &permission{facts: factsFlags(command)}
	command.Flags().StringVar(&asked.action, "action", "", "the action, such as s3:GetObject; it may be a pattern: then all that it covers must be allowed")
	command.Flags().StringVar(&asked.resource, "resource", "", `the resource's ARN, or "*" where the action takes none; it may be a pattern: then all that it covers must be allowed`)
	command.Flags().StringArrayVar(&asked.given, "context", nil, "a condition key of the request, key=value; repeat for several. Keys that are not given count as far as the graph knows them")
	_ = command.MarkFlagRequired("action")   // the flags are there
	_ = command.MarkFlagRequired("resource") // likewise
	return asked
}

// snapshot reads the bundles, or else the store.
func (from *facts) snapshot(ctx context.Context, stores Stores, notes io.Writer) (*graph.Snapshot, error) {
	if len(from.bundle) == 0 {
		return open(ctx, stores, *from.store)
	}
	batches, err := read(ctx, from.bundle, notes)
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

// request is the question as it is put to the policies; what cannot be meant is refused, and notes tell what is not known.
func (asked *permission) request(policies *identity.Policies, notes io.Writer) (identity.Request, error) {
	keys, err := asked.context()
	if err != nil {
		return identity.Request{}, err
	}
	request := identity.Request{Action: asked.action, Resource: asked.resource, Context: keys}
	told, err := policies.Check(request)
	for _, note := range told {
		fmt.Fprintln(notes, "note:", note)
	}
	return request, err
}

// subject finds the principal that a flag names.
func subject(policies *identity.Policies, name string, notes io.Writer) (graph.ID, error) {
	id, note, err := policies.Principal(name)
	if err != nil {
		return "", fmt.Errorf("--as: %w", err)
	}
	if note != "" {
		fmt.Fprintln(notes, "note:", note)
	}
	return id, nil
}

func printAnswer(out io.Writer, answer identity.Answer) {
	fmt.Fprintf(out, "%s: %s %s on %s\n", answer.Verdict, visible(string(answer.Principal)), answer.Action, answer.Resource)
	printEvidence(out, answer.Evidence)
}

func printEvidence(out io.Writer, pieces []scoring.Evidence) {
	for _, piece := range pieces {
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
		snapshot, err := asked.snapshot(command.Context(), stores, command.ErrOrStderr())
		if err != nil {
			return err
		}
		policies := identity.New(snapshot)
		principal, err := subject(policies, *who, command.ErrOrStderr())
		if err != nil {
			return err
		}
		request, err := asked.request(policies, command.ErrOrStderr())
		if err != nil {
			return err
		}
		answer := policies.Can(principal, request)
		if asked.format.value == "json" {
			return printJSON(command.OutOrStdout(), answer)
		}
		printAnswer(command.OutOrStdout(), answer)
		return nil
	}
	return command
}
