package cli

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/boltstore"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/server"
	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

const longToken = "correct-horse-battery-staple"

func TestMayListen(t *testing.T) {
	secured := server.Options{TLS: &tls.Config{MinVersion: tls.VersionTLS12}, Token: longToken}
	for _, test := range []struct {
		name, address string
		loopback      bool
	}{
		{"IPv4 loopback", "127.0.0.1:7443", true},
		{"anywhere in 127/8", "127.8.9.10:7443", true},
		{"IPv6 loopback", "[::1]:7443", true},
		{"IPv4 loopback in IPv6", "[::ffff:127.0.0.1]:7443", true},
		{"localhost", "localhost:7443", true},
		{"a port of the system's choice", "127.0.0.1:0", true},
		{"every IPv4 address", "0.0.0.0:7443", false},
		{"every address, by leaving it out", ":7443", false},
		{"every address", "[::]:7443", false},
		{"every IPv4 address in IPv6", "[::ffff:0.0.0.0]:7443", false},
		{"a private address", "10.0.0.5:7443", false},
		{"a public address", "198.51.100.7:7443", false},
		{"a link-local address", "[fe80::1%eth0]:7443", false},
		{"a hostname", "inroad.example.com:7443", false},
		{"a hostname that begins like loopback", "127.0.0.1.example.com:7443", false},
		{"a hostname that begins like localhost", "localhost.example.com:7443", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			for name, options := range map[string]server.Options{"nothing": {}, "TLS alone": {TLS: secured.TLS}, "a token alone": {Token: secured.Token}} {
				if err := mayListen(test.address, options); (err == nil) != test.loopback {
					t.Errorf("with %s: %v", name, err)
				} else if err != nil && (!strings.Contains(err.Error(), "--tls-cert") || strings.Contains(err.Error(), longToken)) {
					t.Errorf("with %s: %v does not say what to do", name, err)
				}
			}
			if err := mayListen(test.address, secured); err != nil {
				t.Errorf("with both: %v", err)
			}
		})
	}
	for _, address := range []string{"", "127.0.0.1", "7443", "::1:7443", "[::1]"} {
		if err := mayListen(address, secured); err == nil {
			t.Errorf("%q is taken for host:port", address)
		}
	}
}

func TestToken(t *testing.T) {
	for _, test := range []struct {
		name, file, variable string
		want, wrong          string
	}{
		{name: "none is asked for"},
		{name: "a variable of spaces is none", variable: "  "},
		{name: "from the variable", variable: longToken, want: longToken},
		{name: "from a file, without its line's end", file: longToken + "\r\n", want: longToken},
		{name: "the file goes before the variable", file: longToken, variable: "another-token-of-this", want: longToken},
		{name: "of 16 characters", variable: "0123456789abcdef", want: "0123456789abcdef"},
		{name: "of 15 characters", variable: "0123456789abcde", wrong: "has 15 characters"},
		{name: "a short one in a file", file: "hunter2", wrong: "has 7 characters"},
		{name: "an empty file is a mistake and not a wish for none", file: "\n", wrong: "has 0 characters"},
		{name: "two lines", file: longToken + "\n" + longToken, wrong: "cannot send"},
		{name: "letters beyond ASCII", variable: "pässwörter-sind-zu-lang", wrong: "cannot send"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(tokenVariable, test.variable)
			file := ""
			if test.file != "" {
				file = filepath.Join(t.TempDir(), "token")
				write(t, file, test.file)
			}
			got, err := token(file)
			if got != test.want || (err == nil) != (test.wrong == "") {
				t.Fatalf("%q, %v", got, err)
			}
			if err != nil && (!strings.Contains(err.Error(), test.wrong) || strings.Contains(err.Error(), strings.TrimSpace(test.file+test.variable)) && strings.TrimSpace(test.file+test.variable) != "") {
				t.Errorf("%v: want that it %s, and not the token", err, test.wrong)
			}
		})
	}
	if _, err := token(filepath.Join(t.TempDir(), "absent")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestTLSConfig(t *testing.T) {
	certificate, key, _ := selfSigned(t)
	other, _, _ := selfSigned(t)
	if config, err := tlsConfig("", ""); config != nil || err != nil {
		t.Errorf("none: %v, %v", config, err)
	}
	if config, err := tlsConfig(certificate, key); err != nil || len(config.Certificates) != 1 || config.MinVersion < tls.VersionTLS12 {
		t.Errorf("a pair: %v, %v", config, err)
	}
	for name, files := range map[string][2]string{
		"a certificate alone": {certificate, ""}, "a key alone": {"", key}, "a file that is not there": {certificate, key + "x"},
		"a key of another certificate": {other, key}, "the two exchanged": {key, certificate},
	} {
		if config, err := tlsConfig(files[0], files[1]); config != nil || err == nil || !strings.Contains(err.Error(), "--tls-cert") {
			t.Errorf("%s: %v, %v", name, config, err)
		}
	}
}

// stores opens files as the program does.
func stores(ctx context.Context, name string, write bool) (graph.Store, error) {
	wait := 300 * time.Millisecond
	if deadline, bounded := ctx.Deadline(); bounded {
		wait = min(wait, time.Until(deadline))
	}
	return boltstore.Open(name, boltstore.Options{ReadOnly: !write, Wait: wait})
}

// ingestUser puts a user of its own scope into a store's file, and lets the store go unless it is told to hold it.
func ingestUser(t *testing.T, file, user string) (held graph.Store) {
	t.Helper()
	before, _ := os.Stat(file)
	store, err := stores(t.Context(), file, true)
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Apply(t.Context(), graph.Batch{
		Scope: graph.Scope("aws/111111111111/global/" + user),
		Nodes: []graph.Node{{ID: graph.ID("arn:aws:iam::111111111111:user/" + user), Kind: kinds.AWSUser}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(file); err == nil && same(after, before) { // a clock that is coarser than this test is fast
		later := after.ModTime().Add(time.Millisecond)
		if err := os.Chtimes(file, later, later); err != nil {
			t.Fatal(err)
		}
	}
	return store
}

func release(t *testing.T, store graph.Store) {
	t.Helper()
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

func usersOf(t *testing.T, source *fileSource) (*graph.Snapshot, string) {
	t.Helper()
	snapshot, err := source.Newest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var users []string
	for at := range snapshot.OfKind(kinds.AWSUser) {
		users = append(users, strings.TrimPrefix(string(snapshot.ID(at)), "arn:aws:iam::111111111111:user/"))
	}
	return snapshot, strings.Join(users, " ")
}

func TestFileSourceFollowsTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "inroad.db")
	source := newFileSource(stores, file)
	if _, err := source.Newest(t.Context()); !errors.Is(err, graph.ErrNotFound) {
		t.Fatalf("no file: %v", err)
	}
	release(t, ingestUser(t, file, "ann"))
	first, users := usersOf(t, source)
	if users != "ann" {
		t.Fatalf("users %q", users)
	}
	if again, _ := usersOf(t, source); again != first {
		t.Error("nothing was written, and there is a new snapshot")
	}

	held := ingestUser(t, file, "bob")
	if while, _ := usersOf(t, source); while != first {
		t.Error("an ingest is under way: what was read before should still stand")
	}
	release(t, held)
	second, users := usersOf(t, source)
	if users != "ann bob" || second.Revision() <= first.Revision() {
		t.Errorf("after the ingest: users %q at revision %d", users, second.Revision())
	}

	anew := filepath.Join(t.TempDir(), "anew.db")
	release(t, ingestUser(t, anew, "cas"))
	release(t, ingestUser(t, anew, "dan"))
	if err := os.Rename(anew, file); err != nil {
		t.Fatal(err)
	}
	third, users := usersOf(t, source)
	if users != "cas dan" || third.Revision() != second.Revision() {
		t.Errorf("another store in the same place: users %q at revision %d after %d", users, third.Revision(), second.Revision())
	}

	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := source.Newest(t.Context()); !errors.Is(err, graph.ErrNotFound) {
		t.Errorf("the file is gone: %v", err)
	}
	write(t, file, "not a store, and longer than nothing")
	if _, err := source.Newest(t.Context()); err == nil {
		t.Error("a file that is no store is served")
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	release(t, ingestUser(t, file, "eve"))
	if _, users := usersOf(t, source); users != "eve" {
		t.Errorf("the file is back: users %q", users)
	}
}

func TestFileSourceIsBusyBeforeItHasReadAnything(t *testing.T) {
	file := filepath.Join(t.TempDir(), "inroad.db")
	held := ingestUser(t, file, "ann")
	source := newFileSource(stores, file)
	if _, err := source.Newest(t.Context()); !errors.Is(err, graph.ErrBusy) {
		t.Errorf("while another process has the file: %v", err)
	}
	release(t, held)
	if _, users := usersOf(t, source); users != "ann" {
		t.Errorf("users %q", users)
	}
}

func TestFileSourceWaitsForAStoreOnlyWithNothingElseToGive(t *testing.T) {
	file := filepath.Join(t.TempDir(), "inroad.db")
	release(t, ingestUser(t, file, "ann"))
	var bounded []bool
	source := newFileSource(func(ctx context.Context, name string, write bool) (graph.Store, error) {
		_, has := ctx.Deadline()
		bounded = append(bounded, has)
		return stores(ctx, name, write)
	}, file)
	first, _ := usersOf(t, source)
	held := ingestUser(t, file, "bob")
	if while, _ := usersOf(t, source); while != first || len(bounded) != 2 || bounded[0] || !bounded[1] {
		t.Errorf("waits were bounded: %v", bounded)
	}
	release(t, held)
}

func TestFileSourceLetsWaitingCallersGiveUp(t *testing.T) {
	reading, proceed := make(chan struct{}), make(chan struct{})
	source := newFileSource(func(context.Context, string, bool) (graph.Store, error) {
		close(reading)
		<-proceed
		return nil, graph.ErrBusy
	}, filepath.Join(t.TempDir(), "inroad.db"))
	first := make(chan error, 1)
	go func() {
		_, err := source.Newest(context.Background())
		first <- err
	}()
	<-reading
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := source.Newest(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("the one who waits: %v", err)
	}
	close(proceed)
	if err := <-first; !errors.Is(err, graph.ErrBusy) {
		t.Errorf("the one who reads: %v", err)
	}
}

func TestServeRefusesBeforeItListens(t *testing.T) {
	t.Setenv(tokenVariable, "")
	for name, arguments := range map[string][]string{
		"every address without TLS": {"--listen", ":0"}, "no store": {"--listen", "127.0.0.1:0"}, "half of TLS": {"--tls-cert", "cert.pem"},
	} {
		var said bytes.Buffer
		command := New(stores, "test")
		command.SetErr(&said)
		command.SetArgs(append([]string{"serve", "--store", filepath.Join(t.TempDir(), "absent.db")}, arguments...))
		if err := command.ExecuteContext(t.Context()); err == nil || strings.Contains(said.String(), "serving") {
			t.Errorf("%s: %v, %q", name, err, said.String())
		}
	}
}

// notes is what a command says while it runs.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (notes *notes) Write(text []byte) (int, error) {
	notes.mu.Lock()
	defer notes.mu.Unlock()
	return notes.text.Write(text)
}

func (notes *notes) String() string {
	notes.mu.Lock()
	defer notes.mu.Unlock()
	return notes.text.String()
}

var serving = regexp.MustCompile(`serving \S+ on (\S+); Ctrl-C stops\n`)

func TestServeBeyondLoopback(t *testing.T) {
	folder := t.TempDir()
	file, tokenFile := filepath.Join(folder, "inroad.db"), filepath.Join(folder, "token")
	release(t, ingestUser(t, file, "ann"))
	write(t, tokenFile, longToken+"\n")
	certificate, key, roots := selfSigned(t)

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	said := &notes{}
	command := New(stores, "test")
	command.SetErr(said)
	command.SetArgs([]string{"serve", "--store", file, "--listen", "0.0.0.0:0", "--tls-cert", certificate, "--tls-key", key, "--token-file", tokenFile, "--log", "debug"})
	ended := make(chan error, 1)
	go func() { ended <- command.ExecuteContext(ctx) }()
	var address []string
	for address == nil {
		select {
		case err := <-ended:
			t.Fatal(err)
		case <-time.After(5 * time.Millisecond):
			address = serving.FindStringSubmatch(said.String())
		}
	}
	_, port, err := net.SplitHostPort(address[1])
	if err != nil {
		t.Fatal(err)
	}
	connection, err := grpc.NewClient("127.0.0.1:"+port, grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12})))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	users := func(sent string) int64 {
		t.Helper()
		calling, cancel := context.WithTimeout(metadata.AppendToOutgoingContext(ctx, "authorization", sent), 30*time.Second)
		defer cancel()
		reply, err := inroadv1.NewInventoryServiceClient(connection).ListAssets(calling, &inroadv1.ListAssetsRequest{Kinds: []string{"AWSUser"}})
		if status.Code(err) == codes.Unauthenticated {
			return -1
		}
		if err != nil {
			t.Fatal(err)
		}
		return reply.GetPage().GetTotal()
	}
	if got := users("Bearer wrong-" + longToken); got != -1 {
		t.Errorf("a wrong token is shown %d users", got)
	}
	if got := users("Bearer " + longToken); got != 1 {
		t.Errorf("%d users: want 1", got)
	}
	release(t, ingestUser(t, file, "bob"))
	if got := users("Bearer " + longToken); got != 2 {
		t.Errorf("%d users after an ingest beside the server: want 2", got)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("stopped: %v", err)
	}
	if strings.Contains(said.String(), longToken) || !strings.Contains(said.String(), "code=Unauthenticated") {
		t.Errorf("the log:\n%s", said.String())
	}
}

func TestShutDownDoesNotWaitForStreamsThatNeverEnd(t *testing.T) {
	api, err := server.New(newFileSource(stores, "never asked"), server.Options{})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- api.Serve(listener) }()
	connection, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	endless, err := healthv1.NewHealthClient(connection).Watch(t.Context(), &healthv1.HealthCheckRequest{})
	if err == nil {
		_, err = endless.Recv()
	}
	if err != nil {
		t.Fatal(err)
	}
	shutDown(api, 10*time.Millisecond)
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// selfSigned makes a certificate for 127.0.0.1 with its key, as files, and the roots that trust it.
func selfSigned(t *testing.T) (certificate, key string, roots *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	certificate, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	chain := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})
	write(t, certificate, string(chain))
	write(t, key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})))
	roots = x509.NewCertPool()
	roots.AppendCertsFromPEM(chain)
	return certificate, key, roots
}
