package queries

import (
	"bytes"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/inroad-security/inroad/graph"
)

// Load reads every .cypher file at the root of a folder, ordered by name. What breaks a rule of the library is ErrInvalid, with
// its file and line.
func Load(folder fs.FS) ([]Query, error) {
	files, err := fs.Glob(folder, "*.cypher")
	if err != nil {
		return nil, err
	}
	all := make([]Query, len(files))
	for i, file := range files {
		content, err := fs.ReadFile(folder, file)
		if err != nil {
			return nil, err
		}
		if all[i], err = read(file, string(content)); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b Query) int { return strings.Compare(a.Name, b.Name) }) // which the files are not, by their extension
	return all, nil
}

// front is a file's front matter.
type front struct {
	Title      string
	Question   string
	Topic      Topic
	Clouds     []string
	Severity   string
	Parameters []parameter
	References []string
}

type parameter struct {
	Name    string
	Type    graph.Type
	Default any
	Doc     string
	line    int
}

// UnmarshalYAML keeps the line, for what is wrong with it later.
func (declared *parameter) UnmarshalYAML(node *yaml.Node) error {
	type plain parameter
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; !slices.Contains([]string{"name", "type", "default", "doc"}, key.Value) {
			return fmt.Errorf("line %d: field %s not found in a parameter", key.Line, key.Value)
		}
	}
	if err := node.Decode((*plain)(declared)); err != nil {
		return err
	}
	declared.line = node.Line
	return nil
}

var (
	kebab      = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	named      = regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`)
	atLine     = regexp.MustCompile(`line (\d+): (?s:(.*))`)
	aside      = regexp.MustCompile("(?s)'(?:\\\\.|[^'\\\\])*'|\"(?:\\\\.|[^\"\\\\])*\"|`[^`]*`|//[^\n]*|/\\*.*?\\*/")
	used       = regexp.MustCompile(`\$([A-Za-z_][A-Za-z0-9_]*)`)
	clouds     = []string{"aws", "azure", "gcp"}
	severities = []string{"LOW", "MEDIUM", "HIGH", "CRITICAL"}
	types      = []graph.Type{graph.Text, graph.Flag, graph.Whole, graph.Number, graph.List}
)

func read(file, content string) (Query, error) {
	bad := func(line int, format string, about ...any) (Query, error) {
		return Query{}, fmt.Errorf("%w: %s:%d: %s", graph.ErrInvalid, file, line, fmt.Sprintf(format, about...))
	}
	name := strings.TrimSuffix(file, ".cypher")
	if !kebab.MatchString(name) {
		return bad(1, "the name is not in kebab-case, such as internet-to-pii")
	}
	head, body, ended := strings.Cut(content, "*/")
	if !strings.HasPrefix(head, "/*") || !ended {
		return bad(1, "want front matter first: a comment, /* to */, that holds YAML")
	}
	var front front
	decoder := yaml.NewDecoder(bytes.NewReader([]byte("  " + head[2:]))) // blanks in place of "/*", so that lines are the file's
	decoder.KnownFields(true)
	if err := decoder.Decode(&front); err != nil {
		if at := atLine.FindStringSubmatch(err.Error()); at != nil {
			return Query{}, fmt.Errorf("%w: %s:%s: %s", graph.ErrInvalid, file, at[1], strings.TrimSpace(at[2]))
		}
		return bad(1, "%v", err)
	}
	query := Query{
		Name: name, Title: front.Title, Question: front.Question, Topic: front.Topic, Clouds: front.Clouds, Severity: front.Severity,
		References: front.References, Text: strings.TrimSpace(body),
	}
	switch {
	case query.Title == "" || query.Question == "":
		return bad(1, "title and question are both wanted")
	case !slices.Contains(Topics(), query.Topic):
		return bad(1, "topic %q: want one of %v", query.Topic, Topics())
	case len(query.Clouds) == 0 || slices.ContainsFunc(query.Clouds, func(cloud string) bool { return !slices.Contains(clouds, cloud) }):
		return bad(1, "clouds %v: want some of %v", query.Clouds, clouds)
	case query.Severity != "" && !slices.Contains(severities, query.Severity):
		return bad(1, "severity %q: want one of %v, or none", query.Severity, severities)
	case query.Text == "":
		return bad(1+strings.Count(head, "\n"), "the statement is missing")
	}
	for _, declared := range front.Parameters {
		param := Param{Name: declared.Name, Type: declared.Type, Default: plain(declared.Default), Doc: declared.Doc}
		switch {
		case !named.MatchString(param.Name) || param.Doc == "":
			return bad(declared.line, "parameter %q: want a name in camelCase, and a doc", param.Name)
		case slices.ContainsFunc(query.Params, func(other Param) bool { return other.Name == param.Name }):
			return bad(declared.line, "parameter %s is declared twice", param.Name)
		case !slices.Contains(types, param.Type):
			return bad(declared.line, "parameter %s: type %q: want one of %v", param.Name, param.Type, types)
		case param.Default != nil && !param.takes(param.Default):
			return bad(declared.line, "parameter %s: the default %v is not of the type %s", param.Name, param.Default, param.Type)
		}
		query.Params = append(query.Params, param)
	}
	asked := paramsOf(body)
	for i, param := range query.Params {
		if !slices.Contains(asked, param.Name) {
			return bad(front.Parameters[i].line, "parameter %s is declared and not used", param.Name)
		}
	}
	for _, name := range asked {
		if !slices.ContainsFunc(query.Params, func(param Param) bool { return param.Name == name }) {
			line := 1 + strings.Count(head, "\n") + strings.Count(body[:strings.Index(body, "$"+name)], "\n")
			return bad(line, "parameter %s is used and not declared", name)
		}
	}
	return query, nil
}

// paramsOf gives the names after "$" in a statement, outside of texts and comments.
func paramsOf(statement string) []string {
	var names []string
	for _, match := range used.FindAllStringSubmatch(aside.ReplaceAllString(statement, " "), -1) {
		names = append(names, match[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// plain is a value that YAML gave as parameters have it.
func plain(value any) any {
	if whole, ok := value.(int); ok {
		return int64(whole)
	}
	return value
}
