package cli

import (
	"testing"

	"github.com/inroad-security/inroad/graph"
)

func TestShortIDs(t *testing.T) {
	const group = "/subscriptions/22222222-bbbb-4bbb-8bbb-222222222222/resourcegroups/shop"
	for id, want := range map[graph.ID]string{
		"arn:aws:iam::111111111111:role/deployer":                        "role/deployer (111111111111)",
		"arn:aws:iam::111111111111:root":                                 "account 111111111111",
		"arn:aws:s3:::payroll":                                           "s3 payroll",
		group + "/providers/microsoft.web/sites/front":                   "sites/front (shop)",
		group + "/providers/microsoft.sql/servers/orders/databases/main": "servers/orders/databases/main (shop)",
		group: "resourcegroups/shop",
		"/subscriptions/22222222-bbbb-4bbb-8bbb-222222222222":         "subscription 22222222-bbbb-4bbb-8bbb-222222222222",
		"/providers/microsoft.management/managementgroups/production": "managementgroups/production",
		"/directoryobjects/00000001-0000-4000-8000-000000000001":      "directoryobject 00000001-0000-4000-8000-000000000001",
		"/tenants/11111111-aaaa-4aaa-8aaa-111111111111":               "tenant 11111111-aaaa-4aaa-8aaa-111111111111",
		"/": "/",
		"/tenants/11111111-aaaa-4aaa-8aaa-111111111111/directoryroles/abc": "directoryroles/abc",
		graph.Internet: "internet",
	} {
		if got := short(id); got != want {
			t.Errorf("%s is shown as %q, want %q", id, got, want)
		}
	}
}
