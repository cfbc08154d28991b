package cli

import (
	"fmt"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/threatmodel"
	"github.com/inroad-security/inroad/scoring"
)

// modelFlag adds --config, which reads a threat model when it is set.
func modelFlag(command *cobra.Command, model **threatmodel.Model) {
	command.Flags().Var(&modelFile{model: model}, "config", "a threat model in YAML: entries, jewels and controls (docs/threat-model.md)")
}

// modelFile is a flag that names a threat model.
type modelFile struct {
	name  string
	model **threatmodel.Model
}

func (file *modelFile) String() string { return file.name }

func (file *modelFile) Type() string { return "FILE" }

func (file *modelFile) Set(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	file.name = name
	*file.model, err = threatmodel.Parse(name, data)
	return err
}

func entriesCommand(stores Stores) *cobra.Command {
	return choicesCommand(stores, "entries", "Show where attackers start, and why", []string{"entry", "kind", "why", "by"},
		func(resolved *threatmodel.Resolved) []threatmodel.Choice { return resolved.Entries })
}

func jewelsCommand(stores Stores) *cobra.Command {
	return choicesCommand(stores, "jewels", "Show what is worth reaching, with its value, and why", []string{"jewel", "kind", "value", "why", "by"},
		func(resolved *threatmodel.Resolved) []threatmodel.Choice { return resolved.Jewels })
}

// choicesCommand shows one half of what a threat model chose.
func choicesCommand(stores Stores, name, short string, header []string, half func(*threatmodel.Resolved) []threatmodel.Choice) *cobra.Command {
	var question analysis.Question
	command := &cobra.Command{Use: name, Short: short, Example: "  inroad " + name + " --config inroad.yaml", Args: cobra.NoArgs}
	store := storeFlag(command)
	chosen := formatFlag(command, "table", "json", "csv")
	modelFlag(command, &question.Model)
	command.RunE = func(command *cobra.Command, _ []string) error {
		snapshot, err := open(command.Context(), stores, *store)
		if err != nil {
			return err
		}
		resolved, err := analysis.Resolve(snapshot, question)
		if err != nil {
			return err
		}
		for _, note := range resolved.Notes {
			fmt.Fprintln(command.ErrOrStderr(), "note:", note)
		}
		choices := half(resolved)
		if chosen.value == "json" {
			return printJSON(command.OutOrStdout(), map[string]any{
				name: choices, "revision": snapshot.Revision(), "notes": append([]string{}, resolved.Notes...), "incomplete": scoring.Incomplete(snapshot),
			})
		}
		rows := make([][]string, len(choices))
		for i, choice := range choices {
			rows[i] = []string{string(choice.ID), string(choice.Kind)}
			if name == "jewels" {
				rows[i] = append(rows[i], strconv.Itoa(choice.Value))
			}
			rows[i] = append(rows[i], choice.Why, choice.By)
		}
		if err := printRows(command.OutOrStdout(), chosen.value, header, rows); err != nil || chosen.value == "csv" {
			return err
		}
		return printGaps(command.OutOrStdout(), scoring.Incomplete(snapshot))
	}
	return command
}
