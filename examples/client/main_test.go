package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/internal/server"
)

type fixed struct{ snapshot *graph.Snapshot }

func (source fixed) Newest(context.Context) (*graph.Snapshot, error) { return source.snapshot, nil }

func (source fixed) Querier(context.Context) (graph.Querier, error) { return nil, graph.ErrNotFound }

// serve serves two paths: to an account in two steps (0.5 × 0.8, worth 10) and to a secret in one (0.95, worth 6).
func serve(t *testing.T, options server.Options) (address string) {
	t.Helper()
	snapshot, err := graph.NewSnapshot(3, graph.Batch{
		Scope: "aws/111111111111/global/all",
		Nodes: []graph.Node{
			{ID: "arn:aws:iam::111111111111:root", Kind: kinds.AWSAccount},
			{ID: "arn:aws:lambda:eu-west-1:111111111111:function:f", Kind: kinds.AWSFunction},
			{ID: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:s", Kind: kinds.AWSSecret},
			{ID: graph.Internet, Kind: kinds.InternetKind},
		},
		Edges: []graph.Edge{
			{From: graph.Internet, To: "arn:aws:lambda:eu-west-1:111111111111:function:f", Kind: kinds.CanExploit},
			{From: "arn:aws:lambda:eu-west-1:111111111111:function:f", To: "arn:aws:iam::111111111111:root", Kind: kinds.CanEscalateTo},
			{From: graph.Internet, To: "arn:aws:secretsmanager:eu-west-1:111111111111:secret:s", Kind: kinds.CanRead},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	options.Log = slog.New(slog.DiscardHandler)
	api, err := server.New(fixed{snapshot}, options)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- api.Serve(listener) }()
	t.Cleanup(func() {
		api.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

const want = `CRITICAL  risk 4.00  internet -> arn:aws:iam::111111111111:root
          internet -[CAN_EXPLOIT]-> arn:aws:lambda:eu-west-1:111111111111:function:f
          arn:aws:lambda:eu-west-1:111111111111:function:f -[CAN_ESCALATE_TO]-> arn:aws:iam::111111111111:root
HIGH      risk 5.70  internet -> arn:aws:secretsmanager:eu-west-1:111111111111:secret:s
          internet -[CAN_READ]-> arn:aws:secretsmanager:eu-west-1:111111111111:secret:s
2 of 2 paths, revision 3
`

func TestRunListsTheGravestPaths(t *testing.T) {
	address := serve(t, server.Options{})
	var out bytes.Buffer
	if err := run(&out, address, 5, "", false); err != nil || out.String() != want {
		t.Errorf("%v\n%s", err, out.String())
	}
	out.Reset()
	if err := run(&out, address, 1, "", false); err != nil || !strings.HasPrefix(out.String(), "CRITICAL") || !strings.HasSuffix(out.String(), "\n1 of 2 paths, revision 3\n") {
		t.Errorf("the gravest one: %v\n%s", err, out.String())
	}
	if err := run(&out, address, -1, "", false); status.Code(err) != codes.InvalidArgument {
		t.Errorf("-1 paths: %v", err)
	}
}

func TestRunSendsTheTokenOverTLS(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("SSL_CERT_FILE is read on Linux")
	}
	pair, file := certificate(t)
	t.Setenv("SSL_CERT_FILE", file)
	address := serve(t, server.Options{TLS: &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, Token: "correct-horse-battery-staple"})
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("correct-horse-battery-staple\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(&out, address, 5, token, true); err != nil || out.String() != want {
		t.Errorf("%v\n%s", err, out.String())
	}
	if err := run(&out, address, 5, "", true); status.Code(err) != codes.Unauthenticated {
		t.Errorf("without the token: %v", err)
	}
	if err := run(&out, address, 5, token, false); status.Code(err) != codes.Unavailable {
		t.Errorf("without TLS: %v", err)
	}
	if err := run(&out, address, 5, token+".absent", true); err == nil {
		t.Error("a token file that is not there")
	}
}

// certificate makes a self-signed certificate for 127.0.0.1 and writes it to a file.
func certificate(t *testing.T) (pair tls.Certificate, file string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed}), 0o600); err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{signed}, PrivateKey: private}, file
}
