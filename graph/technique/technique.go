package technique

import (
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// Category groups techniques by what the attacker takes hold of.
type Category string

// The categories, in the order in which documents list them.
const (
	SelfEscalation   Category = "self-escalation"   // the actor changes its own permissions
	PrincipalAccess  Category = "principal-access"  // the actor takes over another identity
	NewPassRole      Category = "new-passrole"      // the actor hands a role to something that it creates
	ExistingPassRole Category = "existing-passrole" // the actor takes over something that has a role
	Credential       Category = "credential"        // the actor finds a credential
	Exposure         Category = "exposure"          // the outside reaches in
	Access           Category = "access"            // what an identity may do by plain permission
)

// Categories gives every category in the order of documents.
func Categories() []Category {
	return []Category{SelfEscalation, PrincipalAccess, NewPassRole, ExistingPassRole, Credential, Exposure, Access}
}

// Severity is how bad it is that somebody can use a technique, before its target is known.
type Severity string

// The severities, worst first.
const (
	Critical Severity = "CRITICAL"
	High     Severity = "HIGH"
	Medium   Severity = "MEDIUM"
	Low      Severity = "LOW"
)

// Likelihood is the published estimate that an attacker who holds an edge's source, and wants to, walks the edge with
// success: a probability in (0, 1], with the reason for it.
type Likelihood struct {
	Value  float64 `yaml:"value"`
	Reason string  `yaml:"reason"`
}

// Technique is one entry of the catalogue.
type Technique struct {
	ID            string
	Title         string
	Summary       string
	Category      Category
	Services      []string
	Severity      Severity
	Likelihood    Likelihood
	Mitre         []string // MITRE ATT&CK technique ids
	Prerequisites []string
	References    []string // URLs
	Detection     []string // CloudTrail events, each source/eventName, or operations of Azure's activity log
	Remediation   string

	// Composes names the techniques whose edges, walked together, are this one. It has no edges of its own.
	Composes []string
	// BuiltIn techniques are derived by code; the entry describes them.
	BuiltIn bool

	rule *rule
}

// Rule reports whether the technique is found by evaluating its file.
func (technique Technique) Rule() bool { return technique.rule != nil }

// Permissions gives every action that the technique may use, sorted.
func (technique Technique) Permissions() []string {
	var actions []string
	if technique.rule != nil {
		for _, option := range technique.rule.options {
			for _, permission := range option.permissions {
				actions = append(actions, permission.action)
			}
		}
	}
	return graph.Sorted(actions)
}

// Catalogue is a set of techniques, ordered by id. It is immutable and safe for use by several goroutines at once.
type Catalogue struct {
	techniques []Technique
	cloud      *cloud
}

// provider is the cloud that the techniques are of; an empty catalogue is AWS's.
func (catalogue Catalogue) provider() *cloud {
	if catalogue.cloud == nil {
		return amazon
	}
	return catalogue.cloud
}

// All gives the techniques, ordered by id. The caller must not change them.
func (catalogue Catalogue) All() []Technique { return catalogue.techniques }

// Find gives the technique of an id.
func (catalogue Catalogue) Find(id string) (Technique, bool) {
	at, found := slices.BinarySearchFunc(catalogue.techniques, id, func(technique Technique, want string) int {
		return strings.Compare(technique.ID, want)
	})
	if !found {
		return Technique{}, false
	}
	return catalogue.techniques[at], true
}

// Only gives the catalogue cut down to the techniques of the ids.
func (catalogue Catalogue) Only(ids ...string) Catalogue {
	kept := slices.DeleteFunc(slices.Clone(catalogue.techniques), func(technique Technique) bool { return !slices.Contains(ids, technique.ID) })
	return Catalogue{techniques: kept, cloud: catalogue.cloud}
}
