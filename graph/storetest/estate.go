package storetest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
)

// Estate makes batches of about so many nodes and five times as many edges, in the shape of AWS estates: accounts of
// a few thousand resources, a scope per account, region and service, edges that mostly stay in their account, and a
// last scope of derived edges with evidence. Equal sizes give equal batches.
func Estate(nodes int) []graph.Batch {
	random := rand.New(rand.NewPCG(7, uint64(nodes)))
	services := []struct{ name, kind, resource, region string }{
		{"iam", "AWSRole", "role", "global"},
		{"s3", "AWSBucket", "bucket", "global"},
		{"ec2", "AWSInstance", "instance", "eu-west-1"},
		{"ec2", "AWSInterface", "network-interface", "us-east-1"},
		{"lambda", "AWSFunction", "function", "eu-west-1"},
	}
	const perAccount = 4000
	var batches []graph.Batch
	derived := graph.Batch{Scope: "derived/attack"}
	for account := 0; account*perAccount < nodes; account++ {
		number := strconv.Itoa(111111111111 + account*7919)
		size := min(perAccount, nodes-account*perAccount)
		ids := make([]graph.ID, size)
		for i := range ids {
			service := services[i%len(services)]
			ids[i] = graph.ID(fmt.Sprintf("arn:aws:%s:%s:%s:%s/%08x%04x", service.name, service.region, number, service.resource, random.Uint32(), i))
		}
		for s, service := range services {
			batch := graph.Batch{Scope: graph.Scope("aws/" + number + "/" + service.region + "/" + service.name + strconv.Itoa(s)), Collected: time.Unix(1767225600, 0)}
			for i := s; i < size; i += len(services) {
				batch.Nodes = append(batch.Nodes, graph.Node{ID: ids[i], Kind: graph.NodeKind(service.kind), Props: graph.Props{
					"name": "resource-" + strconv.Itoa(i), "account": number, "region": service.region, "created": int64(1600000000 + i),
					"public": i%9 == 0, "tags": []string{"env=prod", "team=" + strconv.Itoa(i%20)},
				}})
				for range 3 {
					batch.Edges = append(batch.Edges, graph.Edge{From: ids[i], To: ids[random.IntN(size)], Kind: "ATTACHED_TO"})
				}
				for range 2 {
					to := ids[random.IntN(size)]
					statement := fmt.Sprintf("arn:aws:iam::%s:policy/p%d", number, random.IntN(200))
					derived.Edges = append(derived.Edges, graph.Edge{
						From: ids[i], To: to, Kind: "CAN_READ", Technique: "s3-get-object", Cause: graph.Cause("statement:" + statement + "#0"),
						Evidence: []graph.Evidence{
							{Kind: graph.Grant, Source: graph.ID(statement), Locator: "0", Detail: "Allows s3:GetObject on " + string(to) + "."},
							{Kind: graph.Guardrail, Source: "arn:aws:organizations::111111111111:policy/p-1", Locator: "FullAWSAccess", Detail: "Allows everything."},
						},
					})
				}
			}
			batches = append(batches, batch)
		}
	}
	return append(batches, derived)
}

// Measure reports what a benchmark takes of the machine, where the system tells it: its processor time, which other
// work on the machine hardly changes, and the process's resident memory, before and at its peak. Call it
// when the input is ready, and what it gives when the work is done.
func Measure(b *testing.B) (done func()) {
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600); err != nil { // resets the peak
		return func() {}
	}
	before, start := resident("VmRSS:"), processor()
	return func() {
		b.ReportMetric(float64(processor()-start)/100/float64(b.N), "cpu-s/op")
		b.ReportMetric(float64(before)/1024, "before-MiB")
		b.ReportMetric(float64(resident("VmHWM:"))/1024, "peak-MiB")
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		b.ReportMetric(float64(stats.HeapAlloc)/(1<<20), "live-MiB")
	}
}

// processor gives the processor time that the process has used, in hundredths of a second.
func processor() int {
	status, _ := os.ReadFile("/proc/self/stat")
	_, after, _ := strings.Cut(string(status), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return user + system
}

// resident reads a field of the process's status, in KiB.
func resident(field string) int {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, found := strings.CutPrefix(line, field); found {
			size, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return size
		}
	}
	return 0
}
