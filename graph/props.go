package graph

import "slices"

// Props are a node's or an edge's properties. A value is a string, bool, int64, float64 or []string.
type Props map[string]any

// Text gives a text property, empty when absent.
func (props Props) Text(name string) string { value, _ := props[name].(string); return value }

// Flag gives a flag, false when absent.
func (props Props) Flag(name string) bool { value, _ := props[name].(bool); return value }

// Whole gives a whole number, 0 when absent.
func (props Props) Whole(name string) int64 { value, _ := props[name].(int64); return value }

// Number gives a number, 0 when absent.
func (props Props) Number(name string) float64 { value, _ := props[name].(float64); return value }

// List gives a list of text, nil when absent.
func (props Props) List(name string) []string { value, _ := props[name].([]string); return value }

// Has reports whether the property was collected at all, whatever its value.
func (props Props) Has(name string) bool { _, ok := props[name]; return ok }

// merge adds what other knows and props does not; props wins where both speak.
func (props Props) merge(other Props) Props {
	if props == nil {
		props = make(Props, len(other))
	}
	for name, value := range other {
		if _, ok := props[name]; !ok {
			props[name] = value
		}
	}
	return props
}

// Sorted gives a sorted copy without duplicates, the form in which sets are kept as List properties.
func Sorted(items []string) []string {
	sorted := slices.Clone(items)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}
