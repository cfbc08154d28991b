package aws

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/ingest"
)

// tags decodes the shapes in which AWS gives tags (lists of Key and Value, of key and value, of TagKey and TagValue, and
// plain objects) to the one that the graph keeps: each key=value, sorted. A missing list stays nil: not known.
type tags []string

// UnmarshalJSON reads any of the shapes.
func (list *tags) UnmarshalJSON(body []byte) error {
	if bytes.Equal(body, []byte("null")) {
		return nil
	}
	found := tags{}
	if bytes.HasPrefix(body, []byte("{")) {
		var values map[string]string
		if err := json.Unmarshal(body, &values); err != nil {
			return unplaced(err)
		}
		for key, value := range values {
			found = append(found, key+"="+value)
		}
	} else {
		var pairs []struct{ Key, Value, TagKey, TagValue string }
		if err := json.Unmarshal(body, &pairs); err != nil {
			return unplaced(err)
		}
		for _, pair := range pairs {
			found = append(found, pair.Key+pair.TagKey+"="+pair.Value+pair.TagValue)
		}
	}
	*list = graph.Sorted(found)
	return nil
}

// value gives a tag's value, empty when there is no such tag.
func (list tags) value(key string) string {
	for _, tag := range list {
		if name, value, _ := strings.Cut(tag, "="); name == key {
			return value
		}
	}
	return ""
}

// list gives the tags as a property; nil when they are not known.
func (list tags) list() []string { return list }

// names decodes the names of variables out of the shapes in which AWS gives them (an object of names to values, a list
// of objects with a name, a plain list of names), sorted, and leaves every value behind.
type names []string

// UnmarshalJSON reads any of the shapes.
func (list *names) UnmarshalJSON(body []byte) error {
	if bytes.Equal(body, []byte("null")) {
		return nil
	}
	found := names{}
	switch {
	case bytes.HasPrefix(body, []byte("{")):
		var values map[string]json.RawMessage
		if err := json.Unmarshal(body, &values); err != nil {
			return unplaced(err)
		}
		found = slices.Collect(maps.Keys(values))
	default:
		var items []json.RawMessage
		if err := json.Unmarshal(body, &items); err != nil {
			return unplaced(err)
		}
		for _, item := range items {
			var named struct{ Name string }
			if err := json.Unmarshal(item, &named.Name); err != nil {
				if err := json.Unmarshal(item, &named); err != nil {
					return unplaced(err)
				}
			}
			found = append(found, named.Name)
		}
	}
	*list = graph.Sorted(found)
	return nil
}

// variables decodes variables: their names, and the ids of the access keys that stand among their values beside what may
// be their secret. The values themselves are left behind.
type variables struct {
	names names
	keys  []string
}

// UnmarshalJSON reads the shapes that names reads.
func (found *variables) UnmarshalJSON(body []byte) error {
	found.keys = accessKeys(string(body))
	return found.names.UnmarshalJSON(body)
}

// policy decodes a policy document in any of the shapes in which AWS gives one: a JSON object, JSON as text, or URL-encoded
// JSON as text (as the IAM API does; the AWS CLI decodes it). One that is not JSON is not an error of the file that
// holds it: read tells.
type policy struct{ raw json.RawMessage }

// UnmarshalJSON keeps the document for read.
func (document *policy) UnmarshalJSON(body []byte) error {
	document.raw = slices.Clone(body)
	return nil
}

// read gives the document as compact JSON, as a property: nil where there is none, and nil with a gap recorded
// under the subject's name where it is not JSON.
func (document policy) read(facts *ingest.Facts, subject graph.ID) any {
	text, err := document.compact()
	if err != nil {
		facts.Gap("policy document of %s: %v", subject, err)
		return nil
	}
	if text == "" {
		return nil
	}
	return text
}

// known reports whether the answer holds a document at all.
func (document policy) known() bool {
	return len(document.raw) > 0 && !slices.Contains([]string{"null", `""`}, string(document.raw))
}

// compact gives the document as compact JSON, its members in the order they came; empty when there is none.
func (document policy) compact() (string, error) {
	if !document.known() {
		return "", nil
	}
	body := []byte(document.raw)
	if body[0] == '"' {
		var text string
		if err := json.Unmarshal(body, &text); err != nil {
			return "", errors.New("not text")
		}
		if strings.HasPrefix(text, "%") {
			if decoded, err := url.PathUnescape(text); err == nil {
				text = decoded
			}
		}
		body = bytes.TrimSpace([]byte(text))
		if len(body) == 0 {
			return "", nil
		}
	}
	if body[0] != '{' {
		return "", errors.New("not a JSON object")
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		return "", errors.New("not JSON: " + err.Error())
	}
	return compact.String(), nil
}

// resource gives the ARN of a regional resource from the part that precedes its id and the id, as in
// resource(site, "ec2", "vpc/", id). An id that is an ARN already stays; an empty id gives empty text: not known.
func resource(site ingest.Site, service, prefix, id string) string {
	if id == "" || strings.HasPrefix(id, "arn:") {
		return id
	}
	return string(site.ARN(service, prefix+id))
}

// resources gives the ARNs of several, sorted; nil when ids is nil.
func resources(site ingest.Site, service, prefix string, ids []string) []string {
	if ids == nil {
		return nil
	}
	arns := make([]string, 0, len(ids))
	for _, id := range ids {
		if id != "" {
			arns = append(arns, resource(site, service, prefix, id))
		}
	}
	return graph.Sorted(arns)
}

// role gives the ARN of a role of the site's account from its name or from its ARN; empty text stays empty.
func role(site ingest.Site, name string) string {
	if name == "" || strings.HasPrefix(name, "arn:") {
		return name
	}
	return string(site.GlobalARN("iam", "role/"+strings.TrimPrefix(name, "/")))
}

// moment decodes a time, which the AWS CLI prints as text or (version 1) as seconds since 1970, to RFC 3339 in UTC.
// Text that is no time stays as it is.
type moment string

// UnmarshalJSON reads either shape.
func (at *moment) UnmarshalJSON(body []byte) error {
	if bytes.Equal(body, []byte("null")) {
		return nil
	}
	var text string
	if err := json.Unmarshal(body, &text); err == nil {
		if parsed, err := time.Parse(time.RFC3339, text); err == nil {
			text = parsed.UTC().Format(time.RFC3339)
		}
		*at = moment(text)
		return nil
	}
	var seconds float64
	if err := json.Unmarshal(body, &seconds); err != nil {
		return unplaced(err)
	}
	*at = moment(time.Unix(int64(seconds), 0).UTC().Format(time.RFC3339))
	return nil
}

// unplaced takes the offset from an error of decoding a part, for it counts from the part's start and not the file's.
func unplaced(err error) error {
	if kind := (*json.UnmarshalTypeError)(nil); errors.As(err, &kind) {
		kind.Offset = 0
	}
	return err
}

// keyed decodes an object whose members are all alike; an error tells which of them it is in.
type keyed[T any] map[string]T

// UnmarshalJSON reads the object, member by member.
func (members *keyed[T]) UnmarshalJSON(body []byte) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil {
		return unplaced(err)
	}
	*members = make(keyed[T], len(raw))
	for _, name := range slices.Sorted(maps.Keys(raw)) {
		var member T
		if err := json.Unmarshal(raw[name], &member); err != nil {
			if kind := (*json.UnmarshalTypeError)(nil); errors.As(err, &kind) {
				kind.Field = name
			}
			return unplaced(err)
		}
		(*members)[name] = member
	}
	return nil
}
