package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/inroad-security/inroad/graph"
)

// storeError is what went wrong with the store, and not with the question. It may speak of the machine that serves, so that callers
// are not shown what it says.
type storeError struct{ error }

func (failed storeError) Unwrap() error { return failed.error }

// answerable are the errors that speak of the call, each with its code and the reason in its ErrorInfo.
var answerable = []known{
	{graph.ErrNotFound, codes.NotFound, "NOT_FOUND"},
	{graph.ErrInvalid, codes.InvalidArgument, invalid},
	{graph.ErrLimit, codes.ResourceExhausted, "LIMIT_REACHED"},
}

// timely are the errors of calls that ended early, wherever they were.
var timely = []known{
	{context.Canceled, codes.Canceled, "CANCELED"},
	{context.DeadlineExceeded, codes.DeadlineExceeded, "DEADLINE_EXCEEDED"},
}

type known struct {
	err    error
	code   codes.Code
	reason string
}

const invalid = "INVALID"

// status turns an error into what a caller may see. What is not known becomes opaque, with an id by which the log tells more.
func (guard guard) status(method string, err error) error {
	if err == nil {
		return nil
	}
	if given, ok := status.FromError(err); ok {
		if given.Code() == codes.InvalidArgument { // protovalidate's, which names the fields
			return explained(given, invalid)
		}
		return err
	}
	for _, each := range timely {
		if errors.Is(err, each.err) {
			return explained(status.New(each.code, each.err.Error()), each.reason)
		}
	}
	var failed storeError
	if !errors.As(err, &failed) {
		for _, each := range answerable {
			if errors.Is(err, each.err) {
				return explained(status.New(each.code, err.Error()), each.reason)
			}
		}
		return guard.opaque(method, err, known{code: codes.Internal, reason: "INTERNAL"}, "internal error")
	}
	switch {
	case errors.Is(err, graph.ErrBusy):
		return explained(status.New(codes.Unavailable, "the store is being written: try again"), "STORE_BUSY")
	case errors.Is(err, graph.ErrUnavailable):
		return guard.opaque(method, err, known{code: codes.Unavailable, reason: "STORE_UNAVAILABLE"}, "the store's server is not available: try again")
	case errors.Is(err, graph.ErrCorrupt):
		return guard.opaque(method, err, known{code: codes.DataLoss, reason: "STORE_CORRUPT"}, "the store is damaged")
	default:
		return guard.opaque(method, err, known{code: codes.Internal, reason: "STORE_UNREADABLE"}, "the store cannot be read")
	}
}

// opaque logs an error and gives what may be said of it.
func (guard guard) opaque(method string, err error, as known, say string) error {
	id := make([]byte, 8)
	_, _ = rand.Read(id) // never fails (crypto/rand)
	correlation := hex.EncodeToString(id)
	guard.log.Error("a call failed", "method", method, "correlation", correlation, "error", err)
	return explained(status.New(as.code, say+"; the server's log has it under "+correlation), as.reason)
}

// explained adds the reason, by which programs tell errors apart.
func explained(plain *status.Status, reason string) error {
	detailed, err := plain.WithDetails(&errdetails.ErrorInfo{Reason: reason, Domain: "inroad"})
	if err != nil {
		return plain.Err()
	}
	return detailed.Err()
}
