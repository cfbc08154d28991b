// Package scan reads the reports of vulnerability scanners, and what is known of how vulnerabilities are exploited in the
// wild. All of it comes from files.
package scan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

// report is what one file of a scanner says, in the words of the graph.
type report struct {
	scanner string
	// asset is what was scanned: an image's name, an instance's id, an ARN.
	asset   string
	digests []string // sha256:… of the image
	scanned string   // RFC 3339, where the report tells
	found   []match
}

// match is one vulnerability of one package.
type match struct {
	id, severity, pack, fixed string
	vectors                   []string
	known                     bool // an exploit is known
}

// formats are the reports that are read, by the name of their format.
var formats = map[string]func([]byte) (report, error){"trivy": trivy, "grype": grype}

// Formats names the formats, sorted.
func Formats() []string { return []string{"grype", "trivy"} }

// Read reads a scanner's report. asset, where it is not empty, says what was scanned in place of what the report says.
// Equal files give equal batches, and a later report of the same scanner on the same asset replaces the earlier.
func Read(path, format, asset string) (graph.Batch, error) {
	parse, known := formats[format]
	if !known {
		return graph.Batch{}, fmt.Errorf("scan: %w: format %q is none of %s", graph.ErrInvalid, format, strings.Join(Formats(), ", "))
	}
	body, err := os.ReadFile(path)
	if err != nil {
		return graph.Batch{}, fmt.Errorf("scan: %w", err)
	}
	read, err := parse(body)
	if err != nil {
		return graph.Batch{}, fmt.Errorf("scan: %s: not a report of %s as JSON: %w", path, format, err)
	}
	read.asset = cmp.Or(asset, read.asset)
	if read.asset == "" {
		return graph.Batch{}, fmt.Errorf("scan: %s: %w: the report does not say what was scanned: name it with --asset", path, graph.ErrInvalid)
	}
	return read.batch(), nil
}

// batch makes a node for each vulnerability, whatever packages have it.
func (read report) batch() graph.Batch {
	batch := graph.Batch{Scope: graph.Scope("scan/" + read.scanner + "/" + strings.ReplaceAll(read.asset, "/", "_") + "/vulnerabilities")}
	byID := map[string]graph.Props{}
	var order []string
	for _, one := range read.found {
		if one.id == "" {
			continue
		}
		props, known := byID[one.id]
		if !known {
			props = graph.Props{"name": one.id, "source": read.scanner, "severity": one.severity, "asset": read.asset, "packages": []string{}, "fixed_in": []string{}}
			if len(read.digests) > 0 {
				props["digests"] = graph.Sorted(read.digests)
			}
			if read.scanned != "" {
				props["scanned"] = read.scanned
			}
			byID[one.id], order = props, append(order, one.id)
		}
		props["packages"] = graph.Sorted(append(props.List("packages"), one.pack))
		if one.fixed != "" {
			props["fixed_in"] = graph.Sorted(append(props.List("fixed_in"), one.fixed))
		}
		props["exploit_known"] = props.Flag("exploit_known") || one.known
		if !props.Has("vector") {
			ingest.Grade(props, one.vectors...)
		}
	}
	slices.Sort(order)
	for _, id := range order {
		batch.Nodes = append(batch.Nodes, graph.Node{ID: graph.ID("vulnerability:" + read.scanner + "/" + read.asset + "/" + id), Kind: kinds.Vulnerability, Props: byID[id]})
	}
	return batch
}

// digestsOf gives the digests in references such as repository@sha256:….
func digestsOf(references []string) []string {
	var digests []string
	for _, reference := range references {
		if _, digest, found := strings.Cut(reference, "@"); found && strings.HasPrefix(digest, "sha256:") {
			digests = append(digests, digest)
		}
	}
	return digests
}

// trivy reads the JSON of "trivy image --format json" and its like
// (https://trivy.dev/latest/docs/configuration/reporting/#json).
func trivy(body []byte) (report, error) {
	var file struct {
		SchemaVersion           int
		ArtifactName, CreatedAt string
		Metadata                struct{ RepoDigests []string }
		Results                 []struct {
			Vulnerabilities []struct {
				VulnerabilityID, PkgName, InstalledVersion, FixedVersion, Severity string
				CVSS                                                               map[string]struct{ V2Vector, V3Vector, V40Vector string }
			}
		}
	}
	if err := json.Unmarshal(body, &file); err != nil {
		return report{}, err
	}
	if file.SchemaVersion != 2 {
		return report{}, fmt.Errorf("SchemaVersion is %d; this release reads 2", file.SchemaVersion)
	}
	read := report{scanner: "trivy", asset: file.ArtifactName, digests: digestsOf(append(file.Metadata.RepoDigests, file.ArtifactName)), scanned: file.CreatedAt}
	for _, result := range file.Results {
		for _, one := range result.Vulnerabilities {
			found := match{id: one.VulnerabilityID, severity: one.Severity, pack: one.PkgName + "@" + one.InstalledVersion, fixed: one.FixedVersion}
			for _, source := range sortedKeys(one.CVSS) {
				for _, vector := range []string{one.CVSS[source].V40Vector, one.CVSS[source].V3Vector, one.CVSS[source].V2Vector} {
					if vector != "" {
						found.vectors = append(found.vectors, vector)
					}
				}
			}
			read.found = append(read.found, found)
		}
	}
	return read, nil
}

// grype reads the JSON of "grype -o json" (https://github.com/anchore/grype, the model of its JSON presenter).
func grype(body []byte) (report, error) {
	var file struct {
		Matches *[]struct {
			Vulnerability struct {
				ID, Severity   string
				Fix            struct{ Versions []string }
				CVSS           []struct{ Vector string }
				KnownExploited []struct{ CVE string }
			}
			RelatedVulnerabilities []struct{ ID string }
			Artifact               struct{ Name, Version string }
		}
		Source struct {
			Type   string
			Target json.RawMessage
		}
		Descriptor struct{ Timestamp string }
	}
	if err := json.Unmarshal(body, &file); err != nil {
		return report{}, err
	}
	if file.Matches == nil {
		return report{}, fmt.Errorf("there is no list of matches")
	}
	read := report{scanner: "grype", scanned: file.Descriptor.Timestamp}
	var image struct {
		UserInput, ManifestDigest string
		RepoDigests               []string
	}
	if json.Unmarshal(file.Source.Target, &read.asset) != nil && len(file.Source.Target) > 0 { // a folder's path is text, an image is an object
		if err := json.Unmarshal(file.Source.Target, &image); err != nil {
			return report{}, err
		}
		read.asset, read.digests = image.UserInput, digestsOf(append(image.RepoDigests, "@"+image.ManifestDigest, image.UserInput))
	}
	for _, one := range *file.Matches {
		found := match{
			id: one.Vulnerability.ID, severity: strings.ToUpper(one.Vulnerability.Severity), pack: one.Artifact.Name + "@" + one.Artifact.Version,
			known: len(one.Vulnerability.KnownExploited) > 0,
		}
		for _, related := range one.RelatedVulnerabilities { // an advisory's own id says less than the CVE that it is about
			if strings.HasPrefix(related.ID, "CVE-") && !strings.HasPrefix(found.id, "CVE-") {
				found.id = related.ID
			}
		}
		if len(one.Vulnerability.Fix.Versions) > 0 {
			found.fixed = one.Vulnerability.Fix.Versions[0]
		}
		for _, score := range one.Vulnerability.CVSS {
			found.vectors = append(found.vectors, score.Vector)
		}
		read.found = append(read.found, found)
	}
	return read, nil
}

func sortedKeys[V any](values map[string]V) []string {
	keys := make([]string, 0, len(values))
	for key := range values {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
