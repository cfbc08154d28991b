package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/grpc"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/internal/analysis"
	"github.com/inroad-security/inroad/internal/server"
)

// tokenVariable holds the token where no --token-file is given. A flag would show it to every user of the machine.
const tokenVariable = "INROAD_TOKEN"

func serveCommand(stores Stores) *cobra.Command {
	var options server.Options
	command := &cobra.Command{
		Use:   "serve",
		Short: "Serve the gRPC API, with reflection and health",
		Long: `Serve the gRPC API, with reflection and health.

On loopback neither TLS nor a token is needed. Beyond it both are: --tls-cert and --tls-key, and a token from --token-file or the
variable ` + tokenVariable + `, which callers send as "authorization: Bearer <token>".`,
		Example: "  inroad serve\n  grpcurl -plaintext 127.0.0.1:7443 inroad.v1.AttackPathService/ListAttackPaths",
		Args:    cobra.NoArgs,
	}
	name := storeFlag(command)
	flags := command.Flags()
	listen := flags.String("listen", "127.0.0.1:7443", "address and port")
	certificate := flags.String("tls-cert", "", "file with the certificate chain, PEM")
	key := flags.String("tls-key", "", "file with its private key, PEM")
	modelFlag(command, &options.Model)
	tokenFile := flags.String("token-file", "", "file with the token that callers must send")
	command.RunE = func(command *cobra.Command, _ []string) (err error) {
		ctx := command.Context()
		options.Log = slog.Default()
		if options.TLS, err = tlsConfig(*certificate, *key); err != nil {
			return err
		}
		if options.Token, err = token(*tokenFile); err != nil {
			return err
		}
		if err := mayListen(*listen, options); err != nil {
			return err
		}
		source, done, err := newSource(ctx, stores, *name)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, done()) }()
		snapshot, err := source.Newest(ctx)
		if err != nil {
			return err
		}
		if _, err := analysis.Resolve(snapshot, analysis.Question{Model: options.Model}); err != nil {
			return err
		}
		api, err := server.New(source, options)
		if err != nil {
			return err
		}
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *listen)
		if err != nil {
			return err
		}
		fmt.Fprintf(command.ErrOrStderr(), "serving %s on %s; Ctrl-C stops\n", *name, listener.Addr())
		keep := context.AfterFunc(ctx, func() { shutDown(api, patience) })
		defer keep()
		if err := api.Serve(listener); err != nil && ctx.Err() == nil {
			return err
		}
		return nil
	}
	return command
}

// patience is how long calls under way may go on once the server is told to stop. Some streams never end by themselves.
const patience = 5 * time.Second

func shutDown(api *grpc.Server, patience time.Duration) {
	hurry := time.AfterFunc(patience, api.Stop)
	defer hurry.Stop()
	api.GracefulStop()
}

// mayListen holds the rule: beyond loopback only with TLS and a token.
func mayListen(address string, options server.Options) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--listen %s: want host:port: %w", address, err)
	}
	if ip := net.ParseIP(host); host == "localhost" || ip != nil && ip.IsLoopback() {
		return nil
	}
	if options.TLS == nil || options.Token == "" {
		return fmt.Errorf("--listen %s reaches beyond this machine: give --tls-cert and --tls-key, and a token by --token-file or %s", address, tokenVariable)
	}
	return nil
}

func tlsConfig(certificate, key string) (*tls.Config, error) {
	if certificate == "" && key == "" {
		return nil, nil
	}
	if certificate == "" || key == "" {
		return nil, errors.New("--tls-cert and --tls-key belong together: give both")
	}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, fmt.Errorf("--tls-cert %s, --tls-key %s: %w", certificate, key, err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// shortestToken keeps guessing out of the question.
const shortestToken = 16

func token(file string) (string, error) {
	value, from := os.Getenv(tokenVariable), tokenVariable
	if file != "" {
		content, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("--token-file: %w", err)
		}
		value, from = string(content), "--token-file "+file
	}
	value = strings.TrimSpace(value)
	if value == "" && file == "" {
		return "", nil
	}
	if len(value) < shortestToken {
		return "", fmt.Errorf("%s: the token has %d characters; %d or more are wanted", from, len(value), shortestToken)
	}
	if strings.ContainsFunc(value, func(letter rune) bool { return letter <= ' ' || letter > '~' }) {
		return "", fmt.Errorf("%s: the token has a space or a letter beyond ASCII, which callers cannot send", from)
	}
	return value, nil
}

// glance is how long a store that is held may keep a call that can be answered without it.
const glance = 20 * time.Millisecond

// fileSource reads the store anew when its file has changed, and holds no lock in between, so that an ingest can run beside a server.
type fileSource struct {
	stores Stores
	name   string

	turn     chan struct{} // whoever took its one token looks and reads; waiting for it can be given up
	seen     fs.FileInfo   // the file as it was before the snapshot was read
	snapshot *graph.Snapshot
}

func newFileSource(stores Stores, name string) *fileSource {
	source := &fileSource{stores: stores, name: name, turn: make(chan struct{}, 1)}
	source.turn <- struct{}{}
	return source
}

// Newest implements server.Source.
func (source *fileSource) Newest(ctx context.Context) (*graph.Snapshot, error) {
	select {
	case <-source.turn:
		defer func() { source.turn <- struct{}{} }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	now, err := os.Stat(source.name)
	if err != nil {
		now = nil // opening the store says it better
	}
	if source.snapshot != nil && same(now, source.seen) {
		return source.snapshot, nil
	}
	snapshot, err := source.read(ctx)
	if errors.Is(err, graph.ErrBusy) && source.snapshot != nil {
		return source.snapshot, nil // an ingest is under way: what was read before still stands
	}
	if err != nil {
		return nil, err
	}
	source.snapshot, source.seen = snapshot, now
	return snapshot, nil
}

// read reads the store, and waits for whoever holds it only where there is nothing else to give.
func (source *fileSource) read(ctx context.Context) (snapshot *graph.Snapshot, err error) {
	opening, cancel := ctx, context.CancelFunc(func() {})
	if source.snapshot != nil {
		opening, cancel = context.WithTimeout(ctx, glance)
	}
	defer cancel()
	store, err := source.stores(opening, source.name, false)
	if err != nil {
		return nil, err
	}
	defer closing(store, &err)
	return store.Snapshot(ctx, 0)
}

// same reports whether a file is what it was; nil is a file that cannot be looked at, and the same as none.
func same(now, before fs.FileInfo) bool {
	return now != nil && before != nil && os.SameFile(now, before) && now.ModTime().Equal(before.ModTime()) && now.Size() == before.Size()
}
