package neo4jstore_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/neo4jstore"
	"github.com/inroad-security/inroad/graph/storetest"
	"github.com/inroad-security/inroad/internal/neo4jserver"
)

// TestEncryption holds a server that takes nothing but TLS
// (https://neo4j.com/docs/operations-manual/5/security/ssl-framework/) to what each scheme of a URL promises.
func TestEncryption(t *testing.T) {
	needs(t)
	home := t.TempDir()
	certificate := selfSigned(t, filepath.Join(home, "certificates", "bolt"))
	server, err := neo4jserver.Start(context.Background(), home,
		"server.bolt.tls_level=REQUIRED", "dbms.ssl.policy.bolt.enabled=true", "dbms.ssl.policy.bolt.base_directory=certificates/bolt",
		"dbms.ssl.policy.bolt.private_key=private.key", "dbms.ssl.policy.bolt.public_certificate=public.crt", "dbms.ssl.policy.bolt.client_auth=NONE")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Kill() })

	for scheme, says := range map[string]string{"neo4j": "may want encryption", "bolt": "may want encryption", "neo4j+s": "certificate", "bolt+s": "certificate"} {
		store, err := neo4jstore.Open(context.Background(), scheme+"://"+server.Address(), credentials)
		if err == nil {
			store.Close()
		}
		if !errors.Is(err, graph.ErrUnavailable) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v, want that it is unavailable and says %q", scheme, err, says)
		}
	}

	var dumps []string
	for number, scheme := range []string{"neo4j+ssc", "bolt+ssc"} {
		store, err := neo4jstore.Open(context.Background(), scheme+"://"+server.Address(), credentials)
		if err != nil {
			t.Fatalf("%s: %v", scheme, err)
		}
		if number == 0 {
			apply(t, store, states(0)...)
		}
		dumps = append(dumps, storetest.Dump(newest(t, store)))
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
	if dumps[0] == "" || dumps[0] != dumps[1] {
		t.Errorf("two schemes read different graphs:\n%.1000s\n%.1000s", dumps[0], dumps[1])
	}

	// A process of its own trusts the certificate, as a system does that has it in its store.
	for _, scheme := range []string{"neo4j+s", "bolt+s"} {
		command := exec.Command(os.Args[0])
		command.Env = append(os.Environ(), "SSL_CERT_FILE="+certificate, "SSL_CERT_DIR="+t.TempDir(), childVariable+"=1000="+scheme+"://"+server.Address())
		output, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(output)
		for range 2 {
			if !lines.Scan() || !strings.HasPrefix(lines.Text(), "applied ") {
				t.Errorf("%s with a certificate that is trusted: %s", scheme, lines.Text())
			}
		}
		_ = command.Process.Kill()
		_ = command.Wait() // it was killed
	}
}

// selfSigned puts a key and its certificate for loopback into a folder, and gives the certificate's path.
func selfSigned(t *testing.T, folder string) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"private.key": {Type: "PRIVATE KEY", Bytes: private}, "public.crt": {Type: "CERTIFICATE", Bytes: certificate}} {
		if err := os.WriteFile(filepath.Join(folder, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(folder, "public.crt")
}
