// Command client lists the gravest attack paths of a running "inroad serve". SSL_CERT_FILE names the certificates of an
// authority of one's own.
//
//	go run ./examples/client [-addr 127.0.0.1:7443] [-top 5] [-token-file F -tls]
package main

import (
	"context"
	"crypto/tls"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	inroadv1 "github.com/inroad-security/inroad/proto/inroad/v1"
)

func main() {
	address := flag.String("addr", "127.0.0.1:7443", "the server")
	top := flag.Int("top", 5, "paths to list")
	tokenFile := flag.String("token-file", "", "file with the server's token")
	secure := flag.Bool("tls", false, "the server speaks TLS")
	flag.Parse()
	if err := run(os.Stdout, *address, *top, *tokenFile, *secure); err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, address string, top int, tokenFile string, secure bool) error {
	transport := insecure.NewCredentials()
	if secure {
		transport = credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12})
	}
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(transport))
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if tokenFile != "" {
		token, err := os.ReadFile(tokenFile)
		if err != nil {
			return err
		}
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+strings.TrimSpace(string(token)))
	}
	response, err := inroadv1.NewAttackPathServiceClient(connection).ListAttackPaths(ctx, &inroadv1.ListAttackPathsRequest{
		Page: &inroadv1.PageRequest{Size: int32(top)},
	})
	if err != nil {
		return err
	}
	for _, path := range response.GetPaths() {
		fmt.Fprintf(out, "%-8s  risk %.2f  %s -> %s\n", strings.TrimPrefix(path.GetPriority().String(), "PRIORITY_"), path.GetRisk(), path.GetEntry(), path.GetTarget())
		for _, step := range path.GetSteps() {
			fmt.Fprintf(out, "          %s -[%s]-> %s\n", step.GetFrom(), step.GetKind(), step.GetTo())
		}
	}
	fmt.Fprintf(out, "%d of %d paths, revision %d\n", len(response.GetPaths()), response.GetPage().GetTotal(), response.GetProvenance().GetRevision())
	return nil
}
