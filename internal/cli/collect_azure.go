package cli

import (
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/ingest/azure"
)

func collectAzureCommand() *cobra.Command {
	var options azure.Options
	command := &cobra.Command{
		Use:   "azure --out DIR",
		Short: "Read all tenants and subscriptions that the credentials see into a bundle",
		Long: `Reads the tenants and subscriptions that the credentials of the default chain see: environment, workload identity,
managed identity, Azure CLI. Only reads are made ("inroad policy azure" prints them as a custom role and the permissions of
Microsoft Graph), and no secret's value is asked for or stored. What is denied is recorded in the bundle and shown as
incomplete. A collection that was stopped goes on where it was when the same command is given again.`,
		Example: "  inroad collect azure --out bundle/\n  inroad collect azure --out bundle/ --subscriptions 00000000-0000-0000-0000-000000000000",
		Args:    cobra.NoArgs,
	}
	flags := command.Flags()
	flags.StringVar(&options.Folder, "out", "", "folder to write the bundle to; a new one, or that of a collection that was stopped")
	flags.StringSliceVar(&options.Tenants, "tenants", nil, "ids of the tenants to read; none: all that the credentials see")
	flags.StringSliceVar(&options.Subscriptions, "subscriptions", nil, "ids of the subscriptions to read; none: all that the credentials see")
	flags.StringVar(&options.Cloud, "cloud", "public", "public, government or china")
	cobra.CheckErr(command.MarkFlagRequired("out"))
	command.RunE = func(command *cobra.Command, _ []string) error {
		show := progress(command.ErrOrStderr())
		options.Progress = func(int, int, string) {}
		options.Told = func(account string, done, total int, err error) {
			show(done, total, account)
			if err != nil {
				slog.Warn("not complete", "account", account, "error", err)
			}
		}
		manifest, err := azure.Collect(command.Context(), options)
		if err != nil {
			return err
		}
		return printCollected(command.OutOrStdout(), options.Folder, manifest)
	}
	return command
}
