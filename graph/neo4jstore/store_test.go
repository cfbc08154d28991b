package neo4jstore_test

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/storetest"
)

func TestTheStoreConforms(t *testing.T) {
	server, last := server(t), ""
	storetest.Run(t, func(t *testing.T, directory string) graph.Store {
		if directory != last {
			wipe(t, server) // the server has one database
			last = directory
		}
		return open(t, server)
	})
}
