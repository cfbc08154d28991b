package managed

import "testing"

func TestFind(t *testing.T) {
	policy, ok := Find("arn:aws:iam::aws:policy/AdministratorAccess")
	if want := `{"Statement":[{"Action":"*","Effect":"Allow","Resource":"*"}],"Version":"2012-10-17"}`; !ok || string(policy.Document) != want || policy.Version != "v1" {
		t.Errorf("AdministratorAccess: %v %s %s", ok, policy.Version, policy.Document)
	}
	if _, ok := Find("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"); !ok {
		t.Error("a policy with a path is not found")
	}
	for _, arn := range []string{"arn:aws:iam::111111111111:policy/AdministratorAccess", "arn:aws-cn:iam::aws:policy/AdministratorAccess", "AdministratorAccess", ""} {
		if _, ok := Find(arn); ok {
			t.Errorf("%q is found", arn)
		}
	}
}
