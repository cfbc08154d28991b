package cypher

// temporal is a date, a time or a duration.
type temporal interface {
	kind() kind
	typeName() string
	text() string
	same(other temporal) bool
	order(other temporal) int // among those of its kind
	component(name string) (any, error)
	appendKey(key []byte) []byte
}

type duration struct{}

func (duration) kind() kind                    { return isDuration }
func (duration) typeName() string              { return "DURATION" }
func (duration) text() string                  { return "" }
func (duration) same(temporal) bool            { return false }
func (duration) order(temporal) int            { return 0 }
func (duration) component(string) (any, error) { return nil, nil }
func (duration) appendKey(key []byte) []byte   { return key }
func (d duration) times(float64) (any, error)  { return d, nil }

func temporalArithmetic(op string, left, right any) (any, bool, error) { return nil, false, nil }

var temporalFunctions = []function{}
