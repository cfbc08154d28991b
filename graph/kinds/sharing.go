package kinds

import "github.com/inroad-security/inroad/graph"

// AWSResourceShare is what AWS Resource Access Manager lets others use.
var AWSResourceShare = node(graph.NodeSpec{Label: "AWSResourceShare", Doc: "A resource share of AWS RAM: it USES the resources that it lets the accounts which it is ATTACHED_TO use.", Classes: []graph.Class{Container}, Props: aws(
	text("status", "ACTIVE …"), flag("external", "it may be shared with accounts outside of the organization"),
	list("principals", "account ids, and ARNs of organizations, units, roles and users, that have it"), list("resources", "ARNs of what it shares"))})
