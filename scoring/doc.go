// Package scoring walks attack edges and says what an attacker gains: the best path from each entry point to each crown jewel,
// how likely and how grave it is, who can become whom, and which single change would stop it. Every function is
// pure: an equal snapshot and configuration give an equal result, byte for byte.
//
// Knowledge only grows. An edge fires when its source and all that it requires are held, so reachability is the least fixpoint of AND
// over OR, and a path is a small proof tree, shown as ordered steps. docs/scoring.md gives each formula with an example.
package scoring
