package aws

import "testing"

// Configuring IAM policies for using access points
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html), the user Jane.
func TestThroughAnAccessPoint(t *testing.T) {
	jane, eve := "arn:aws:iam::111111111111:user/Jane", "arn:aws:iam::111111111111:user/eve"
	point := "arn:aws:s3:us-west-2:111111111111:accesspoint/my-access-point"
	toJane := `Allow s3:GetObject on ` + point + `/object/Jane/* to ` + jane
	delegates := `Allow * on arn:aws:s3:::bucket, arn:aws:s3:::bucket/* to everyone if {"StringEquals":{"s3:DataAccessPointAccount":"111111111111"}}`
	vpcOnly := `Deny s3:* on * to everyone if {"StringNotEquals":{"s3:AccessPointNetworkOrigin":"VPC"}}`
	for _, c := range []struct {
		name, who, object           string
		point, bucket, own          []string
		vpc, pointNoPublic, noPoint bool
		want                        Decision
	}{
		{name: "the bucket leaves it to its account's access points", who: jane, object: "Jane/f", point: []string{toJane}, bucket: []string{delegates}, want: Allowed},
		{name: "the bucket grants the same", who: jane, object: "Jane/f", point: []string{toJane}, bucket: []string{`Allow s3:GetObject on arn:aws:s3:::bucket/Jane/* to ` + jane}, want: Allowed},
		{name: "the bucket grants nothing", who: jane, object: "Jane/f", point: []string{toJane}, want: ImplicitlyDenied},
		{name: "the access point grants another prefix", who: jane, object: "Bob/f", point: []string{toJane}, bucket: []string{`Allow s3:GetObject on arn:aws:s3:::bucket/* to ` + jane}, want: ImplicitlyDenied},
		{name: "the access point grants another user", who: eve, object: "Jane/f", point: []string{toJane}, bucket: []string{`Allow s3:GetObject on arn:aws:s3:::bucket/* to ` + eve}, want: ImplicitlyDenied},
		{name: "an identity policy allows both", who: eve, object: "Jane/f", own: []string{adminAll}, want: Allowed},
		{name: "an identity policy allows the access point alone", who: eve, object: "Jane/f", own: []string{`Allow s3:* on ` + point + `/*`}, want: ImplicitlyDenied},
		{name: "the bucket denies access points of the internet", who: eve, object: "Jane/f", own: []string{adminAll}, bucket: []string{vpcOnly}, want: ExplicitlyDenied},
		{name: "the bucket admits access points of a VPC", who: eve, object: "Jane/f", own: []string{adminAll}, bucket: []string{vpcOnly}, vpc: true, want: Allowed},
		{name: "without access point the bucket delegates nothing", who: jane, object: "Jane/f", bucket: []string{delegates}, noPoint: true, want: ImplicitlyDenied},
		{name: "anyone, where both grant to everyone", who: "anonymous", object: "Jane/f", point: []string{`Allow s3:GetObject on * to everyone`}, bucket: []string{delegates}, want: Allowed},
		{name: "anyone, where the access point blocks public access", who: "anonymous", object: "Jane/f", point: []string{`Allow s3:GetObject on * to everyone`}, bucket: []string{delegates}, pointNoPublic: true, want: ImplicitlyDenied},
	} {
		t.Run(c.name, func(t *testing.T) {
			who, err := ParsePrincipal(c.who)
			if err != nil {
				t.Fatal(err)
			}
			request := &Request{Principal: who, Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/" + c.object, ResourceAccount: one1}
			own, bucket := &PrincipalPolicies{Identity: policies(t, c.own)}, &ResourcePolicies{Resource: policies(t, c.bucket)}
			got := Evaluate(request, own, bucket)
			if !c.noPoint {
				got = EvaluateThrough(request, own, &AccessPoint{ARN: point, VPC: c.vpc, Policies: ResourcePolicies{Resource: policies(t, c.point), RestrictPublic: c.pointNoPublic}}, bucket)
			}
			if got.Decision != c.want {
				t.Errorf("got %s, want %s\n%q", got.Decision, c.want, got.Evidence())
			}
		})
	}
}
