// Package e2e runs the real binary as a user does. "make e2e" builds it and starts what it needs; without that the tests say
// what they skip.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// tool gives a program that "make e2e" names in a variable. CI fails where one is absent.
func tool(t *testing.T, variable string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" && os.Getenv("CI") != "" && os.Getenv("INROAD_E2E") != "" {
		t.Fatalf("%s is not set: CI must not skip the real parts", variable)
	}
	if path == "" {
		t.Skipf("skipped: %s is not set; \"make e2e\" sets it and runs this test", variable)
	}
	return path
}

// command is the binary with arguments, in a folder and an environment of its own.
func command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	t.Cleanup(cancel)
	run := exec.CommandContext(ctx, tool(t, "INROAD_BINARY"), args...)
	run.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}, env...)
	return run
}

// inroad runs the binary and gives its standard output; it must succeed.
func inroad(t *testing.T, env []string, args ...string) []byte {
	t.Helper()
	run := command(t, env, args...)
	var out, notes bytes.Buffer
	run.Stdout, run.Stderr = &out, &notes
	if err := run.Run(); err != nil {
		t.Fatalf("inroad %s: %v\n%s%s", strings.Join(args, " "), err, out.Bytes(), notes.Bytes())
	}
	return out.Bytes()
}

// fails runs the binary, which must fail with status 1 and one message, and gives what it wrote.
func fails(t *testing.T, args ...string) string { return failsWith(t, nil, args...) }

func failsWith(t *testing.T, env []string, args ...string) string {
	t.Helper()
	run := command(t, env, args...)
	out, err := run.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Fatalf("inroad %s: %v, want exit status 1\n%s", strings.Join(args, " "), err, out)
	}
	if bytes.Contains(out, []byte("goroutine ")) {
		t.Fatalf("inroad %s panicked:\n%s", strings.Join(args, " "), out)
	}
	return string(out)
}

// document is what programs read of "--format json"; the names are a promise.
type document struct {
	Paths []struct {
		ID, Entry, Target, Verdict, Priority string
		Risk                                 float64
		Steps                                []step
	}
	Escalations []struct {
		Principal, Target string
		Admin             bool
		Steps             []step
	}
	Incomplete []struct{ Scope, Reason string }
}

type step struct {
	From, To, Kind, Technique, Verdict string
	Evidence                           []struct{ Kind, Source, Locator, Detail string }
}

func read(t *testing.T, output []byte) document {
	t.Helper()
	var parsed document
	if err := json.Unmarshal(output, &parsed); err != nil {
		t.Fatalf("the output is not one JSON document: %v\n%.2000s", err, output)
	}
	return parsed
}

// mentions gives every id that lies on a path.
func (parsed document) mentions() map[string]bool {
	on := map[string]bool{}
	for _, path := range parsed.Paths {
		on[path.Entry], on[path.Target] = true, true
		for _, step := range path.Steps {
			on[step.From], on[step.To] = true, true
		}
	}
	return on
}

// goes reports whether some path leads from one id to another through others, in order.
func (parsed document) goes(from, to string, through []string) bool {
	return slices.ContainsFunc(parsed.Paths, func(path struct {
		ID, Entry, Target, Verdict, Priority string
		Risk                                 float64
		Steps                                []step
	},
	) bool {
		if path.Entry != from || path.Target != to {
			return false
		}
		left := through
		for _, step := range path.Steps {
			if len(left) > 0 && step.To == left[0] {
				left = left[1:]
			}
		}
		return len(left) == 0
	})
}

// explained fails for a step that no evidence grants.
func (parsed document) explained(t *testing.T) {
	t.Helper()
	for _, path := range parsed.Paths {
		if len(path.ID) == 0 || path.Risk < 0 || path.Risk > 10 {
			t.Errorf("path %q to %s: risk %g", path.ID, path.Target, path.Risk)
		}
		for _, step := range path.Steps {
			grants, gaps := 0, 0
			for _, piece := range step.Evidence {
				switch piece.Kind {
				case "grant":
					grants++
				case "gap":
					gaps++
				}
			}
			if grants == 0 || step.Technique == "" {
				t.Errorf("%s -[%s by %q]-> %s is not explained", step.From, step.Kind, step.Technique, step.To)
			}
			if step.Verdict != "proven" && gaps == 0 {
				t.Errorf("%s -[%s]-> %s is %s and does not say what is open", step.From, step.Kind, step.To, step.Verdict)
			}
		}
	}
}

func sample(t *testing.T) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "sample")
	inroad(t, nil, "demo", "--keep", folder)
	return folder
}

const (
	production = "arn:aws:iam::200000000002:root"
	exports    = "arn:aws:s3:::northwind-customer-exports"
	jumpHost   = "arn:aws:ec2:eu-west-1:300000000003:instance/i-0c0ffee0000000001"
	deployer   = "arn:aws:iam::300000000003:role/ci-deployer"
	platform   = "arn:aws:iam::200000000002:role/platform-admin"

	// Azure's ids are in lower case.
	web        = "/subscriptions/40000000-0000-4000-8000-00000000000b/resourcegroups/web/providers/"
	shop       = web + "microsoft.web/sites/northwind-shop"
	shopTokens = "/directoryobjects/40000021-0000-4000-8000-000000000021" // the app's managed identity
	orders     = web + "microsoft.sql/servers/northwind-orders"
)

// twins stand beside what is found and must not be.
var twins = map[string]string{
	"public access block on the bucket":    "arn:aws:s3:::northwind-customer-archive",
	"public access block on the account":   "arn:aws:s3:::northwind-staging-dumps",
	"policy for the organization alone":    "arn:aws:s3:::northwind-customer-partners",
	"private subnet":                       "arn:aws:ec2:eu-west-1:300000000003:instance/i-0c0ffee0000000002",
	"network ACL denies SSH":               "arn:aws:ec2:eu-west-1:300000000003:instance/i-0c0ffee0000000003",
	"missing trust":                        "arn:aws:iam::200000000002:role/data-admin",
	"function URL with IAM authentication": "arn:aws:lambda:eu-west-1:200000000002:function:orders-internal",
	"encrypted by a key out of reach":      "arn:aws:s3:::northwind-orders",

	"a private endpoint only":               web + "microsoft.sql/servers/northwind-ledger",
	"a firewall that lets one office in":    web + "microsoft.sql/servers/northwind-payroll",
	"a managed identity without a role":     web + "microsoft.sql/servers/northwind-loyalty",
	"an app with nothing behind it":         web + "microsoft.web/sites/northwind-kiosk",
	"an app that lets one office in":        web + "microsoft.web/sites/northwind-backoffice",
	"the database of a server out of reach": web + "microsoft.sql/servers/northwind-ledger/databases/ledger",
}

func TestTheSampleEstateShowsItsPathsAndNoTwin(t *testing.T) {
	folder := sample(t)
	parsed := read(t, inroad(t, nil, "analyze", folder, "--format", "json"))
	if !parsed.goes("internet", exports, nil) {
		t.Error("internet → public bucket with personal data was not found")
	}
	if !parsed.goes("internet", production, []string{jumpHost, deployer, platform}) {
		t.Error("internet → host with SSH open → role → administrator in another account was not found")
	}
	if !parsed.goes("internet", orders+"/databases/orders", []string{shop, shopTokens, orders}) {
		t.Error("internet → app → managed identity → SQL server with a public endpoint → its database was not found")
	}
	on := parsed.mentions()
	for why, id := range twins {
		if on[id] {
			t.Errorf("%s: %s must not be on a path", why, id)
		}
	}
	parsed.explained(t)
	for _, gap := range parsed.Incomplete {
		// a member account may not list its organization; the management account's own answers hold it
		if gap.Scope != "aws/200000000002/global/organizations" && gap.Scope != "aws/300000000003/global/organizations" {
			t.Errorf("the sample lacks %s: %s", gap.Scope, gap.Reason)
		}
	}
}

func TestGuardrailsStopEscalationInTheSample(t *testing.T) {
	folder := sample(t)
	for name, test := range map[string]struct {
		from string
		path bool
	}{
		"a control policy denies new access keys":     {"arn:aws:iam::200000000002:user/helpdesk", false},
		"an explicit deny takes the permission back":  {"arn:aws:iam::200000000002:user/auditor", false},
		"a boundary caps the administrator's policy":  {"arn:aws:iam::200000000002:role/guest-admin", false},
		"a release user may pass only a reading role": {"arn:aws:iam::200000000002:user/release-bot", false},
		"an administrator is one":                     {"arn:aws:iam::200000000002:user/ops-admin", true},
		"a trusted role of another account":           {deployer, true},
	} {
		t.Run(name, func(t *testing.T) {
			parsed := read(t, inroad(t, nil, "analyze", folder, "--from", test.from, "--to", "administrator", "--format", "json"))
			if found := len(parsed.Paths) > 0; found != test.path {
				t.Errorf("path = %v, want %v: %+v", found, test.path, parsed.Paths)
			}
		})
	}
}

func TestTheStoreAnswersAsTheAnalysisInMemory(t *testing.T) {
	folder := sample(t)
	direct := inroad(t, nil, "analyze", folder, "--format", "json")
	for _, kind := range storeKinds {
		t.Run(kind, func(t *testing.T) {
			store := newStore(t, kind)
			store.inroad(t, "ingest", folder)
			stored := store.inroad(t, "paths", "--top", "1000", "--format", "json")
			if !sameAnswer(stored, direct) {
				t.Errorf("stored and direct answers differ:\n%.3000s\n---\n%.3000s", stored, direct)
			}
			store.inroad(t, "ingest", folder)
			if again := store.inroad(t, "paths", "--top", "1000", "--format", "json"); !sameAnswer(stored, again) {
				t.Error("a second ingest of the same bundle changed the answer")
			}
			for _, path := range read(t, stored).Paths {
				shown := store.inroad(t, "path", path.ID)
				for _, step := range path.Steps {
					if !bytes.Contains(shown, []byte(step.To)) || !bytes.Contains(shown, []byte(step.Evidence[0].Detail)) {
						t.Errorf("path %s does not show the step to %s with its evidence", path.ID, step.To)
					}
				}
			}
			if text := store.fails(t, "path", "000000000000"); !strings.Contains(text, "inroad paths") {
				t.Errorf("an unknown path gives no advice: %s", text)
			}
			if out := store.inroad(t, "escalations", "--format", "json"); len(read(t, out).Escalations) == 0 {
				t.Error("no escalation was listed")
			}
			for _, priority := range []string{"S3 bucket can be read by anyone", "CloudTrail is not enabled"} {
				if out := store.inroad(t, "findings"); !bytes.Contains(out, []byte(priority)) {
					t.Errorf("findings do not name %q:\n%s", priority, out)
				}
			}
			store.answersAs(t, embeddedWith(t, folder))
		})
	}
}

func TestEqualInputGivesEqualBytesWhateverTheProcessors(t *testing.T) {
	folder := sample(t)
	first := inroad(t, []string{"GOMAXPROCS=1"}, "analyze", folder, "--format", "json")
	for _, processors := range []string{"1", "2", "3", "8"} {
		if again := inroad(t, []string{"GOMAXPROCS=" + processors}, "analyze", folder, "--format", "json"); !bytes.Equal(first, again) {
			t.Errorf("GOMAXPROCS=%s gives another answer", processors)
		}
	}
}

func TestNoPathIsAnEmptyListAndSuccess(t *testing.T) {
	out := inroad(t, nil, "analyze", sample(t), "--from", "arn:aws:iam::300000000003:user/contractor", "--to", "administrator", "--format", "json")
	if !bytes.Contains(out, []byte(`"paths": []`)) {
		t.Errorf("want an empty list of paths:\n%.500s", out)
	}
}

func TestBadInputIsNamedAndTheRestIsRead(t *testing.T) {
	if text := fails(t, "analyze", filepath.Join(t.TempDir(), "nowhere")); !strings.Contains(text, "nowhere") {
		t.Errorf("a missing folder is not named: %s", text)
	}
	if text := fails(t, "analyze", sample(t), "--from", "arn:aws:iam::200000000002:user/ops-admim"); !strings.Contains(text, "ops-admin") {
		t.Errorf("a mistyped id brings no near one: %s", text)
	}
	notStore := filepath.Join(t.TempDir(), "not.db")
	if err := os.WriteFile(notStore, bytes.Repeat([]byte("not a store"), 5000), 0o600); err != nil {
		t.Fatal(err)
	}
	if text := fails(t, "paths", "--store", notStore); !strings.Contains(text, "not.db") {
		t.Errorf("a file that is no store is not named: %s", text)
	}
	if text := fails(t, "paths", "--store", filepath.Join(t.TempDir(), "none.db")); !strings.Contains(text, "none.db") {
		t.Errorf("a missing store is not named: %s", text)
	}

	broken := map[string]func(body []byte) []byte{
		"truncated":  func(body []byte) []byte { return body[:len(body)/2] },
		"wrong type": func([]byte) []byte { return []byte("{\"UserDetailList\":\n7}") },
		"not JSON":   func([]byte) []byte { return []byte("<html>AccessDenied</html>") },
		"empty":      func([]byte) []byte { return nil },
	}
	for name, spoil := range broken {
		t.Run(name, func(t *testing.T) {
			folder := sample(t)
			file := filepath.Join(folder, "aws/300000000003/global/iam/get-account-authorization-details.json")
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, spoil(body), 0o600); err != nil {
				t.Fatal(err)
			}
			parsed := read(t, inroad(t, nil, "analyze", folder, "--format", "json"))
			if !slices.ContainsFunc(parsed.Incomplete, func(gap struct{ Scope, Reason string }) bool {
				return gap.Scope == "aws/300000000003/global/iam" && strings.Contains(gap.Reason, "get-account-authorization-details")
			}) {
				t.Errorf("the broken file is not among %v", parsed.Incomplete)
			}
			if !parsed.goes("internet", exports, nil) {
				t.Error("what is whole was not read")
			}
		})
	}
}

func TestASymlinkOutOfTheFolderIsNotFollowed(t *testing.T) {
	folder, outside := sample(t), t.TempDir()
	file := filepath.Join(folder, "aws/200000000002/global/s3/list-buckets.json")
	moved := filepath.Join(outside, "list-buckets.json")
	if err := errors.Join(os.Rename(file, moved), os.Symlink(moved, file)); err != nil {
		t.Fatal(err)
	}
	parsed := read(t, inroad(t, nil, "analyze", folder, "--format", "json"))
	if !slices.ContainsFunc(parsed.Incomplete, func(gap struct{ Scope, Reason string }) bool { return gap.Scope == "aws/200000000002/global/s3" }) {
		t.Errorf("the refused link leaves its scope complete: %v", parsed.Incomplete)
	}
}

func TestTheCollectorsPolicyOnlyReads(t *testing.T) {
	var policy struct {
		Version   string
		Statement []struct {
			Effect   string
			Action   []string
			Resource any
		}
	}
	if err := json.Unmarshal(inroad(t, nil, "policy", "aws"), &policy); err != nil {
		t.Fatal(err)
	}
	actions := 0
	for _, statement := range policy.Statement {
		for _, action := range statement.Action {
			actions++
			service, verb, _ := strings.Cut(action, ":")
			reads := slices.ContainsFunc([]string{"Get", "List", "Describe", "BatchGet", "Search"}, func(prefix string) bool { return strings.HasPrefix(verb, prefix) })
			// API Gateway's permissions are named after HTTP's methods
			// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagement.html).
			reads = reads || service == "apigateway" && verb == "GET"
			// IAM's reports of what was used are prepared on demand, which AWS has for a Read
			// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html).
			reads = reads || action == "iam:GenerateServiceLastAccessedDetails"
			if !reads || strings.Contains(action, "*") || action == "secretsmanager:GetSecretValue" || strings.HasPrefix(action, "ssm:GetParameter") || action == "s3:GetObject" {
				t.Errorf("%s does more than read what is needed", action)
			}
		}
	}
	if actions < 50 {
		t.Errorf("only %d actions", actions)
	}
}

func TestServeRefusesToListenBeyondLoopbackUnprotected(t *testing.T) {
	store := filepath.Join(t.TempDir(), "inroad.db")
	inroad(t, nil, "ingest", sample(t), "--store", store)
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0"} {
		if text := fails(t, "serve", "--store", store, "--listen", address); !strings.Contains(text, "--tls-cert") || !strings.Contains(text, "token") {
			t.Errorf("--listen %s: %s", address, text)
		}
	}
}

func TestStoresAreForTheirOwnerOnly(t *testing.T) {
	store := filepath.Join(t.TempDir(), "inroad.db")
	inroad(t, nil, "ingest", sample(t), "--store", store)
	info, err := os.Stat(store)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != fs.FileMode(0o600) {
		t.Errorf("mode %v, want 0600", info.Mode().Perm())
	}
}
