package finding

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/affected"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring"
)

// detectors are the tools whose issues are taken over, with the words for each.
var detectors = []struct{ source, name string }{
	{"access-analyzer", "IAM Access Analyzer"},
	{"guardduty", "GuardDuty"},
	{"macie", "Macie"},
	{"securityhub", "Security Hub"},
}

// detectedChecks take over what detectors and scanners say of assets, so that it gets its priority by the same matrix. Severity is
// theirs.
func detectedChecks() []Check {
	checks := []Check{{
		ID: "known-vulnerabilities", Title: "Known vulnerabilities in what runs there", Severity: scoring.Low,
		Remediation: "Update the packages to the versions with the fix, rebuild the image or patch the host, and scan again.",
		Find:        vulnerable,
	}}
	for _, detector := range detectors {
		checks = append(checks, Check{
			ID: "detected-" + detector.source, Title: "Issue found by " + detector.name, Severity: scoring.Low,
			Remediation: "Look into it in " + detector.name + ", settle what is behind it, and archive or resolve the finding there.",
			Find:        func(snapshot *graph.Snapshot) []Match { return detected(snapshot, detector.source, detector.name) },
		})
	}
	return checks
}

// detected gives the issues of one detector, each on what it is attached to, or by itself where that is no node.
func detected(snapshot *graph.Snapshot, source, name string) []Match {
	var matches []Match
	for issue := range snapshot.OfKind(kinds.DetectedIssue) {
		props := snapshot.Props(issue)
		if props.Text("source") != source {
			continue
		}
		match := Match{
			Key: string(snapshot.ID(issue)), Title: name + ": " + props.Text("name") + seen(props), Severity: graded(props.Text("severity")),
			Evidence: []graph.Evidence{{
				Kind: graph.Grant, Source: snapshot.ID(issue), Locator: "type",
				Detail: fmt.Sprintf("%s says %s of %s%s; status %s", name, cmp.Or(props.Text("type"), props.Text("name")), cmp.Or(props.Text("asset"), "no asset"), seen(props), cmp.Or(props.Text("status"), "not told")),
			}},
		}
		assets := 0
		for asset := range snapshot.Successors(issue, kinds.AttachedTo) {
			match.Resource = snapshot.ID(asset)
			matches = append(matches, match)
			assets++
		}
		if assets == 0 {
			match.Resource = snapshot.ID(issue)
			matches = append(matches, match)
		}
	}
	return matches
}

// seen tells the days of an issue.
func seen(props graph.Props) string {
	day := func(name string) string {
		day, _, _ := strings.Cut(props.Text(name), "T")
		return day
	}
	switch first, last := day("first_seen"), day("last_seen"); {
	case first == "" && last == "":
		return ""
	case first == last || last == "":
		return " (seen " + first + ")"
	case first == "":
		return " (last seen " + last + ")"
	default:
		return " (seen " + first + " to " + last + ")"
	}
}

// shownVulnerabilities is how many of an asset's vulnerabilities are named.
const shownVulnerabilities = 5

// vulnerable gives each asset on which a scanner found something, once, with the likeliest of what was found.
func vulnerable(snapshot *graph.Snapshot) []Match {
	found := affected.Assets(snapshot)
	matches := make([]Match, 0, len(found))
	for asset, vulnerabilities := range found {
		worst := snapshot.Props(vulnerabilities[0])
		match := Match{Resource: asset}
		for i, vulnerability := range vulnerabilities {
			props := snapshot.Props(vulnerability)
			match.Severity = max(match.Severity, graded(props.Text("severity")))
			if i < shownVulnerabilities {
				match.Evidence = append(match.Evidence, graph.Evidence{
					Kind: graph.Grant, Source: snapshot.ID(vulnerability), Locator: "vulnerability", Detail: affected.Tells(props) + fixed(props) + scanned(props),
				})
			}
		}
		match.Title = fmt.Sprintf("%s%s", worst.Text("name"), likely(worst))
		if more := len(vulnerabilities) - 1; more > 0 {
			match.Title += fmt.Sprintf(" and %d more", more)
		}
		match.Title = "Known vulnerabilities: " + match.Title + scanned(worst)
		matches = append(matches, match)
	}
	return matches
}

// likely tells what makes an exploit likely, with its day.
func likely(props graph.Props) string {
	var words []string
	if props.Flag("kev") {
		words = append(words, strings.TrimSpace("known exploited as of "+props.Text("kev_date")))
	}
	if props.Has("epss") {
		words = append(words, fmt.Sprintf("EPSS %.2f of %s", props.Number("epss"), props.Text("epss_date")))
	}
	if len(words) == 0 {
		return ""
	}
	return " (" + strings.Join(words, ", ") + ")"
}

func fixed(props graph.Props) string {
	if versions := props.List("fixed_in"); len(versions) > 0 {
		return "; fixed in " + strings.Join(versions, ", ")
	}
	return ""
}

func scanned(props graph.Props) string {
	if day, _, _ := strings.Cut(props.Text("scanned"), "T"); day != "" {
		return ", scanned " + day
	}
	return ""
}

// graded reads the word for a severity; what is informational or not graded is low.
func graded(word string) scoring.Level {
	var level scoring.Level
	if level.UnmarshalText([]byte(word)) != nil {
		return scoring.Low
	}
	return level
}
