package aws

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/ingest"
)

func TestTagsInEveryShape(t *testing.T) {
	for body, want := range map[string]tags{
		`[{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]`: {"a=1", "b=2"},
		`[{"key": "a", "value": ""}]`:                              {"a="},
		`[{"TagKey": "a", "TagValue": "1"}]`:                       {"a=1"},
		`{"b": "2", "a": "1"}`:                                     {"a=1", "b=2"},
		`[]`:                                                       {},
		`null`:                                                     nil,
	} {
		var got tags
		if err := json.Unmarshal([]byte(body), &got); err != nil || !cmp.Equal(want, got) {
			t.Errorf("%s: %v, %q", body, err, got)
		}
	}
}

func TestNamesLeaveValuesBehind(t *testing.T) {
	for body, want := range map[string]names{
		`{"B": "x", "A": "y"}`: {"A", "B"},
		`["B", "A"]`:           {"A", "B"},
		`[{"name": "B", "value": "x"}, {"Name": ""}]`: {"", "B"},
		`null`: nil,
	} {
		var got names
		if err := json.Unmarshal([]byte(body), &got); err != nil || !cmp.Equal(want, got) {
			t.Errorf("%s: %v, %q", body, err, got)
		}
	}
}

func TestMoments(t *testing.T) {
	for body, want := range map[string]moment{
		`"2026-11-02T08:30:00+01:00"`:        "2026-11-02T07:30:00Z",
		`"2026-11-22T02:45:43.821368+00:00"`: "2026-11-22T02:45:43Z",
		`1793604600.5`:                       "2026-11-02T07:30:00Z",
		`"no_information"`:                   "no_information",
		`null`:                               "",
	} {
		var got moment
		if err := json.Unmarshal([]byte(body), &got); err != nil || got != want {
			t.Errorf("%s: %v, %q, want %q", body, err, got, want)
		}
	}
}

func TestPoliciesInEveryShape(t *testing.T) {
	const compact = `{"Version":"2012-10-17","Statement":[{"Sid":"a%20b"}]}`
	for _, test := range []struct {
		name, body string
		want       any
		gap        string
	}{
		{"an object", `{"Version": "2012-10-17", "Statement": [{"Sid": "a%20b"}]}`, compact, ""},
		{"text", `"{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"a%20b\"}]}"`, compact, ""},
		{"URL-encoded text", `"%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Sid%22%3A%22a%2520b%22%7D%5D%7D"`, compact, ""},
		{"none", `null`, nil, ""},
		{"empty text", `""`, nil, ""},
		{"not JSON", `"{\"Version\": "`, nil, "policy document of it: not JSON: unexpected end of JSON input"},
		{"another thing", `[1]`, nil, "policy document of it: not a JSON object"},
		{"a number", `7`, nil, "policy document of it: not a JSON object"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var document policy
			if err := json.Unmarshal([]byte(test.body), &document); err != nil {
				t.Fatal(err)
			}
			var facts ingest.Facts
			if got := document.read(&facts, "it"); got != test.want {
				t.Errorf("%v, want %v", got, test.want)
			}
			if gap := append(facts.Gaps, "")[0]; gap != test.gap {
				t.Errorf("gap %q, want %q", gap, test.gap)
			}
		})
	}
}

func TestWhatLooksLikeASecret(t *testing.T) {
	for text, want := range map[string]bool{
		"export DB_PASSWORD=hunter2":                           true,
		"aws_access_key_id = AKIAIOSFODNN7EXAMPLE":             true,
		"-----BEGIN RSA PRIVATE KEY-----":                      true,
		"curl https://user:hunter2@example.com/":               true,
		"mysql -u root -phunter2 shop":                         true,
		`{"apiKey": "0123456789"}`:                             true,
		"export DB_PASSWORD=$(aws ssm get-parameter)":          false,
		"password: {{ resolve:secretsmanager:db }}":            false,
		"secret_arn=arn:aws:secretsmanager:eu-west-1:1:secret": false,
		"yum install -y httpd && systemctl start httpd":        false,
		"curl https://example.com/token/":                      false,
		"":                                                     false,
	} {
		if got := holdsSecret(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for name, want := range map[string]bool{
		"DB_PASSWORD": true, "api-key": true, "API_KEY": true, "GITHUB_TOKEN": true, "PWD": true, "AWS_SECRET_ACCESS_KEY": true, "clientSecret": true, "DATABASE_DSN": true,
		"TABLE_NAME": false, "LOG_LEVEL": false, "KEYBOARD": false, "PASSENGER_COUNT": false, "TOKENIZER": false,
	} {
		if got := secretName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
