package cli

import (
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/ingest"
	"github.com/inroad-security/inroad/ingest/aws"
)

func collectCommand() *cobra.Command {
	command := &cobra.Command{Use: "collect", Short: "Read a cloud account into a bundle, with read permissions only"}
	command.AddCommand(collectAWSCommand(), collectAzureCommand())
	return command
}

func collectAWSCommand() *cobra.Command {
	options := aws.Options{Attempt: aws.DefaultAttempt, Attempts: aws.DefaultAttempts}
	var organization aws.Organization
	whole := false
	command := &cobra.Command{
		Use:   "aws --out DIR",
		Short: "Read an AWS account into a bundle",
		Long: `Reads the account that the credentials of the default chain belong to: those that the AWS CLI would use. Only
reads are made ("inroad policy aws" prints them as a policy), and no secret's value is asked for or stored. What is
denied, or has no endpoint in a region, is recorded in the bundle and shown as incomplete. A collection that was stopped
goes on where it was when the same command is given again. Several accounts may share a bundle, one after the other.

With --organization it reads every active account of the organization, with credentials of the management account or of a
delegated administrator, by taking the role that "inroad policy aws --cloudformation" or "--terraform" lays out in each.
An account that cannot be read is recorded, and the others go on; the same command tries it again.`,
		Example: "  inroad collect aws --out bundle/\n  inroad collect aws --out bundle/ --profile audit --regions eu-west-1,us-east-1\n" +
			"  inroad collect aws --out bundle/ --organization --role inroad-read --external-id northwind",
		Args: cobra.NoArgs,
	}
	flags := command.Flags()
	flags.StringVar(&options.Folder, "out", "", "folder to write the bundle to; a new one, or that of a collection that was stopped")
	flags.StringVar(&options.Profile, "profile", "", "profile of the shared AWS configuration")
	flags.StringSliceVar(&options.Regions, "regions", []string{"all"}, "regions to read; all: those that are enabled in the account")
	flags.StringVar(&options.Endpoint, "endpoint", "", "URL to call instead of AWS, such as that of a local AWS server")
	flags.BoolVar(&whole, "organization", false, "read every account of the organization")
	flags.StringVar(&organization.Role, "role", aws.DefaultRole, "role to take in each account, with --organization")
	flags.StringVar(&organization.ExternalID, "external-id", "", "external id that the role's trust policy asks for")
	flags.StringArrayVar(&organization.Tags, "session-tag", nil, "tag of the role's session, key=value; may be given several times")
	flags.StringSliceVar(&organization.Accounts, "accounts", nil, "accounts to read, with --organization; none: all that are active")
	cobra.CheckErr(command.MarkFlagRequired("out"))
	command.RunE = func(command *cobra.Command, _ []string) error {
		if slices.Contains(options.Regions, "all") {
			options.Regions = nil
		}
		options.Progress = progress(command.ErrOrStderr())
		if whole {
			return collectOrganization(command, options, organization)
		}
		manifest, err := aws.Collect(command.Context(), options)
		if err != nil {
			return err
		}
		return printCollected(command.OutOrStdout(), options.Folder, manifest)
	}
	return command
}

// collectOrganization reads all accounts, and tells of each that ends.
func collectOrganization(command *cobra.Command, options aws.Options, organization aws.Organization) error {
	show := progress(command.ErrOrStderr())
	organization.Told = func(account string, done, total int, err error) {
		show(done, total, account)
		if err != nil {
			slog.Warn("account not complete", "account", account, "error", err)
		}
	}
	manifest, err := aws.CollectOrganization(command.Context(), options, organization)
	if err != nil {
		return err
	}
	return printCollected(command.OutOrStdout(), options.Folder, manifest)
}

// progress shows a bar to a person and logs for a machine.
func progress(stream io.Writer) func(done, total int, service string) {
	if !terminal(stream) {
		return func(done, total int, service string) {
			slog.Info("collected", "service", service, "done", done, "of", total)
		}
	}
	bar := progressbar.NewOptions(1, progressbar.OptionSetWriter(stream), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(false))
	return func(done, total int, service string) {
		bar.ChangeMax(total)
		bar.Describe(service)
		if err := bar.Set(done); err != nil {
			slog.Debug("progress bar", "error", err)
		}
	}
}

// printCollected says what a bundle holds, and what could not be read, one line for each error code of a service.
func printCollected(out io.Writer, folder string, manifest ingest.Manifest) error {
	for _, account := range manifest.Accounts {
		if _, err := fmt.Fprintf(out, "%s: %s account %s, %d regions\n", folder, account.Cloud, account.Account, len(account.Regions)); err != nil {
			return err
		}
	}
	type reason struct{ service, code string }
	counts, order := map[reason]int{}, []reason{}
	for _, failed := range manifest.Errors {
		key := reason{failed.Service, failed.Code}
		if counts[key] == 0 {
			order = append(order, key)
		}
		counts[key]++
	}
	for _, key := range order {
		if _, err := fmt.Fprintf(out, "not read: %s: %s (%d calls)\n", key.service, key.code, counts[key]); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(out, "next: inroad ingest %s\n", folder)
	return err
}
