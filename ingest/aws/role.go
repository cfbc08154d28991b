package aws

import (
	"encoding/json"
	"fmt"
	"strings"
	"text/template"

	_ "embed"
)

// DefaultRole is what the role that reads an account is called in the templates.
const DefaultRole = "inroad-read"

//go:embed stackset.yaml
var stackSetTemplate string

//go:embed role.tf
var moduleTemplate string

// mostManaged is the most characters that a managed policy may have, white space aside, and mostAttached how many of them a
// role may have (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
const (
	mostManaged  = 6144
	mostAttached = 10
)

// parts splits the collector's actions into as few lists as managed policies can hold, in order.
func parts() [][]string {
	const frame = len(`{"Version":"2012-10-17","Statement":[{"Sid":"InroadReads","Effect":"Allow","Action":[],"Resource":"*"}]}`)
	var lists [][]string
	size := mostManaged
	for _, action := range actions() {
		if more := len(action) + len(`"",`); size+more > mostManaged {
			lists, size = append(lists, nil), frame
		}
		last := len(lists) - 1
		lists[last], size = append(lists[last], action), size+len(action)+len(`"",`)
	}
	return lists
}

// CloudFormation is a template of the role that reads an account, for a stack in one account or a stack set in all of an
// organization's. Its policies are made of the actions that the tables declare.
func CloudFormation() []byte { return filled("stackset.yaml", stackSetTemplate) }

// Terraform is a module of the same role.
func Terraform() []byte { return filled("role.tf", moduleTemplate) }

func filled(name, text string) []byte {
	made := template.Must(template.New(name).Funcs(template.FuncMap{
		"json": func(list []string) (string, error) {
			body, err := json.Marshal(list)
			return string(body), err
		},
		"number": func(i int) string { return fmt.Sprint(i + 1) },
	}).Parse(text))
	var out strings.Builder
	if err := made.Execute(&out, map[string]any{"Role": DefaultRole, "Parts": parts()}); err != nil {
		panic("aws: " + err.Error()) // the templates are our own
	}
	return []byte(out.String())
}
