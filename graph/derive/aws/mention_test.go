package aws

import (
	"slices"
	"testing"
)

func TestMentions(t *testing.T) {
	for _, test := range []struct {
		name, text     string
		names, numbers []string
	}{
		{"an ARN alone", "arn:aws:iam::222222222222:role/app", []string{"arn:aws:iam::222222222222:role/app"}, []string{"222222222222"}},
		{"one's own", "arn:aws:iam::111111111111:role/app", nil, nil},
		{"of no account, up to a wildcard", "arn:aws:s3:::logs-*", []string{"arn:aws:s3:::logs-"}, nil},
		{"in a setting", "NAME=arn:aws:s3:::logs/x y", []string{"arn:aws:s3:::logs/x"}, nil},
		{"between bars", "ECS|arn:aws:s3:::logs|x", []string{"arn:aws:s3:::logs"}, nil},
		{"a name with a comma", `{"Resource":"arn:aws:iam::222222222222:role/a,b"}`, []string{"arn:aws:iam::222222222222:role/a,b"}, []string{"222222222222"}},
		{"escaped", `{"Resource":"arn:aws:iam::222222222222:role\/\u0061"}`, []string{"arn:aws:iam::222222222222:role/a"}, []string{"222222222222"}},
		{"a number in a document", `{"Principal":{"AWS":"222222222222"}}`, nil, []string{"222222222222"}},
		{"a number alone", "222222222222", nil, []string{"222222222222"}},
		{"a longer number", `{"N":"2222222222222"}`, nil, nil},
		{"one's own number", `{"Principal":{"AWS":"111111111111"}}`, nil, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var names, numbers []string
			mentions(test.text, ours, func(name string) { names = append(names, name) }, func(digits string) { numbers = append(numbers, digits) })
			for _, want := range test.names {
				if !slices.Contains(names, want) {
					t.Errorf("%v are named, without %s", names, want)
				}
			}
			slices.Sort(numbers)
			if numbers = slices.Compact(numbers); len(test.names) == 0 && len(names) > 0 || !slices.Equal(numbers, test.numbers) {
				t.Errorf("named %v, numbered %v", names, numbers)
			}
		})
	}
}

func TestLettingAnyoneIn(t *testing.T) {
	for text, want := range map[string]bool{
		`{"Statement":{"Principal":"*"}}`:                                true,
		`{"Statement":{"Principal" : {"AWS": ["1", "*"]}}}`:              true,
		`{"Statement":{"Principal":{"Service":["a"],"AWS":"*"}}}`:        true,
		`{"Statement":{"NotPrincipal":{"AWS":"arn:aws:iam::1:user/a"}}}`: true,
		`{"Statement":{"Principal":{"AWS":"\u002a"}}}`:                   true,
		`{"Statement":{"Pr\u0069ncipal":"*"}}`:                           true,
		`{"Statement":{"Principal":{"AWS":["user/a}b","*"]}}}`:           true,
		`{"Statement":{"Principal":{"AWS":"1"},"Resource":"*"}}`:         false,
		`{"Statement":{"Principal":{"AWS":["1"]},"Action":"*"}}`:         false,
		`{"Statement":{"Action":"*","Resource":"*"}}`:                    false,
	} {
		if got := letsAnyone(text); got != want {
			t.Errorf("%s lets anyone in: %t", text, got)
		}
	}
}
