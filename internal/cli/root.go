// Package cli is Inroad's command line. Each command is a file; what they do lives in the rooms they call.
package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
)

// Stores opens the store that a user names, by a path or a URL; the program that wires the command line gives it, so that no
// command names a driver. A store opened to read must exist.
type Stores func(ctx context.Context, name string, write bool) (graph.Store, error)

// defaultStore is the embedded store's file where no --store is given.
const defaultStore = "inroad.db"

// New gives the root command.
func New(stores Stores, version string) *cobra.Command {
	root := &cobra.Command{
		Use:   "inroad",
		Short: "Finds attack paths through cloud accounts, and what stops them",
		Long: `Inroad reads cloud accounts, builds one security graph of resources, identities, network reachability and data
stores, and answers: from where an attacker can start, what can they reach that matters, how, and what is the
cheapest change that stops it?

Start with "inroad demo": it needs no account and no server.`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	logs := root.PersistentFlags().String("log", "warn", "least level of logs on standard error: debug, info, warn or error")
	root.PersistentPreRunE = func(command *cobra.Command, _ []string) error {
		var level slog.Level
		if err := level.UnmarshalText([]byte(*logs)); err != nil {
			return fmt.Errorf("--log %s: want debug, info, warn or error", *logs)
		}
		slog.SetDefault(slog.New(slog.NewTextHandler(command.ErrOrStderr(), &slog.HandlerOptions{Level: level})))
		return nil
	}
	root.AddCommand(
		demoCommand(), analyzeCommand(), collectCommand(), ingestCommand(stores), pathsCommand(stores), pathCommand(stores),
		escalationsCommand(stores), findingsCommand(stores), statusCommand(stores), serveCommand(stores), policyCommand(), iamCommand(stores), reachCommand(stores), accessCommand(stores), exportCommand(stores),
	)
	root.AddCommand(
		entriesCommand(stores), jewelsCommand(stores), postureCommand(stores), fixCommand(stores),
		chokepointsCommand(stores), blastCommand(stores), exposureCommand(stores), whatIfCommand(stores), diffCommand(stores), assertCommand(stores),
	)
	root.AddCommand(
		queryCommand(stores), queriesCommand(), shellCommand(stores),
	)
	return root
}

// storeFlag adds --store.
func storeFlag(command *cobra.Command) *string {
	return command.Flags().String("store", defaultStore, "the embedded store's file, or a Neo4j: neo4j://host:port/database")
}

// format is a --format flag that knows what it may be.
type format struct {
	value string
	may   []string
}

func formatFlag(command *cobra.Command, may ...string) *format {
	chosen := &format{value: may[0], may: may}
	command.Flags().Var(chosen, "format", "how to print: "+strings.Join(may, ", "))
	return chosen
}

func (chosen *format) String() string { return chosen.value }

func (chosen *format) Type() string { return strings.Join(chosen.may, "|") }

func (chosen *format) Set(value string) error {
	for _, known := range chosen.may {
		if value == known {
			chosen.value = value
			return nil
		}
	}
	return fmt.Errorf("want %s", strings.Join(chosen.may, ", "))
}

// topFlag adds --top, which bounds a list from 1.
func topFlag(command *cobra.Command, limit *int, most int, usage string) {
	*limit = most
	command.Flags().Var((*fromOne)(limit), "top", usage)
}

// fromOne is a flag's whole number from 1.
type fromOne int

func (number *fromOne) String() string { return strconv.Itoa(int(*number)) }

// Type implements pflag.Value.
func (*fromOne) Type() string { return "int" }

// Set implements pflag.Value.
func (number *fromOne) Set(text string) error {
	read, err := strconv.Atoi(text)
	if err != nil || read < 1 {
		return errors.New("want a whole number from 1")
	}
	*number = fromOne(read)
	return nil
}

// terminal reports whether a person watches the stream.
func terminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
