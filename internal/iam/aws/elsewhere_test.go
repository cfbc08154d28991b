package aws

import "testing"

func TestATypeIsElsewhereOnlyWhereItHoldsNothingOfThePattern(t *testing.T) {
	const instance = "arn:*:ec2:*:*:instance/*"
	for _, test := range []struct {
		kind, pattern string
		elsewhere     bool
	}{
		{instance, "arn:aws:ec2:eu-west-1:111111111111:instance/*", false},
		{instance, "arn:aws:ec2:eu-west-1:111111111111:*", false},
		{instance, "arn:aws:ec2:eu-west-1:111111111111:inst*", false},
		{instance, "arn:aws:ec2:*", false},
		{instance, "arn:aws:ec2:*:111111111111:subnet/*", false}, // the star may run into the resource
		{instance, "*", false},
		{instance, "arn:aws:ec2:eu-west-1:111111111111:subnet/*", true},
		{instance, "arn:aws:rds:eu-west-1:111111111111:instance/*", true},
		{"arn:*:ec2:*::image/*", "arn:aws:ec2:eu-west-1::image/*", false},
		{"arn:*:ec2:*::image/*", "arn:aws:ec2:eu-west-1:111111111111:image/*", true},
		{"arn:*:s3:::*", "arn:aws:s3:::logs/*", false},
	} {
		if got := elsewhere(test.kind, test.pattern); got != test.elsewhere {
			t.Errorf("elsewhere(%q, %q) = %v", test.kind, test.pattern, got)
		}
	}
}

// A principal with everything but a few denials is asked about each type of resource that an instance is started with; what
// the other types look like must not be gone through for it.
func BenchmarkSomeAmongManyTypes(b *testing.B) {
	policy, err := ParsePolicy("p", []byte(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"ec2:*","Resource":"*"}]}`))
	if err != nil {
		b.Fatal(err)
	}
	request := Request{Principal: Principal{Kind: User, ARN: "arn:aws:iam::111111111111:user/dev"}, Resource: "arn:aws:ec2:eu-west-1:111111111111:instance/*"}
	for b.Loop() {
		Some(&request, []Step{{Action: "ec2:RunInstances"}}, &PrincipalPolicies{Identity: []*Policy{policy}}, nil)
	}
}
