// Package shell is the dialogue of "inroad shell": statements of Cypher over several lines, each up to its ";", and commands that begin
// with ":".
package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/result"
	"github.com/inroad-security/inroad/queries"
)

// ErrAborted means that what was typed is to be dropped.
var ErrAborted = errors.New("aborted")

// Lines gives what is typed line by line; io.EOF ends it.
type Lines interface {
	Line(ctx context.Context, prompt string) (string, error)
}

// Shell runs what is typed.
type Shell struct {
	Querier graph.Querier
	Out     io.Writer
	Notes   io.Writer // what is wrong, where a person types
	Limits  graph.QueryLimits
	Format  string
	// Interactive shells go on after an error and let Ctrl-C end a query alone. Others end at the first error.
	Interactive bool

	params map[string]any
}

const (
	prompt = "inroad> "
	onward = "   ...> "
)

var (
	errQuit    = errors.New("quit")            // ends the dialogue
	errStopped = errors.New("the query stops") // by Ctrl-C
)

// Run reads and answers until the lines end, ctx ends, or something fails that an interactive shell does not go on from.
func (shell *Shell) Run(ctx context.Context, lines Lines) error {
	shell.params = map[string]any{}
	var typed string
	for {
		show := prompt
		if !blank(typed) {
			show = onward
		}
		line, err := lines.Line(ctx, show)
		switch {
		case errors.Is(err, ErrAborted):
			typed = ""
			continue
		case errors.Is(err, io.EOF):
			if shell.Interactive || blank(typed) {
				return nil
			}
			return shell.statement(ctx, typed) // the last one may go without ";"
		case err != nil:
			return err
		}
		if command, isCommand := strings.CutPrefix(strings.TrimSpace(line), ":"); isCommand && blank(typed) {
			typed = ""
			err = shell.command(ctx, strings.TrimSuffix(command, ";"))
		} else {
			typed, err = shell.statements(ctx, typed+line+"\n")
		}
		if errors.Is(err, errQuit) {
			return nil
		}
		if err != nil {
			if !shell.Interactive || ctx.Err() != nil {
				return err
			}
			fmt.Fprintln(shell.Notes, result.Visible(err.Error()))
		}
	}
}

// statements runs each whole statement of a text and gives what is left.
func (shell *Shell) statements(ctx context.Context, typed string) (string, error) {
	for {
		statement, rest, ended := cut(typed)
		if !ended {
			return strings.TrimLeft(rest, " \t\r\n"), nil
		}
		if !blank(statement) {
			if err := shell.statement(ctx, statement); err != nil {
				return "", err
			}
		}
		typed = rest
	}
}

func (shell *Shell) statement(ctx context.Context, text string) error {
	return shell.run(ctx, graph.Query{Text: strings.TrimSpace(text), Params: shell.params, Limits: shell.Limits})
}

func (shell *Shell) run(ctx context.Context, query graph.Query) error {
	if !shell.Interactive {
		return shell.answer(ctx, query)
	}
	running, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	err := shell.answer(running, query)
	if err != nil && running.Err() != nil && ctx.Err() == nil {
		return errStopped
	}
	return err
}

func (shell *Shell) answer(ctx context.Context, query graph.Query) error {
	rows, err := shell.Querier.Query(ctx, query)
	if err != nil {
		return err
	}
	return result.Write(shell.Out, shell.Format, rows)
}

type command struct {
	name, usage, does string
	run               func(shell *Shell, ctx context.Context, rest string) error
}

// commands is what ":help" lists.
func commands() []command {
	return []command{
		{"help", ":help", "this list", (*Shell).help},
		{"run", ":run NAME [k=v]…", "run a named query", (*Shell).named},
		{"queries", ":queries [TOPIC]", "list the named queries", (*Shell).library},
		{"param", ":param [k=v]", "set a parameter to JSON or text; without one list those that are set", (*Shell).param},
		{"format", ":format table|json|csv|dot", "how answers are printed", (*Shell).format},
		{"labels", ":labels", "list the labels of nodes and the types of relationships", (*Shell).labels},
		{"quit", ":quit", "leave, as Ctrl-D does", func(*Shell, context.Context, string) error { return errQuit }},
	}
}

func namesOfCommands() []string {
	var names []string
	for _, each := range commands() {
		names = append(names, each.name)
	}
	return names
}

func (shell *Shell) command(ctx context.Context, typed string) error {
	name, rest, _ := strings.Cut(strings.TrimSpace(typed), " ")
	all := commands()
	at := slices.IndexFunc(all, func(each command) bool { return each.name == name })
	if at < 0 {
		return fmt.Errorf("%w: no command is :%s; :help lists them", graph.ErrInvalid, name)
	}
	return all[at].run(shell, ctx, strings.TrimSpace(rest))
}

func (shell *Shell) help(context.Context, string) error {
	var text strings.Builder
	text.WriteString("A statement of Cypher ends with \";\" and may go over several lines. Ctrl-C ends a running query or drops what was typed.\n")
	for _, each := range commands() {
		fmt.Fprintf(&text, "  %-28s %s\n", each.usage, each.does)
	}
	_, err := io.WriteString(shell.Out, text.String())
	return err
}

func (shell *Shell) named(ctx context.Context, typed string) error {
	words := strings.Fields(typed)
	if len(words) == 0 {
		return fmt.Errorf("%w: want :run NAME; :queries lists the names", graph.ErrInvalid)
	}
	query, err := queries.Find(words[0])
	if err != nil {
		return err
	}
	given := map[string]any{}
	for _, param := range query.Params {
		if value, set := shell.params[param.Name]; set {
			given[param.Name] = value
		}
	}
	for _, word := range words[1:] {
		name, text, ok := strings.Cut(word, "=")
		if !ok {
			return fmt.Errorf("%w: %q: want name=value", graph.ErrInvalid, word)
		}
		if given[name], err = query.Parse(name, text); err != nil {
			return err
		}
	}
	bound, err := query.Bind(given)
	if err != nil {
		return err
	}
	return shell.run(ctx, graph.Query{Text: query.Text, Params: bound, Limits: shell.Limits})
}

func (shell *Shell) library(_ context.Context, topic string) error {
	for _, query := range queries.All() {
		if topic == "" || topic == string(query.Topic) {
			fmt.Fprintf(shell.Out, "%-32s %s\n", query.Name, query.Question)
		}
	}
	return nil
}

func (shell *Shell) param(_ context.Context, typed string) error {
	if typed == "" {
		for _, name := range slices.Sorted(maps.Keys(shell.params)) {
			fmt.Fprintf(shell.Out, "$%s = %s\n", name, result.Visible(result.Text(shell.params[name])))
		}
		return nil
	}
	name, value, err := ParseParam(typed)
	if err == nil {
		shell.params[name] = value
	}
	return err
}

func (shell *Shell) format(_ context.Context, name string) error {
	if !slices.Contains(result.Formats(), name) {
		return fmt.Errorf("%w: format %q: want %s", graph.ErrInvalid, name, strings.Join(result.Formats(), ", "))
	}
	shell.Format = name
	return nil
}

func (shell *Shell) labels(context.Context, string) error {
	_, err := fmt.Fprintf(shell.Out, "Labels: %s\nTypes: %s\n", strings.Join(labels(), ", "), strings.Join(types(), ", "))
	return err
}
