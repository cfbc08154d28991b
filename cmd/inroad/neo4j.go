package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/neo4jstore"
)

// The variables that hold a server's credentials. A URL or a flag would show them to every user of the machine.
const (
	userVariable         = "INROAD_NEO4J_USER"
	passwordVariable     = "INROAD_NEO4J_PASSWORD"      //nolint:gosec // a variable's name
	passwordFileVariable = "INROAD_NEO4J_PASSWORD_FILE" //nolint:gosec // a variable's name
)

// turn is how long a command waits while another writes to the same database: a team's ingests may well meet.
const turn = 2 * time.Minute

func openNeo4j(ctx context.Context, name string, write bool) (graph.Store, error) {
	user := os.Getenv(userVariable)
	if user == "" {
		user = "neo4j"
	}
	password, err := password()
	if err != nil {
		return nil, err
	}
	return neo4jstore.Open(ctx, name, neo4jstore.Options{User: user, Password: password, ReadOnly: !write, Wait: turn})
}

func password() (string, error) {
	file := os.Getenv(passwordFileVariable)
	if file == "" {
		return os.Getenv(passwordVariable), nil
	}
	if os.Getenv(passwordVariable) != "" {
		return "", fmt.Errorf("%w: both %s and %s are set: unset one", graph.ErrInvalid, passwordVariable, passwordFileVariable)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("%s: %w", passwordFileVariable, err)
	}
	return strings.TrimRight(string(content), "\r\n"), nil
}
