package scan

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

func written(t *testing.T, name, body string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const trivyReport = `{"SchemaVersion": 2, "CreatedAt": "2026-05-05T00:00:00Z", "ArtifactName": "shop/web:1.4", "ArtifactType": "container_image",
 "Metadata": {"ImageID": "sha256:0", "RepoDigests": ["111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web@sha256:ab"]},
 "Results": [{"Target": "alpine", "Vulnerabilities": [
  {"VulnerabilityID": "CVE-2026-0001", "PkgName": "openssl", "InstalledVersion": "3.0.1", "FixedVersion": "3.0.2", "Severity": "CRITICAL",
   "CVSS": {"nvd": {"V2Vector": "AV:L/AC:L/Au:N/C:P/I:P/A:P", "V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}},
  {"VulnerabilityID": "CVE-2026-0001", "PkgName": "libssl", "InstalledVersion": "3.0.1", "Severity": "CRITICAL"},
  {"VulnerabilityID": "CVE-2026-0002", "PkgName": "zlib", "InstalledVersion": "1", "Severity": "LOW",
   "CVSS": {"nvd": {"V2Vector": "AV:L/AC:L/Au:N/C:P/I:P/A:P"}}}]}, {"Target": "nothing"}]}`

const grypeReport = `{"matches": [
  {"vulnerability": {"id": "GHSA-1", "severity": "High", "fix": {"versions": ["2"]}, "cvss": [{"vector": "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"}], "knownExploited": [{"cve": "CVE-2026-0003"}]},
   "relatedVulnerabilities": [{"id": "CVE-2026-0003"}], "artifact": {"name": "lib", "version": "1"}}],
 "source": {"type": "image", "target": {"userInput": "shop/web:1.4", "manifestDigest": "sha256:cd", "repoDigests": []}}, "descriptor": {"name": "grype", "timestamp": "2026-05-06T00:00:00Z"}}`

func TestReportsOfScanners(t *testing.T) {
	for name, test := range map[string]struct {
		format, body, asset string
		want                []graph.Node
	}{
		"trivy, of an image": {"trivy", trivyReport, "", []graph.Node{
			{ID: "vulnerability:trivy/shop/web:1.4/CVE-2026-0001", Kind: kinds.Vulnerability, Props: graph.Props{
				"name": "CVE-2026-0001", "source": "trivy", "severity": "CRITICAL", "asset": "shop/web:1.4", "digests": []string{"sha256:ab"}, "scanned": "2026-05-05T00:00:00Z",
				"packages": []string{"libssl@3.0.1", "openssl@3.0.1"}, "fixed_in": []string{"3.0.2"}, "exploit_known": false,
				"vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "network": true, "no_privileges": true, "no_interaction": true,
			}},
			{ID: "vulnerability:trivy/shop/web:1.4/CVE-2026-0002", Kind: kinds.Vulnerability, Props: graph.Props{
				"name": "CVE-2026-0002", "source": "trivy", "severity": "LOW", "asset": "shop/web:1.4", "digests": []string{"sha256:ab"}, "scanned": "2026-05-05T00:00:00Z",
				"packages": []string{"zlib@1"}, "fixed_in": []string{}, "exploit_known": false, "vector": "AV:L/AC:L/Au:N/C:P/I:P/A:P", "network": false, "no_privileges": true,
			}},
		}},
		"grype, of what is named": {"grype", grypeReport, "i-1", []graph.Node{
			{ID: "vulnerability:grype/i-1/CVE-2026-0003", Kind: kinds.Vulnerability, Props: graph.Props{
				"name": "CVE-2026-0003", "source": "grype", "severity": "HIGH", "asset": "i-1", "digests": []string{"sha256:cd"}, "scanned": "2026-05-06T00:00:00Z",
				"packages": []string{"lib@1"}, "fixed_in": []string{"2"}, "exploit_known": true,
				"vector": "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", "network": true, "no_privileges": false, "no_interaction": true,
			}},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			batch, err := Read(written(t, "report.json", test.body), test.format, test.asset)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, batch.Nodes); diff != "" {
				t.Error(diff)
			}
			if _, err := graph.NewSnapshot(0, batch); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatIsNoReportIsSaid(t *testing.T) {
	for name, test := range map[string]struct{ format, body, says string }{
		"another format":           {"nessus", `{}`, "none of grype, trivy"},
		"trivy of another version": {"trivy", `{"SchemaVersion": 1}`, "SchemaVersion is 1"},
		"grype without matches":    {"grype", `{}`, "no list of matches"},
		"no JSON":                  {"grype", `nothing`, "report.json"},
		"nothing that was scanned": {"trivy", `{"SchemaVersion": 2}`, "--asset"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(written(t, "report.json", test.body), test.format, ""); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v, want %q", err, test.says)
			}
		})
	}
}

func TestWhatIsExploitedInTheWildIsMarked(t *testing.T) {
	batch, err := Read(written(t, "report.json", trivyReport), "trivy", "")
	if err != nil {
		t.Fatal(err)
	}
	var wild Wild
	if err := wild.ReadEPSS(written(t, "epss.csv", "#model_version:v2025.03.14,score_date:2026-05-04T00:00:00+0000\ncve,epss,percentile\nCVE-2026-0001,0.75,0.99\n")); err != nil {
		t.Fatal(err)
	}
	if err := wild.ReadKEV(written(t, "kev.json", `{"dateReleased": "2026-05-03T10:00:00Z", "vulnerabilities": [{"cveID": "CVE-2026-0002"}]}`)); err != nil {
		t.Fatal(err)
	}
	wild.Mark([]graph.Batch{batch})
	first, second := batch.Nodes[0].Props, batch.Nodes[1].Props
	if first.Number("epss") != 0.75 || first.Text("epss_date") != "2026-05-04T00:00:00+0000" || first.Flag("kev") || first.Text("kev_date") != "2026-05-03" {
		t.Errorf("%v", first)
	}
	if second.Has("epss") || !second.Flag("kev") {
		t.Errorf("%v", second)
	}
	for _, wrong := range []string{"cve,epss\nCVE-1,0.5\n", "#score_date:2026-05-04\nCVE-1,two\n", "#score_date:2026-05-04\nCVE-1,1.5\n", "#score_date:2026-05-04\nCVE-1,NaN\n", "#score_date:2026-05-04\nCVE-1\n"} {
		if err := new(Wild).ReadEPSS(written(t, "epss.csv", wrong)); err == nil {
			t.Errorf("%q is read", wrong)
		}
	}
	for _, wrong := range []string{`{}`, `[]`, `{"dateReleased": "2026-05-03"}`} {
		if err := new(Wild).ReadKEV(written(t, "kev.json", wrong)); err == nil {
			t.Errorf("%q is read", wrong)
		}
	}
}

func FuzzReports(f *testing.F) {
	f.Add([]byte(trivyReport))
	f.Add([]byte(grypeReport))
	f.Fuzz(func(t *testing.T, body []byte) {
		for format, parse := range formats {
			read, err := parse(body)
			if err != nil {
				continue
			}
			read.asset = "asset"
			if _, err := graph.NewSnapshot(0, read.batch()); err != nil {
				t.Errorf("%s: %v", format, err)
			}
		}
	})
}
