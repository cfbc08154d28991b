package kinds

import "github.com/inroad-security/inroad/graph"

// What keeps copies.
var (
	AWSBackupVault = node(graph.NodeSpec{Label: "AWSBackupVault", Listed: []string{"backup/list-backup-vaults"}, Doc: "A Backup vault.", Classes: []graph.Class{DataStore}, Props: aws(
		ownPolicy, text("kms_key", "ARN"), flag("locked", "a vault lock keeps recovery points from deletion"), whole("lock_days", "least days that a locked vault keeps a recovery point"), text("lock_date", "RFC 3339: from then on nobody takes the lock away; absent where who may can always"),
		whole("recovery_points", "recovery points in it"))})
	AWSBackupPlan = node(graph.NodeSpec{Label: "AWSBackupPlan", Doc: "A Backup plan.", Props: aws(list("vaults", "names of the vaults that its rules write to"), list("copies_to", "ARNs of the vaults that its rules copy to"))})
)
