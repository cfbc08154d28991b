package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// expectation is what estate.py prints: how the accounts are read, and what an attacker must and must not get.
type expectation struct {
	Region   string
	Accounts []struct {
		ID   string
		Keys map[string]string
	}
	Found []struct {
		From, To string
		Through  []string
	}
	Absent           map[string]string
	NotAdministrator map[string]string `json:"not_administrator"`
}

// cloud starts a local AWS server and gives its URL.
func cloud(t *testing.T) string {
	t.Helper()
	server := tool(t, "INROAD_MOTO")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(address)
	running := exec.Command(server, "-H", "127.0.0.1", "-p", port)
	running.Env = append(os.Environ(), "MOTO_IAM_LOAD_MANAGED_POLICIES=true")
	var log bytes.Buffer
	running.Stdout, running.Stderr = &log, &log
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = running.Process.Kill()
		_ = running.Wait()
		if t.Failed() {
			t.Logf("the server said last: %s", log.Bytes()[max(0, log.Len()-2000):])
		}
	})
	url := "http://" + address
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
		if response, err := http.Get(url + "/moto-api/"); err == nil {
			_ = response.Body.Close()
			return url
		}
	}
	t.Fatal("the local AWS server did not start")
	return ""
}

func TestCollectIngestAndFindOnALocalAWS(t *testing.T) {
	tool(t, "INROAD_BINARY")
	url := cloud(t)
	fill := exec.Command(tool(t, "INROAD_PYTHON"), "estate.py", url)
	var said bytes.Buffer
	fill.Stderr = &said
	printed, err := fill.Output()
	if err != nil {
		t.Fatalf("estate.py: %v\n%s", err, said.Bytes())
	}
	var expected expectation
	if err := json.Unmarshal(printed, &expected); err != nil {
		t.Fatal(err)
	}

	bundle := filepath.Join(t.TempDir(), "bundle")
	for _, account := range expected.Accounts {
		env := []string{"AWS_EC2_METADATA_DISABLED=true"}
		for name, value := range account.Keys {
			env = append(env, strings.ToUpper(name)+"="+value)
		}
		inroad(t, env, "collect", "aws", "--out", bundle, "--regions", expected.Region, "--endpoint", url)
	}
	for _, kind := range storeKinds {
		t.Run(kind, func(t *testing.T) {
			store := newStore(t, kind)
			store.inroad(t, "ingest", bundle)
			meets(t, store, expected)
			store.answersAs(t, embeddedWith(t, bundle))
		})
	}
	hidden(t, bundle, expected)
}

// meets fails where a store does not answer as is expected of it.
func meets(t *testing.T, store store, expected expectation) {
	t.Helper()
	parsed := read(t, store.inroad(t, "paths", "--format", "json"))
	for _, want := range expected.Found {
		if !parsed.goes(want.From, want.To, want.Through) {
			t.Errorf("%s → %s through %v was not found", want.From, want.To, want.Through)
		}
	}
	on := parsed.mentions()
	for why, id := range expected.Absent {
		if on[id] {
			t.Errorf("%s: %s must not be on a path", why, id)
		}
	}
	parsed.explained(t)
	for why, id := range expected.NotAdministrator {
		answer := read(t, store.inroad(t, "paths", "--from", id, "--to", "administrator", "--format", "json"))
		for _, path := range answer.Paths {
			if path.Entry == id {
				t.Errorf("%s: %s became administrator: %+v", why, id, path.Steps)
			}
		}
	}
	if t.Failed() {
		for _, path := range parsed.Paths {
			t.Log(summary(path.Entry, path.Steps))
		}
	}
}

func summary(entry string, steps []step) string {
	text := entry
	for _, step := range steps {
		text += fmt.Sprintf(" -[%s]-> %s", step.Technique, step.To)
	}
	return text
}

// hidden fails where a credential that the collection used was written down.
func hidden(t *testing.T, bundle string, expected expectation) {
	t.Helper()
	err := filepath.WalkDir(bundle, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		for _, account := range expected.Accounts {
			secret := account.Keys["aws_secret_access_key"]
			if len(secret) > 8 && bytes.Contains(body, []byte(secret)) {
				t.Errorf("%s holds a secret key", path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
