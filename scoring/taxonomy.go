package scoring

import (
	"slices"
	"strings"
	"unicode"
)

// Taxonomy says what tags and names tell about the data in a store. Keys and words are compared in lower case, letters and digits
// only, so that data-classification, DataClassification and data_classification are one.
type Taxonomy struct {
	// Keys are the tags whose value classifies the data.
	Keys []string
	// Words grade the values of those tags. A word with a value of 0 says that the data is not sensitive.
	Words map[string]int
	// Flags are tags that classify by their name, when their value is true, yes or 1: contains-pii=true.
	Flags map[string]int
	// Names are words, or words in a row joined by '-', in a resource's name: weak evidence.
	Names []string
}

// With is a taxonomy that says what both say; where they do not agree of a word or a flag, what the other says.
func (taxonomy Taxonomy) With(other Taxonomy) Taxonomy {
	return Taxonomy{
		Keys: slices.Concat(taxonomy.Keys, other.Keys), Words: over(taxonomy.Words, other.Words), Flags: over(taxonomy.Flags, other.Flags),
		Names: slices.Concat(other.Names, taxonomy.Names),
	}
}

// over lays values over others, by folded names.
func over(values, others map[string]int) map[string]int {
	both := map[string]int{}
	for _, each := range []map[string]int{values, others} {
		for name, value := range each {
			both[fold(name)] = value
		}
	}
	return both
}

// DefaultTaxonomy is the table in docs/scoring.md.
func DefaultTaxonomy() Taxonomy {
	return Taxonomy{
		Keys: []string{
			"data-classification", "data-class", "data-type", "data-sensitivity", "data-category", "classification", "sensitivity", "security-classification",
			"confidentiality", "information-classification", "compliance", "compliance-scope", "contains", "data", "macie-classification",
		},
		Words: map[string]int{
			"pii": 9, "phi": 9, "pci": 9, "pci-dss": 9, "spi": 9, "ssn": 9, "hipaa": 9, "cardholder": 9, "restricted": 9, "highly-confidential": 9, "highly-restricted": 9,
			"secret": 9, "secrets": 9, "top-secret": 9, "credentials": 9, "critical": 9, "crown-jewel": 9,
			"confidential": 8, "sensitive": 8, "personal": 8, "personal-data": 8, "gdpr": 8, "private": 8, "financial": 8, "customer": 8, "customer-data": 8, "high": 8, "proprietary": 8,
			"public": 0, "internal": 0, "low": 0, "none": 0, "no": 0, "false": 0,
		},
		Flags: map[string]int{
			"pii": 9, "phi": 9, "pci": 9, "contains-pii": 9, "contains-phi": 9, "contains-pci": 9, "has-pii": 9, "pci-scope": 9, "hipaa": 9, "contains-secrets": 9, "crown-jewel": 9,
			"sensitive": 8, "sensitive-data": 8, "confidential": 8, "personal-data": 8, "gdpr": 8, "contains-personal-data": 8,
		},
		Names: []string{
			"pii", "phi", "pci", "ssn", "cardholder", "customer", "customers", "customer-data", "payroll", "salary", "salaries", "patient", "patients", "medical", "payment", "payments",
			"credit-card", "creditcard", "backup", "backups", "prod-db", "production-db", "db-prod", "sensitive", "confidential", "secret", "secrets", "credential", "credentials", "private-data", "user-data",
		},
	}
}

// lookup is a taxonomy with its keys folded, ready to be asked.
type lookup struct {
	keys         map[string]bool
	words, flags map[string]int
	names        [][]string
}

func (taxonomy Taxonomy) lookup() lookup {
	ready := lookup{keys: map[string]bool{}, words: map[string]int{}, flags: map[string]int{}}
	for _, key := range taxonomy.Keys {
		ready.keys[fold(key)] = true
	}
	for word, value := range taxonomy.Words {
		ready.words[fold(word)] = value
	}
	for key, value := range taxonomy.Flags {
		ready.flags[fold(key)] = value
	}
	for _, name := range taxonomy.Names {
		ready.names = append(ready.names, words(name))
	}
	return ready
}

// tagged gives the highest value that the tags (key=value) state, with the tag that does.
func (ready lookup) tagged(tags []string) (value int, tag string) {
	for _, candidate := range tags {
		key, text, _ := strings.Cut(candidate, "=")
		found := 0
		if ready.keys[fold(key)] {
			found = ready.words[fold(text)]
			for _, part := range strings.FieldsFunc(text, func(letter rune) bool { return strings.ContainsRune(",;:/+ ", letter) }) {
				found = max(found, ready.words[fold(part)])
			}
		}
		if known, ok := ready.flags[fold(key)]; ok {
			switch fold(text) {
			case "true", "yes", "1", "y":
				found = max(found, known)
			}
		}
		if found > value {
			value, tag = found, candidate
		}
	}
	return value, tag
}

// named gives the first of the taxonomy's names that occurs in a resource's name, empty when none does.
func (ready lookup) named(name string) string {
	have := words(name)
	for _, want := range ready.names {
		if containsRun(have, want) {
			return strings.Join(want, "-")
		}
	}
	return ""
}

func containsRun(have, want []string) bool {
	for at := 0; at+len(want) <= len(have); at++ {
		same := true
		for i := range want {
			same = same && have[at+i] == want[i]
		}
		if same && len(want) > 0 {
			return true
		}
	}
	return false
}

// fold keeps letters and digits, in lower case.
func fold(text string) string {
	return strings.Map(func(letter rune) rune {
		if unicode.IsLetter(letter) || unicode.IsDigit(letter) {
			return unicode.ToLower(letter)
		}
		return -1
	}, text)
}

// words splits a name at all that is neither letter nor digit, and where a capital follows a small letter.
func words(name string) []string {
	var split []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			split = append(split, strings.ToLower(string(word)))
			word = word[:0]
		}
	}
	previous := rune(0)
	for _, letter := range name {
		if !unicode.IsLetter(letter) && !unicode.IsDigit(letter) {
			flush()
		} else {
			if unicode.IsUpper(letter) && unicode.IsLower(previous) {
				flush()
			}
			word = append(word, letter)
		}
		previous = letter
	}
	flush()
	return split
}
