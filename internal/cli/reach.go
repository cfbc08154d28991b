package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/internal/reach"
)

func reachCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:   "reach --from internet|ID --to internet|ID",
		Short: "Say which packets get from one place to another, hop by hop, or what blocks them",
		Long: `Say which packets get from one place to another: which traffic, from which addresses, through what, with the rule that decided at each hop.

Where nothing gets through, the elements that stop everything are named, each with what of it would have to be another way: all of them
would. Unknown means that something that would decide was not collected; it is named.

Both take internet, or the ARN of an instance, a network interface, a task or service of ECS, a function, a load balancer, a cluster, an
interface endpoint, or a store that stands in a VPC. --to also takes APIs, distributions, and stores that a service or an endpoint leads to:
buckets, tables, queues, topics, secrets, keys and repositories.`,
		Example: `  inroad reach --from internet --to arn:aws:ec2:eu-west-1:111111111111:instance/i-0abc --port 22
  inroad reach --from arn:aws:ec2:eu-west-1:111111111111:instance/i-0abc --to arn:aws:rds:eu-west-1:111111111111:db:orders --port 5432/tcp --format json`,
		Args: cobra.NoArgs,
	}
	from := factsFlags(command)
	question := reach.Question{}
	command.Flags().StringVar(&question.From, "from", "", "who sends: internet, or an id")
	command.Flags().StringVar(&question.To, "to", "", "who receives: internet, or an id")
	command.Flags().StringVar(&question.Port, "port", "", "a port or first-last, with /tcp or /udp after it; TCP where neither is given, all traffic where there is no port")
	_ = command.MarkFlagRequired("from") // the flags are there
	_ = command.MarkFlagRequired("to")   // likewise
	command.RunE = func(command *cobra.Command, _ []string) error {
		snapshot, err := from.snapshot(command.Context(), stores, command.ErrOrStderr())
		if err != nil {
			return err
		}
		answer, notes, err := reach.New(snapshot).Ask(question)
		if err != nil {
			return err
		}
		for _, note := range notes {
			fmt.Fprintln(command.ErrOrStderr(), "note:", note)
		}
		if from.format.value == "json" {
			return printJSON(command.OutOrStdout(), answer)
		}
		printReach(command.OutOrStdout(), answer)
		return nil
	}
	return command
}

func printReach(out io.Writer, answer reach.Answer) {
	fmt.Fprintf(out, "%s: %s to %s\n", answer.Verdict, visible(string(answer.From)), visible(string(answer.To)))
	for i, way := range answer.Ways {
		fmt.Fprintf(out, "\nway %d of %d: %s\n", i+1, len(answer.Ways), way.Verdict)
		for _, flow := range way.Packets {
			fmt.Fprintf(out, "   packets     %s from %s to %s\n", flow.Traffic, visible(flow.Sources), visible(flow.Destinations))
		}
		for _, hop := range way.Hops {
			verb := "through"
			if hop.Change != "" {
				verb = "blocked by"
			}
			fmt.Fprintf(out, "   %-10s  %s %s: %s\n", verb, hop.Kind, visible(string(hop.ID)), visible(hop.Detail))
			if len(hop.Rules) > 0 {
				fmt.Fprintf(out, "               %s\n", visible(strings.Join(hop.Rules, "; ")))
			}
			if hop.Change != "" {
				fmt.Fprintf(out, "               to change: %s\n", hop.Change)
			}
		}
		for _, missing := range way.Missing {
			fmt.Fprintf(out, "   missing     %s\n", visible(missing))
		}
	}
}
