package aws

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

func TestDatabasesAskForTLSByTheirParameterGroups(t *testing.T) {
	database := regional("rds", "db:orders")
	own, shared := regional("rds", "pg:own"), regional("rds", "cluster-pg:shared")
	for _, test := range []struct {
		name   string
		change func(*world)
		want   string
	}{
		{"forced", func(world *world) { world.set(own, "force_tls", true) }, On},
		{"not forced", func(world *world) { world.set(own, "force_tls", false) }, Off},
		{"the engine has no such parameter", func(*world) {}, Unknown},
		{"the group was not collected", func(world *world) {
			world.set(database, "parameter_groups", []string{string(regional("rds", "pg:other"))})
		}, Unknown},
		{"forced by the group of its cluster", func(world *world) { world.edge(regional("rds", "cluster:shop"), kinds.Contains, database) }, On},
	} {
		t.Run(test.name, func(t *testing.T) {
			world := newWorld(t)
			world.add(database, kinds.AWSDatabase, graph.Props{"account": ours, "parameter_groups": []string{string(own)}})
			world.add(own, kinds.AWSParameterGroup, graph.Props{"account": ours, "name": "own"})
			world.add(regional("rds", "cluster:shop"), kinds.AWSDatabase, graph.Props{"account": ours, "cluster": true, "parameter_groups": []string{string(shared)}})
			world.add(shared, kinds.AWSParameterGroup, graph.Props{"account": ours, "name": "shared", "force_tls": true})
			test.change(world)
			uses, err := NewAuthorizer(world.snapshot(), asOf).UsesOf(database)
			if err != nil || uses.Transit.Required != test.want || len(uses.Transit.Evidence) == 0 {
				t.Errorf("%v: %+v, want %s", err, uses.Transit, test.want)
			}
		})
	}
}
