package technique_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/inroad-security/inroad/graph/technique"
)

const sound = `id: a-sound-one
title: A sound one
summary: It is sound.
category: new-passrole
services: [iam]
severity: HIGH
likelihood: {value: 0.5, reason: a coin}
mitre: [T1098.003]
bind:
  role: {kinds: [AWSRole], is: not-actor, trusts: [lambda.amazonaws.com]}
needs:
  - {action: iam:PassRole, on: role, context: {iam:PassedToService: lambda.amazonaws.com}}
  - any:
      - {of: role, is: path = /}
      - {action: lambda:CreateFunction, on: "arn:{partition}:lambda:{region}:{account}:function:*"}
gain: {edge: CAN_ESCALATE_TO, to: role}
references: [https://docs.aws.amazon.com/]
detection: [iam.amazonaws.com/PassRole]
remediation: Do not.
`

func TestASoundFileLoads(t *testing.T) {
	catalogue, err := technique.Load(fstest.MapFS{"a-sound-one.yaml": {Data: []byte(sound)}})
	if err != nil {
		t.Fatal(err)
	}
	found, known := catalogue.Find("a-sound-one")
	if !known || !found.Rule() {
		t.Fatalf("found %v, with a rule: %v", known, found.Rule())
	}
	if got := strings.Join(found.Permissions(), " "); got != "iam:PassRole lambda:CreateFunction" {
		t.Errorf("permissions: %s", got)
	}
}

func TestADefectIsNamedWithFileAndLine(t *testing.T) {
	for name, defect := range map[string]struct{ old, new, want string }{
		"a field that does not exist":             {"title:", "tittle:", "line 2: field tittle not found"},
		"a kind that does not exist":              {"AWSRole]", "AWSRoll]", `line 10: no kind of node is called "AWSRoll"`},
		"an action with a wildcard":               {"action: lambda:CreateFunction", "action: lambda:Create*", `line 15: action "lambda:Create*": want one action`},
		"an action without a service":             {"action: iam:PassRole", "action: PassRole", "line 12: action"},
		"a variable that is not bound":            {"on: role,", "on: roll,", `line 12: no variable is called "roll"`},
		"a placeholder that is not bound":         {"{account}", "{acount}", "line 15: {acount}: no variable is called that"},
		"a property that the kind does not have":  {"path = /", "pad = /", `line 14: "pad = /": AWSRole has no property pad`},
		"an operator that does not exist":         {"path = /", "path ~ /", "line 14:"},
		"a category that does not exist":          {"new-passrole", "magic", "line 4: category"},
		"a severity that does not exist":          {"HIGH", "DIRE", "line 6: severity"},
		"a likelihood beyond one":                 {"0.5", "5", "line 7: likelihood"},
		"a technique that ATT&CK does not number": {"T1098.003", "1098", `line 8: "1098" is not an id of MITRE ATT&CK`},
		"a gain of an edge that is no attack":     {"CAN_ESCALATE_TO", "CONTAINS", `line 16: no attack edge is called "CONTAINS"`},
		"a gain of the account by nobody":         {"to: role}", "to: account}", "line 16: a gain of the account"},
		"a file called otherwise":                 {"id: a-sound-one", "id: another-one", "line 1: id"},
		"a need that is two things":               {"{of: role, is: path = /}", "{of: role, is: path = /, assume: rain}", "line 14: a need is one of"},
		"an event without its source":             {"iam.amazonaws.com/PassRole", "PassRole", `line 18: "PassRole"`},
		"both a gain and composes":                {"references:", "composes: [a-sound-one]\nreferences:", "an entry has either"},
		"YAML that is none":                       {"title: A", "title: [A", "line "},
	} {
		t.Run(name, func(t *testing.T) {
			data := strings.Replace(sound, defect.old, defect.new, 1)
			if data == sound {
				t.Fatal("the defect is not in the file")
			}
			_, err := technique.Load(fstest.MapFS{"a-sound-one.yaml": {Data: []byte(data)}})
			if err == nil || !strings.Contains(err.Error(), defect.want) || !strings.Contains(err.Error(), "a-sound-one.yaml") {
				t.Errorf("got %v, want %s", err, defect.want)
			}
		})
	}
}

func TestAnUnknownPartIsNamed(t *testing.T) {
	i := strings.Index(sound, "bind:")
	j := strings.Index(sound, "references:")
	data := sound[:i] + "composes: [nowhere-001]\n" + sound[j:]
	_, err := technique.Load(fstest.MapFS{"a-sound-one.yaml": {Data: []byte(data)}})
	if err == nil || !strings.Contains(err.Error(), "nowhere-001") {
		t.Errorf("got %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(sound))
	f.Fuzz(func(_ *testing.T, data []byte) {
		_, _ = technique.Load(fstest.MapFS{"a-sound-one.yaml": {Data: data}}) // must not panic
	})
}
