package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/scoring"
)

func blastCommand(stores Stores) *cobra.Command {
	var question analysis.Question
	command := &cobra.Command{
		Use:     "blast ID",
		Short:   "Show everything that whoever holds a node gains, by class and value, with the paths",
		Example: "  inroad blast arn:aws:iam::111111111111:user/dev",
		Args:    cobra.ExactArgs(1),
	}
	name := storeFlag(command)
	chosen := formatFlag(command, "table", "json", "csv")
	modelFlag(command, &question.Model)
	topFlag(command, &question.Limit, 50, "show at most this many gains; the counts are of all")
	command.RunE = func(command *cobra.Command, args []string) error {
		snapshot, err := open(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		blast, err := analysis.Blast(command.Context(), snapshot, question, graph.ID(args[0]))
		if err != nil {
			return err
		}
		out := command.OutOrStdout()
		if chosen.value == "json" {
			return printJSON(out, blast)
		}
		rows := make([][]string, len(blast.Gains))
		for i, gain := range blast.Gains {
			path := scoring.Path{Entry: blast.From, Steps: gain.Steps}
			rows[i] = []string{string(gain.ID), string(gain.Kind), fmt.Sprint(gain.Value), fmt.Sprintf("%.3g", gain.Likelihood), gain.Verdict, route(path, chosen.value == "csv")}
		}
		if chosen.value == "table" {
			var counts []string
			for _, class := range blast.Classes {
				counts = append(counts, fmt.Sprintf("%s %d", class.Class, class.Count))
			}
			fmt.Fprintf(out, "%d gained, of summed value %d. %s\n", blast.Total, blast.Value, strings.Join(counts, ", "))
		}
		if err := printRows(out, chosen.value, []string{"gain", "kind", "value", "likelihood", "verdict", "way"}, rows); err != nil || chosen.value == "csv" {
			return err
		}
		if cut := blast.Truncated; cut != nil {
			fmt.Fprintf(out, "%d of %d are shown: --top %d cut the rest.\n", cut.Shown, cut.Total, cut.Limit)
		}
		return printGaps(out, blast.Incomplete)
	}
	return command
}

func exposureCommand(stores Stores) *cobra.Command {
	var question analysis.Question
	command := &cobra.Command{
		Use:   "exposure ID",
		Short: "Show every entry from which a node is reached, by its best path",
		Example: `  inroad exposure arn:aws:s3:::payroll
  inroad exposure arn:aws:s3:::payroll --all`,
		Args: cobra.ExactArgs(1),
	}
	name := storeFlag(command)
	chosen := formatFlag(command, "table", "json", "csv")
	modelFlag(command, &question.Model)
	all := command.Flags().Bool("all", false, "from every principal and workload too, and not from the entry points alone")
	topFlag(command, &question.Limit, 1000, "show at most this many entries")
	command.RunE = func(command *cobra.Command, args []string) error {
		snapshot, err := open(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		if *all {
			question.From = everywhere(snapshot)
		}
		paths, cut, err := analysis.Exposure(command.Context(), snapshot, question, graph.ID(args[0]))
		if err != nil {
			return err
		}
		return printDocument(command.OutOrStdout(), &scoring.Document{
			Revision: snapshot.Revision(), Paths: paths, Truncated: cut, Incomplete: scoring.Incomplete(snapshot), Escalations: []scoring.Escalation{}, Chokepoints: []scoring.Chokepoint{},
		}, chosen.value)
	}
	return command
}

// everywhere is the internet, and all that an attacker may hold.
func everywhere(snapshot *graph.Snapshot) []string {
	from := []string{string(graph.Internet)}
	for _, class := range []graph.Class{kinds.Principal, kinds.Workload} {
		for node := range snapshot.OfKind(kinds.Of(class)...) {
			from = append(from, string(snapshot.ID(node)))
		}
	}
	return from
}

func chokepointsCommand(stores Stores) *cobra.Command {
	var question analysis.Question
	command := &cobra.Command{
		Use:   "chokepoints",
		Short: "Show where many paths can be stopped: changes that lower risk most, and places that paths cannot avoid",
		Args:  cobra.NoArgs,
	}
	name := storeFlag(command)
	chosen := formatFlag(command, "table", "json")
	endFlags(command, &question)
	command.RunE = func(command *cobra.Command, _ []string) error {
		snapshot, err := open(command.Context(), stores, *name)
		if err != nil {
			return err
		}
		changes, places, err := analysis.Chokepoints(command.Context(), snapshot, question)
		if err != nil {
			return err
		}
		out, gaps := command.OutOrStdout(), scoring.Incomplete(snapshot)
		if chosen.value == "json" {
			return printJSON(out, struct {
				Revision    graph.Revision       `json:"revision"`
				Chokepoints []scoring.Chokepoint `json:"chokepoints"`
				*scoring.Waypoints
				Incomplete []scoring.Gap `json:"incomplete"`
			}{snapshot.Revision(), changes, places, gaps})
		}
		rows := make([][]string, len(changes))
		for i, change := range changes {
			rows[i] = []string{fmt.Sprintf("%.2f", change.RiskRemoved), fmt.Sprintf("%.2f", change.RiskLeft), fmt.Sprint(change.Closed), change.Change}
		}
		if err := printRows(out, "table", []string{"risk removed", "left", "closed", "change, one after the other"}, rows); err != nil {
			return err
		}
		rows = make([][]string, len(places.Waypoints))
		for i, place := range places.Waypoints {
			rows[i] = []string{string(place.ID), fmt.Sprint(place.Jewels), fmt.Sprintf("%.2f", place.Risk), fmt.Sprintf("%.2f", place.Crossing)}
		}
		fmt.Fprintln(out)
		if err := printRows(out, "table", []string{"place", "jewels that need it", "their risk", "risk crossing it"}, rows); err != nil {
			return err
		}
		if places.Partial {
			fmt.Fprintln(out, "The limit on work was reached: more places may be needed by steps with several requirements.")
		}
		return printGaps(out, gaps)
	}
	return command
}
