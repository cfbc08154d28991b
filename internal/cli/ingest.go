package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/derive"
	"github.com/inroad-security/inroad/ingest/scan"
	"github.com/inroad-security/inroad/internal/analysis"
)

func ingestCommand(stores Stores) *cobra.Command {
	command := &cobra.Command{
		Use:   "ingest DIR…",
		Short: "Read bundles, or scanners' reports, into the store and derive attack edges",
		Long: `Reads bundles into the store and derives attack edges. With --format config it reads what AWS Config delivers to a bucket
instead: snapshots and histories, .json or .json.gz, or folders of them, as one; what AWS Config does not hold is not collected.

With --format trivy or grype it reads the reports of a vulnerability scanner, each of one asset: an image is matched to what runs
it by its digest, and anything else by its ARN or instance id, which --asset gives where the report does not. EPSS scores and
CISA's list of known exploited vulnerabilities mark what is read in the same call; both come from files, and their days are kept.`,
		Example: "  inroad ingest bundle/ --store inroad.db\n  inroad ingest --format config 111111111111_Config_eu-west-1_ConfigSnapshot_….json.gz\n" +
			"  inroad ingest --format trivy web.json --epss epss_scores.csv --kev known_exploited_vulnerabilities.json\n" +
			"  inroad ingest --format grype host.json --asset i-0123456789abcdef0",
		Args: cobra.MinimumNArgs(1),
	}
	name := storeFlag(command)
	var reports scans
	command.Flags().StringVar(&reports.format, "format", "bundle", "bundle, config, "+strings.Join(scan.Formats(), " or "))
	command.Flags().StringVar(&reports.asset, "asset", "", "what the report is about: an ARN or an instance id, with --format")
	command.Flags().StringVar(&reports.epss, "epss", "", "EPSS scores as CSV")
	command.Flags().StringVar(&reports.kev, "kev", "", "CISA's known exploited vulnerabilities as JSON")
	command.RunE = func(command *cobra.Command, paths []string) (err error) {
		ctx := command.Context()
		batches, err := reports.read(ctx, paths, command.ErrOrStderr())
		if err != nil {
			return err
		}
		store, err := stores(ctx, *name, true)
		if err != nil {
			return err
		}
		defer closing(store, &err)
		if _, err = store.Apply(ctx, append(batches, analysis.Stale())...); err != nil {
			return err
		}
		program, err := ownDigest()
		if err != nil {
			return err
		}
		snapshot, err := analysis.Renew(ctx, store, program)
		if err != nil {
			return err
		}
		fmt.Fprintf(command.OutOrStdout(), "%s: revision %d: %d nodes, %d edges, %d of them attack edges\n",
			*name, snapshot.Revision(), snapshot.Len(), snapshot.Edges(), derivedEdges(snapshot))
		if incomplete := printedGaps(snapshot); incomplete > 0 {
			fmt.Fprintf(command.OutOrStdout(), "%d scopes are incomplete; \"inroad status\" says what is missing\n", incomplete)
		}
		return nil
	}
	return command
}

// derivedEdges counts the attack edges.
func derivedEdges(snapshot *graph.Snapshot) int {
	edges := 0
	for _, status := range snapshot.Scopes() {
		if derive.Derived(status.Scope) {
			edges += status.Edges
		}
	}
	return edges
}

// ownDigest names this program by the digest of its file, so that what another build derived is derived again.
func ownDigest() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program's own file: %w", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read this program's own file: %w", err)
	}
	defer file.Close()
	digest := sha256.New()
	if _, err := io.Copy(digest, file); err != nil {
		return "", fmt.Errorf("read this program's own file: %w", err)
	}
	return hex.EncodeToString(digest.Sum(nil)[:8]), nil
}

// scans say how what is ingested is read, and what marks the vulnerabilities in it.
type scans struct{ format, asset, epss, kev string }

func (reports scans) read(ctx context.Context, paths []string, notes io.Writer) (batches []graph.Batch, err error) {
	switch reports.format {
	case "bundle":
		batches, err = read(ctx, paths, notes)
	case "config":
		batches, err = readConfig(ctx, paths, notes)
	default:
		for _, path := range paths {
			batch, failed := scan.Read(path, reports.format, reports.asset)
			if failed != nil {
				return nil, failed
			}
			batches = append(batches, batch)
		}
	}
	if err != nil {
		return nil, err
	}
	var wild scan.Wild
	if reports.epss != "" {
		if err := wild.ReadEPSS(reports.epss); err != nil {
			return nil, err
		}
	}
	if reports.kev != "" {
		if err := wild.ReadKEV(reports.kev); err != nil {
			return nil, err
		}
	}
	wild.Mark(batches)
	return batches, nil
}
