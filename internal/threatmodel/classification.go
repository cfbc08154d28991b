package threatmodel

import (
	"github.com/inroad-security/inroad/internal/yamlfile"
	"github.com/inroad-security/inroad/scoring"
)

// Classification is what a user says of tags and names. The zero value says what scoring.DefaultTaxonomy says.
type Classification struct {
	Own scoring.Taxonomy
	// Alone leaves the defaults out.
	Alone bool
}

// Taxonomy is what classification goes by.
func (classification Classification) Taxonomy() scoring.Taxonomy {
	if classification.Alone {
		return classification.Own
	}
	return scoring.DefaultTaxonomy().With(classification.Own)
}

func classification(value yamlfile.Value) Classification {
	var read Classification
	graded := func(values *map[string]int) yamlfile.Field {
		return func(value yamlfile.Value) {
			*values = map[string]int{}
			value.Pairs(func(name string, value yamlfile.Value) { (*values)[name] = value.Whole(0, 10) })
		}
	}
	value.Map(map[string]yamlfile.Field{
		"alone": func(value yamlfile.Value) { read.Alone = value.Flag() },
		"keys":  func(value yamlfile.Value) { read.Own.Keys = value.Texts() },
		"words": graded(&read.Own.Words),
		"flags": graded(&read.Own.Flags),
		"names": func(value yamlfile.Value) { read.Own.Names = value.Texts() },
	})
	return read
}
