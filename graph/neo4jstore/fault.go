package neo4jstore

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"github.com/inroad-security/inroad/graph"
)

// laid gives an error with what the driver hides in it: its own errors do not unwrap.
func laid(err error) error {
	var connectivity *neo4j.ConnectivityError
	var limit *neo4j.TransactionExecutionLimit
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limit):
		return errors.Join(append([]error{err}, limit.Errors...)...)
	case errors.As(err, &connectivity):
		return errors.Join(err, connectivity.Inner)
	}
	return err
}

// codeOf gives the server's code of an error, empty where the server said none. The codes are those of
// https://neo4j.com/docs/status-codes/5/errors/all-errors/.
func codeOf(err error) string {
	var said *neo4j.Neo4jError
	if errors.As(laid(err), &said) {
		return said.Code
	}
	return ""
}

// memoryFull reports whether a transaction did not fit into the memory that the server gives it. The server calls that passing,
// since another transaction may free some, but a transaction that is too large stays so.
func memoryFull(err error) bool {
	code := codeOf(err)
	return strings.HasSuffix(code, "MemoryPoolOutOfMemoryError") || strings.HasSuffix(code, "OutOfMemoryError") || strings.HasSuffix(code, "TransactionOutOfMemoryError")
}

// unreachable reports whether the connection broke, or never came about.
func unreachable(err error) bool {
	var connectivity *neo4j.ConnectivityError
	return errors.As(laid(err), &connectivity)
}

// passing reports whether it is worth trying again: what the driver says of its own, and a connection that broke even while
// committing, since writing again what was committed changes nothing.
func passing(err error) bool {
	if memoryFull(err) {
		return false
	}
	var limit *neo4j.TransactionExecutionLimit
	if errors.As(err, &limit) {
		return false // the driver has tried for long enough
	}
	if unreachable(err) {
		return true
	}
	var said *neo4j.Neo4jError
	return errors.As(err, &said) && said.IsRetriable()
}

// explain names the store, and says what to do about an error.
func (store *Store) explain(ctx context.Context, doing string, err error) error {
	return fmt.Errorf("neo4jstore: %s: %s: %w", store.place, doing, reason(ctx, err))
}

// reason gives an error its sentinel and its advice.
func reason(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, ctx.Err()) {
		return fmt.Errorf("%w: %w", ctx.Err(), err) // what broke because the call was given up
	}
	var wrong *neo4j.InvalidAuthenticationError
	code := codeOf(err)
	with := func(sentinel error, advice string) error { return fmt.Errorf("%w: %w: %s", sentinel, err, advice) }
	switch {
	case errors.Is(err, graph.ErrCorrupt):
		return fmt.Errorf("%w: restore a backup, or empty the database by MATCH (n) DETACH DELETE n and ingest again", err)
	case tlsFault(err):
		return with(graph.ErrUnavailable, "the encryption does not agree: neo4j+s:// wants TLS with a certificate that this system trusts, neo4j+ssc:// takes any certificate, and neo4j:// has no encryption")
	case errors.As(err, &wrong), code == "Neo.ClientError.Security.Unauthorized":
		return with(graph.ErrInvalid, "set INROAD_NEO4J_USER, and INROAD_NEO4J_PASSWORD or INROAD_NEO4J_PASSWORD_FILE, to what the server knows")
	case code == "Neo.ClientError.Security.AuthenticationRateLimit":
		return with(graph.ErrUnavailable, "too many wrong passwords came from here: wait some seconds")
	case code == "Neo.ClientError.Security.CredentialsExpired":
		return with(graph.ErrInvalid, "the server wants another password first: set one in Neo4j Browser, or by neo4j-admin dbms set-initial-password")
	case code == "Neo.ClientError.Security.Forbidden":
		return with(graph.ErrInvalid, "the user may not do this: give it the role of an architect, who may make constraints, or a reader's for reading alone")
	case code == "Neo.ClientError.Database.DatabaseNotFound":
		return with(graph.ErrNotFound, "create the database, or leave it out of the URL to use the user's own")
	case memoryFull(err) || strings.HasSuffix(code, "OutOfMemoryError"):
		return with(graph.ErrUnavailable, "nothing was changed: raise dbms.memory.transaction.total.max and db.memory.transaction.max in neo4j.conf, and server.memory.heap.max_size with them, and try again")
	case code == "Neo.ClientError.Transaction.TransactionTimedOut", code == "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration":
		return with(graph.ErrUnavailable, "nothing was changed: the server ended the transaction after its db.transaction.timeout: raise it")
	case code == "Neo.ClientError.Schema.ConstraintValidationFailed":
		return with(graph.ErrInvalid, "two nodes have ids that Neo4j cannot tell apart, which differ in bytes that are not UTF-8, or somebody else wrote such a node")
	case code == "Neo.ClientError.Cluster.NotALeader", code == "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase":
		return with(graph.ErrUnavailable, "nothing was changed: the server does not take writes: name the cluster by neo4j:// rather than bolt://, or wait until it has chosen a leader")
	case code == "Neo.DatabaseError.Statement.ExecutionFailed": // of a function's argument that is out of range, among others
		return with(graph.ErrInvalid, "the server could not carry the statement out: look at what its functions are given; the server's debug.log says more")
	case strings.HasPrefix(code, "Neo.DatabaseError."):
		return with(graph.ErrUnavailable, "the server failed: its neo4j.log and debug.log say why, and a full disk is the usual reason; what it held before is whole")
	case strings.HasPrefix(code, "Neo.TransientError."):
		return with(graph.ErrUnavailable, "nothing was changed: the server said again and again that this passes: try later")
	case unreachable(err) && (errors.Is(laid(err), io.EOF) || strings.HasSuffix(err.Error(), io.EOF.Error())): // what routing met does not unwrap
		return with(graph.ErrUnavailable, "the server hung up: it may want encryption, by neo4j+s:// or neo4j+ssc://, or have been stopped; what it held before is whole")
	case unreachable(err):
		return with(graph.ErrUnavailable, "is the server started, and is this its address? \"docker compose up -d\" starts one; what it held before is whole")
	}
	return err
}

// tlsFault reports whether the two sides did not agree on encryption.
func tlsFault(err error) bool {
	var header tls.RecordHeaderError
	var verification *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	err = laid(err)
	return errors.As(err, &header) || errors.As(err, &verification) || errors.As(err, &authority) || errors.As(err, &host) ||
		strings.Contains(err.Error(), "tls:") || strings.Contains(err.Error(), "TLS handshake") || strings.Contains(err.Error(), "check that TLS is enabled on the server")
}
