package aws

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/smithy-go/middleware"
)

// camelCase holds the services whose API names its members with a small first letter, and the AWS CLI prints them so.
var camelCase = map[string]bool{
	"accessanalyzer": true, "apigateway": true, "batch": true, "bedrock": true, "bedrock-agent": true, "bedrock-agentcore-control": true, "codebuild": true, "codepipeline": true,
	"ecr": true, "ecs": true, "eks": true, "inspector2": true, "lightsail": true, "logs": true, "macie2": true, "ram": true, "stepfunctions": true,
}

// pagination holds the members by which answers are joined. A joined answer has none of them.
var pagination = []string{
	"IsTruncated", "Marker", "NextMarker", "NextPageMarker", "NextToken", "NextContinuationToken", "ContinuationToken", "PaginationToken", "Truncated",
}

// encode prints what a call of the SDK returned as the AWS CLI prints the same answer. What could be a secret's value
// is left out: it must never be written.
func encode(service string, answer any) ([]byte, error) {
	printer := printer{camel: camelCase[service], service: service}
	printed, ok := printer.value(reflect.ValueOf(answer), true)
	if !ok {
		printed = object{}
	}
	body, err := json.MarshalIndent(printed, "", " ")
	if err != nil {
		return nil, fmt.Errorf("encode the answer of %s: %w", service, err)
	}
	return append(body, '\n'), nil
}

// object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any
}

// MarshalJSON prints the members in their order.
func (members object) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, member := range members {
		if i > 0 {
			out = append(out, ',')
		}
		name, err := json.Marshal(member.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(member.value)
		if err != nil {
			return nil, err
		}
		out = append(append(append(out, name...), ':'), value...)
	}
	return append(out, '}'), nil
}

type printer struct {
	service string
	camel   bool
}

// value gives what json.Marshal prints as the CLI does, and false for what is absent.
func (printer printer) value(from reflect.Value, root bool) (any, bool) {
	if !from.IsValid() {
		return nil, false
	}
	switch known := from.Interface().(type) {
	case time.Time:
		return known.UTC().Format(time.RFC3339Nano), !known.IsZero()
	case []byte:
		return base64.StdEncoding.EncodeToString(known), known != nil
	case middleware.Metadata:
		return nil, false
	case json.RawMessage:
		return known, known != nil
	}
	switch from.Kind() {
	case reflect.Pointer, reflect.Interface:
		if from.IsNil() {
			return nil, false
		}
		if from.Kind() == reflect.Pointer && from.Type().Elem().Kind() == reflect.Struct {
			if printed, ok := printer.union(from.Elem()); ok {
				return printed, true
			}
		}
		return printer.value(from.Elem(), root)
	case reflect.Struct:
		return printer.structure(from, root), true
	case reflect.Slice:
		if from.IsNil() {
			return nil, false
		}
		items := make([]any, 0, from.Len())
		for i := range from.Len() {
			if item, ok := printer.value(from.Index(i), false); ok {
				items = append(items, item)
			}
		}
		return items, true
	case reflect.Map:
		if from.IsNil() {
			return nil, false
		}
		members := object{}
		for iterator := from.MapRange(); iterator.Next(); {
			if item, ok := printer.value(iterator.Value(), false); ok {
				members = append(members, member{iterator.Key().String(), item})
			}
		}
		slices.SortFunc(members, func(a, b member) int { return strings.Compare(a.name, b.name) })
		return members, true
	case reflect.String:
		return from.String(), from.Len() > 0 || from.Type() == reflect.TypeFor[string]()
	case reflect.Bool, reflect.Int, reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64:
		return from.Interface(), true
	default:
		return nil, false
	}
}

func (printer printer) structure(from reflect.Value, root bool) object {
	members := object{}
	for i := range from.NumField() {
		field := from.Type().Field(i)
		if !field.IsExported() || field.Anonymous || root && slices.Contains(pagination, field.Name) {
			continue
		}
		value, ok := printer.value(from.Field(i), false)
		if !ok {
			continue
		}
		name := field.Name
		if printer.camel {
			name = strings.ToLower(name[:1]) + name[1:]
		}
		members = append(members, member{name, printer.document(field.Name, withoutSecrets(field, value))})
	}
	return members
}

// union prints a member of a tagged union, which the SDK makes a type <union>Member<name> with one field Value.
func (printer printer) union(from reflect.Value) (object, bool) {
	_, name, ok := strings.Cut(from.Type().Name(), "Member")
	if !ok || name == "" || !from.FieldByName("Value").IsValid() {
		return nil, false
	}
	value, ok := printer.value(from.FieldByName("Value"), false)
	if !ok {
		return object{}, true
	}
	if printer.camel {
		name = strings.ToLower(name[:1]) + name[1:]
	}
	return object{{name, value}}, true
}

// document decodes the policies that the IAM API URL-encodes, as the CLI does
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html). What is not JSON stays as it came.
func (printer printer) document(name string, value any) any {
	text, ok := value.(string)
	if !ok || printer.service != "iam" || !strings.HasSuffix(name, "Document") {
		return value
	}
	decoded, err := url.PathUnescape(text) // RFC 3986: + is itself
	if err != nil || !json.Valid([]byte(decoded)) {
		return value
	}
	var compact bytes.Buffer
	if json.Compact(&compact, []byte(decoded)) != nil {
		return value
	}
	return json.RawMessage(compact.Bytes())
}
