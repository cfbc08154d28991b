package scan

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

// Wild is what is known of exploitation in the wild, each part with its day.
type Wild struct {
	// EPSS gives the probability that a CVE is exploited within 30 days; empty where no scores were read.
	EPSS map[string]float64
	// EPSSDate and KEVDate are the days of the two, as the files say them.
	EPSSDate, KEVDate string
	// KEV tells the CVEs on CISA's list of known exploited vulnerabilities.
	KEV map[string]bool
}

// ReadEPSS reads scores as FIRST publishes them: a line #model_version:…,score_date:…, a heading, and cve,epss,percentile
// (https://www.first.org/epss/data_stats).
func (wild *Wild) ReadEPSS(path string) (err error) {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("scan: %w", err)
	}
	defer func() {
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
	}()
	wild.EPSS = map[string]float64{}
	lines := bufio.NewScanner(file)
	for number := 1; lines.Scan(); number++ {
		line := strings.TrimSpace(lines.Text())
		if rest, comment := strings.CutPrefix(line, "#"); comment {
			for _, part := range strings.Split(rest, ",") {
				if date, found := strings.CutPrefix(part, "score_date:"); found {
					wild.EPSSDate = date
				}
			}
			continue
		}
		fields := strings.Split(line, ",")
		if line == "" || fields[0] == "cve" {
			continue
		}
		if len(fields) < 2 {
			return fmt.Errorf("scan: %s: line %d: %w: want cve,epss,percentile", path, number, graph.ErrInvalid)
		}
		score, err := strconv.ParseFloat(fields[1], 64)
		if err != nil || !(score >= 0 && score <= 1) {
			return fmt.Errorf("scan: %s: line %d: %w: %q is no probability", path, number, graph.ErrInvalid, fields[1])
		}
		wild.EPSS[fields[0]] = score
	}
	if wild.EPSSDate == "" && lines.Err() == nil {
		return fmt.Errorf("scan: %s: %w: no line says score_date: are these EPSS scores?", path, graph.ErrInvalid)
	}
	return lines.Err()
}

// ReadKEV reads CISA's list as JSON (https://www.cisa.gov/known-exploited-vulnerabilities-catalog).
func (wild *Wild) ReadKEV(path string) error {
	body, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("scan: %w", err)
	}
	var list struct {
		DateReleased    string
		Vulnerabilities []struct{ CVEID string }
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return fmt.Errorf("scan: %s: not the list of known exploited vulnerabilities as JSON: %w", path, err)
	}
	if list.DateReleased == "" || len(list.Vulnerabilities) == 0 {
		return fmt.Errorf("scan: %s: %w: want dateReleased and vulnerabilities", path, graph.ErrInvalid)
	}
	wild.KEVDate, _, _ = strings.Cut(list.DateReleased, "T")
	wild.KEV = map[string]bool{}
	for _, one := range list.Vulnerabilities {
		wild.KEV[one.CVEID] = true
	}
	return nil
}

// Mark writes into every vulnerability of the batches what is known of it, with the day. A score that a scanner gave
// gives way to that of the file.
func (wild *Wild) Mark(batches []graph.Batch) {
	for _, batch := range batches {
		for _, node := range batch.Nodes {
			if node.Kind != kinds.Vulnerability || node.Stub {
				continue
			}
			name := node.Props.Text("name")
			if score, scored := wild.EPSS[name]; scored {
				node.Props["epss"], node.Props["epss_date"] = score, wild.EPSSDate
			}
			if wild.KEVDate != "" {
				node.Props["kev"], node.Props["kev_date"] = wild.KEV[name], wild.KEVDate
			}
		}
	}
}
