package scoring

import "fmt"

// Level grades severities and priorities alike. The zero value is Low.
type Level uint8

// The levels, least first.
const (
	Low Level = iota
	Medium
	High
	Critical
)

var levelNames = [...]string{Low: "LOW", Medium: "MEDIUM", High: "HIGH", Critical: "CRITICAL"}

// String gives the level's stable name, as in documents.
func (level Level) String() string { return levelNames[min(level, Critical)] }

// MarshalText writes the stable name.
func (level Level) MarshalText() ([]byte, error) { return []byte(level.String()), nil }

// UnmarshalText reads a stable name.
func (level *Level) UnmarshalText(text []byte) error {
	for known, name := range levelNames {
		if name == string(text) {
			*level = Level(known)
			return nil
		}
	}
	return fmt.Errorf("level %q: want LOW, MEDIUM, HIGH or CRITICAL", text)
}

// Context is where a finding lies.
type Context struct {
	// Exposed: reachable from the internet.
	Exposed bool
	// OnPath: on a path from an entry point to a crown jewel.
	OnPath bool
	// BlindsDetection: the finding hides attacks elsewhere, as a trail that is off does. What it hides cannot be known, so it
	// is never lowered for want of exposure: it counts as exposed and on a path.
	BlindsDetection bool
}

// matrix is the published priority matrix: a severity by how many of exposure and path hold.
var matrix = [...][3]Level{
	//         neither  one       both
	Low:      {Low, Low, Medium},
	Medium:   {Low, Medium, High},
	High:     {Medium, High, Critical},
	Critical: {High, Critical, Critical},
}

// Priority is severity × exposure × path, by the matrix.
func Priority(severity Level, context Context) Level {
	column := 0
	if context.Exposed || context.BlindsDetection {
		column++
	}
	if context.OnPath || context.BlindsDetection {
		column++
	}
	return matrix[min(severity, Critical)][column]
}

// SeverityOf grades a path by what it ends in: a value from 7 is High, from 4 Medium, below Low.
func SeverityOf(value int) Level {
	switch {
	case value >= 7:
		return High
	case value >= 4:
		return Medium
	default:
		return Low
	}
}
