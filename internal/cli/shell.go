package cli

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/result"
	"github.com/inroad-security/inroad/internal/shell"
)

func shellCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:   "shell",
		Short: "Ask the graph in Cypher, statement by statement",
		Long: `Ask the graph in Cypher, statement by statement. It only reads. On the embedded store it answers about the graph as it was
when the shell began, and holds no lock.

A statement ends with ";" and may go over several lines. Tab completes labels, types, properties, words of Cypher and named queries; :help
lists the commands. Ctrl-C ends a running query, Ctrl-D leaves. What is typed is kept in $XDG_STATE_HOME/inroad/history.

Where standard input is no terminal its statements are run, up to the first that fails.`,
		Example: "  inroad shell\n  inroad shell --format csv < statements.cypher",
		Args:    cobra.NoArgs,
	}
	name := storeFlag(command)
	chosen := formatFlag(command, result.Formats()...)
	limits := limitFlags(command)
	command.RunE = func(command *cobra.Command, _ []string) (err error) {
		ctx := command.Context()
		querier, done, err := asking(ctx, stores, *name)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, done()) }()
		dialogue := &shell.Shell{
			Querier: querier, Out: command.OutOrStdout(), Notes: command.ErrOrStderr(), Limits: *limits, Format: chosen.value,
			Interactive: terminal(command.InOrStdin()) && terminal(command.OutOrStdout()),
		}
		if !dialogue.Interactive {
			return stopped(ctx, dialogue.Run(ctx, &script{bufio.NewReader(command.InOrStdin())}))
		}
		// Ctrl-C ends a query, and not the shell that asked it.
		ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM, syscall.SIGHUP)
		defer stop()
		lines, err := newPrompter(historyFile())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, lines.Close()) }()
		return dialogue.Run(ctx, lines)
	}
	return command
}

// script gives the lines of what is no terminal.
type script struct{ reader *bufio.Reader }

func (script *script) Line(ctx context.Context, _ string) (string, error) {
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	line, err := script.reader.ReadString('\n')
	if errors.Is(err, io.EOF) && line != "" {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}
