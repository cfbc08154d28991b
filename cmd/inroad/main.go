// Command inroad finds attack paths through cloud accounts. It is wiring only: it names the stores' drivers and hands them to
// the command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/boltstore"
	"github.com/inroad-security/inroad/graph/neo4jstore"
	"github.com/inroad-security/inroad/internal/cli"
)

// version is set by releases with -ldflags "-X main.version=…".
var version = "0.1.0-dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := cli.New(open, version).ExecuteContext(ctx)
	stop()
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "inroad:", err)
	if errors.Is(err, context.Canceled) {
		os.Exit(130)
	}
	os.Exit(1)
}

// patience is how long a command waits for another that holds the store, unless its context ends sooner.
const patience = 3 * time.Second

func open(ctx context.Context, name string, write bool) (graph.Store, error) {
	if scheme, _, isURL := strings.Cut(name, "://"); isURL {
		if neo4jstore.Scheme(scheme) {
			return openNeo4j(ctx, name, write)
		}
		return nil, fmt.Errorf("%w: --store: no store is named by a %s URL: give a file's path, or neo4j://host:port", graph.ErrInvalid, scheme)
	}
	wait := patience
	if deadline, bounded := ctx.Deadline(); bounded {
		wait = min(wait, time.Until(deadline))
	}
	return boltstore.Open(name, boltstore.Options{ReadOnly: !write, Wait: wait})
}
