// Package cypher answers Cypher from the packed graph, and tells Cypher that only reads from all other.
package cypher
