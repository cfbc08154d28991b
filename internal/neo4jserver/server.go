// Package neo4jserver starts a real Neo4j for tests and benchmarks: a process of its own on free ports of loopback, with a home that is
// given, from the jars that "make" puts into .cache/neo4j.
package neo4jserver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Variable names the folder with the server's jars.
const Variable = "INROAD_NEO4J_HOME"

// User and Password are those of every server that is started here. It listens on loopback alone and holds nothing of worth.
const (
	User     = "neo4j"
	Password = "inroad-on-loopback" //nolint:gosec // of a server that lives for one test
)

// heap is small, so that a test machine bears the server beside the tests.
const heap = "1g"

// Server is a server that runs, or that was stopped and can be started again on the same home and ports.
type Server struct {
	jars, home string
	bolt, http string // addresses
	process    *exec.Cmd
	ended      chan struct{} // closed when the process has ended
	log        *os.File
}

// Start starts a server on a new home, an empty folder, with more lines of neo4j.conf, and waits until it answers.
func Start(ctx context.Context, home string, settings ...string) (*Server, error) {
	folder := os.Getenv(Variable)
	if folder == "" {
		return nil, fmt.Errorf("%s is not set: it names the folder with Neo4j's jars, which \"make\" puts into .cache/neo4j", Variable)
	}
	server := &Server{jars: filepath.Join(folder, "lib", "*"), home: home}
	var err error
	if server.bolt, err = free(); err != nil {
		return nil, err
	}
	if server.http, err = free(); err != nil {
		return nil, err
	}
	if err := server.configure(settings); err != nil {
		return nil, err
	}
	if err := server.Restart(ctx); err != nil {
		return nil, err
	}
	if err := server.setPassword(ctx); err != nil {
		return nil, errors.Join(err, server.Kill())
	}
	return server, nil
}

// free gives an address that nobody listens on.
func free() (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

func (server *Server) configure(settings []string) error {
	lines := append([]string{
		"server.default_listen_address=127.0.0.1",
		"server.bolt.listen_address=" + server.bolt,
		"server.http.listen_address=" + server.http,
		"server.memory.heap.max_size=" + heap,
		"server.memory.pagecache.size=128m",
		"dbms.usage_report.enabled=false",
	}, settings...)
	folder := filepath.Join(server.home, "conf")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "neo4j.conf"), []byte(strings.Join(lines, "\n")+"\n"), 0o644)
}

// Restart starts the server on the home that it has, and waits until it answers.
func (server *Server) Restart(ctx context.Context) (err error) {
	if server.log, err = os.OpenFile(filepath.Join(server.home, "out.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return err
	}
	arguments := []string{"-Xmx" + heap, "-XX:+UseParallelGC"}
	for _, module := range []string{"java.nio", "java.io", "sun.nio.ch", "java.util.concurrent", "java.lang"} {
		arguments = append(arguments, "--add-opens=java.base/"+module+"=ALL-UNNAMED")
	}
	arguments = append(arguments, "-cp", server.jars, "org.neo4j.server.CommunityEntryPoint",
		"--home-dir="+server.home, "--config-dir="+filepath.Join(server.home, "conf"))
	server.process = exec.Command("java", arguments...) //nolint:gosec,noctx // it outlives the call that starts it
	server.process.Stdout, server.process.Stderr = server.log, server.log
	if err := server.process.Start(); err != nil {
		return errors.Join(err, server.log.Close())
	}
	server.ended = make(chan struct{})
	go func(process *exec.Cmd, ended chan struct{}) {
		_ = process.Wait() // that it ended is what matters
		close(ended)
	}(server.process, server.ended)
	if err := server.answers(ctx); err != nil {
		return errors.Join(fmt.Errorf("neo4j did not start: %w:\n%s", err, server.Said()), server.Kill())
	}
	return nil
}

// answers waits until the database can be used.
func (server *Server) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	for {
		if server.discover(ctx) == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-server.ended:
			return errors.New("it ended")
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (server *Server) discover(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+server.http+"/", nil)
	if err != nil {
		return err
	}
	return send(request)
}

// setPassword replaces the first password, which a server takes for nothing else.
func (server *Server) setPassword(ctx context.Context) error {
	return server.run(ctx, "system", "neo4j", "ALTER CURRENT USER SET PASSWORD FROM $first TO $second", map[string]any{"first": "neo4j", "second": Password})
}

// Wipe deletes all nodes. The schema stays: making it costs more than a test.
func (server *Server) Wipe(ctx context.Context) error {
	return server.run(ctx, "neo4j", Password, "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS", nil)
}

// run runs a statement by the server's HTTP interface
// (https://neo4j.com/docs/http-api/5/transactions/).
func (server *Server) run(ctx context.Context, database, password, statement string, parameters map[string]any) error {
	body, err := json.Marshal(map[string]any{"statements": []any{map[string]any{"statement": statement, "parameters": parameters}}})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+server.http+"/db/"+database+"/tx/commit", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.SetBasicAuth(User, password)
	request.Header.Set("Content-Type", "application/json")
	return send(request)
}

func send(request *http.Request) error {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(response.Body)
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return err
	}
	if response.StatusCode >= http.StatusMultipleChoices || bytes.Contains(body, []byte("Neo.")) {
		return fmt.Errorf("neo4j answered %s: %s", response.Status, body)
	}
	return nil
}

// Address is the host and port of Bolt.
func (server *Server) Address() string { return server.bolt }

// URL is what --store takes.
func (server *Server) URL() string { return "neo4j://" + server.bolt }

// Said gives the end of what the server logged.
func (server *Server) Said() string {
	content, _ := os.ReadFile(server.log.Name())
	return string(content[max(0, len(content)-4000):])
}

// Kill ends the server at once, as a power cut does. It may have ended before.
func (server *Server) Kill() error {
	_ = server.process.Process.Kill()
	<-server.ended
	return server.log.Close()
}

// Stop ends the server in order.
func (server *Server) Stop() error {
	if err := server.process.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-server.ended:
		return server.log.Close()
	case <-time.After(time.Minute):
		return server.Kill()
	}
}
