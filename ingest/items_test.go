package ingest

import (
	"slices"
	"testing"
)

func TestItemsAreFoundByTheirPath(t *testing.T) {
	const body = `{"Users":[{"Arn":"u1"},{"Name":"without"},{"Arn":"u2"}],"Roles":[{"Arn":"r1"}],"One":{"Name":"n"},"Names":["a","b"]}`
	for path, want := range map[string][]string{
		"":                               nil,
		"Names[]":                        {"a", "b"},
		"One.Name":                       {"n"},
		"Users[].Arn":                    {"u1", "u2"},
		"Groups[].Arn":                   nil,
		"[Users[].Arn, Roles[].Arn][]":   {"u1", "u2", "r1"},
		"[Groups[].Arn, Roles[].Arn][]":  {"r1"},
		"[Groups[].Arn, Groups[].Arn][]": nil,
	} {
		got, err := itemsAt([]byte(body), path)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%q leads to %v, %v: want %v", path, got, err, want)
		}
	}
	if got, err := itemsAt([]byte(`[{"id":"a"},{"id":"b"}]`), "[].id"); err != nil || !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("a list itself leads to %v, %v", got, err)
	}
	if _, err := itemsAt([]byte(`{"Users":{}}`), "[Roles[].Arn, Users[].Arn][]"); err == nil {
		t.Error("an object in place of a list is no error")
	}
}
