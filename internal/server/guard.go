package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// guard stands before every call: it asks for the token, turns errors and panics into statuses and logs what was called,
// never what was said. It bounds the time of calls with one reply; a stream lasts as long as its caller listens.
type guard struct {
	token string
	log   *slog.Logger
}

func (guard guard) unary(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (reply any, err error) {
	err = guard.call(ctx, info.FullMethod, func() error {
		ctx, cancel := context.WithTimeout(ctx, longestCall)
		defer cancel()
		reply, err = next(ctx, request)
		return err
	})
	return reply, err
}

func (guard guard) stream(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
	return guard.call(stream.Context(), info.FullMethod, func() error { return next(service, stream) })
}

func (guard guard) call(ctx context.Context, method string, next func() error) (err error) {
	started := time.Now()
	defer func() {
		if cause := recover(); cause != nil {
			err = guard.status(method, fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
		}
		guard.log.InfoContext(ctx, "call", "method", method, "code", status.Code(err).String(), "took", time.Since(started).Round(time.Microsecond))
	}()
	if err := guard.admit(ctx, method); err != nil {
		return err
	}
	return guard.status(method, next())
}

// admit compares digests, so that the time it takes tells nothing of the token.
func (guard guard) admit(ctx context.Context, method string) error {
	if guard.token == "" || strings.HasPrefix(method, "/grpc.health.v1.Health/") {
		return nil
	}
	want := sha256.Sum256([]byte("Bearer " + guard.token))
	for _, value := range metadata.ValueFromIncomingContext(ctx, "authorization") {
		if got := sha256.Sum256([]byte(value)); subtle.ConstantTimeCompare(got[:], want[:]) == 1 {
			return nil
		}
	}
	return explained(status.New(codes.Unauthenticated, "this server wants a token: send the metadata \"authorization: Bearer <token>\""), "TOKEN_WANTED")
}
