package neo4jstore

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// schemes are the URLs that name a Neo4j: neo4j asks the server for its cluster's members, bolt speaks with that server alone, +s wants
// TLS with a certificate that the system trusts, +ssc takes any certificate.
var schemes = []string{"neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"}

// Scheme reports whether a URL's scheme is one of Neo4j's.
func Scheme(scheme string) bool { return slices.Contains(schemes, scheme) }

// address is a store's place: a server or cluster, a database on it and the tenant to whom that belongs.
type address struct {
	server   string // what the driver takes
	database string // empty is the user's home database
	tenant   string
}

const defaultTenant = "default"

// parseAddress reads neo4j://host[:port][/database][?tenant=name].
func parseAddress(text string) (address, error) {
	parsed, err := url.Parse(text)
	if err != nil {
		// The error of url.Parse cites the whole text, in which a password may stand.
		return address{}, fmt.Errorf("%w: the store's URL cannot be read: want neo4j://host:port/database?tenant=name", graph.ErrInvalid)
	}
	if _, secret := parsed.User.Password(); secret || parsed.User != nil {
		return address{}, fmt.Errorf("%w: the URL names a user or holds a password, which others see in lists of processes and in logs: "+
			"leave it out, change the password, and set INROAD_NEO4J_USER and INROAD_NEO4J_PASSWORD or INROAD_NEO4J_PASSWORD_FILE", graph.ErrInvalid)
	}
	if !Scheme(parsed.Scheme) {
		return address{}, fmt.Errorf("%w: a %s URL: want one of %s", graph.ErrInvalid, parsed.Scheme, strings.Join(schemes, ", "))
	}
	if parsed.Hostname() == "" || parsed.Fragment != "" {
		return address{}, fmt.Errorf("%w: %s: want %s://host:port/database?tenant=name", graph.ErrInvalid, text, parsed.Scheme)
	}
	place := address{server: parsed.Scheme + "://" + parsed.Host, database: strings.Trim(parsed.Path, "/"), tenant: defaultTenant}
	if strings.Contains(place.database, "/") || place.database == "system" {
		return address{}, fmt.Errorf("%w: %s: %q is not a database that can hold the graph", graph.ErrInvalid, text, place.database)
	}
	options, err := url.ParseQuery(parsed.RawQuery) // parsed.Query() drops what it cannot read, so that another tenant would be meant
	if err != nil {
		return address{}, fmt.Errorf("%w: %s: the options cannot be read: write %%3B for ; and %%25 for %% in a tenant's name", graph.ErrInvalid, text)
	}
	for name, values := range options {
		if name != "tenant" || len(values) != 1 || values[0] == "" {
			return address{}, fmt.Errorf("%w: %s: the only option of a store's URL is tenant, once, with a name", graph.ErrInvalid, text)
		}
		place.tenant = values[0]
	}
	return place, nil
}

// String names the store in messages.
func (place address) String() string {
	text := place.server
	if place.database != "" {
		text += "/" + place.database
	}
	if place.tenant != defaultTenant {
		text += "?tenant=" + url.QueryEscape(place.tenant)
	}
	return text
}
