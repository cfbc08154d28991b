package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		once("backup", "list-backup-vaults", "backup:ListBackupVaults", ingest.Mapping(mapVaults), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, backup.NewListBackupVaultsPaginator(backup.NewFromConfig(config), &backup.ListBackupVaultsInput{}))
		}),
		perItem("backup", "get-backup-vault-access-policy", "backup:GetBackupVaultAccessPolicy", of{"list-backup-vaults", "BackupVaultList[].BackupVaultName", "--backup-vault-name"}, ingest.Mapping(mapVaultPolicy),
			func(ctx context.Context, config aws.Config, name string) (any, error) {
				return backup.NewFromConfig(config).GetBackupVaultAccessPolicy(ctx, &backup.GetBackupVaultAccessPolicyInput{BackupVaultName: &name})
			}, "ResourceNotFoundException"),
		once("backup", "list-protected-resources", "backup:ListProtectedResources", ingest.Mapping(mapProtected), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, backup.NewListProtectedResourcesPaginator(backup.NewFromConfig(config), &backup.ListProtectedResourcesInput{}))
		}),
		once("backup", "list-backup-plans", "backup:ListBackupPlans", ingest.Mapping(mapBackupPlans), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, backup.NewListBackupPlansPaginator(backup.NewFromConfig(config), &backup.ListBackupPlansInput{}))
		}),
		perItem("backup", "get-backup-plan", "backup:GetBackupPlan", of{"list-backup-plans", "BackupPlansList[].BackupPlanId", "--backup-plan-id"}, ingest.Mapping(mapBackupPlan),
			func(ctx context.Context, config aws.Config, id string) (any, error) {
				return backup.NewFromConfig(config).GetBackupPlan(ctx, &backup.GetBackupPlanInput{BackupPlanId: &id})
			}, "ResourceNotFoundException"),
	)
}

type vaults struct {
	BackupVaultList []struct {
		BackupVaultARN, BackupVaultName, EncryptionKeyARN string
		NumberOfRecoveryPoints, MinRetentionDays          *int64
		Locked                                            *bool
		LockDate                                          moment
	}
}

func mapVaults(facts *ingest.Facts, site ingest.Site, _ string, body vaults) {
	for _, vault := range body.BackupVaultList {
		id := cmp.Or(vault.BackupVaultARN, resource(site, "backup", "backup-vault:", vault.BackupVaultName))
		describe(facts, site, kinds.AWSBackupVault, id, vault.BackupVaultName, nil, graph.Props{
			"kms_key": vault.EncryptionKeyARN, "locked": vault.Locked, "lock_days": vault.MinRetentionDays, "lock_date": string(vault.LockDate), "recovery_points": vault.NumberOfRecoveryPoints,
		}).usesKey(vault.EncryptionKeyARN)
	}
}

type vaultPolicy struct{ Policy policy }

func mapVaultPolicy(facts *ingest.Facts, site ingest.Site, name string, body vaultPolicy) {
	id := resource(site, "backup", "backup-vault:", name)
	contribute(facts, kinds.AWSBackupVault, id, graph.Props{"policy": body.Policy.orNone(facts, id)})
}

type protectedResources struct {
	Results []struct{ ResourceARN, LastBackupVaultARN string }
}

// mapProtected reads where the newest recovery point of each resource is.
func mapProtected(facts *ingest.Facts, _ ingest.Site, _ string, body protectedResources) {
	for _, resource := range body.Results {
		if id, kind := asset(resource.ResourceARN); kind != "" && resource.LastBackupVaultARN != "" {
			facts.Stub(graph.ID(id), kind)
			facts.Stub(graph.ID(resource.LastBackupVaultARN), kinds.AWSBackupVault)
			facts.Edge(graph.ID(id), kinds.CopiedTo, graph.ID(resource.LastBackupVaultARN))
		}
	}
}

type backupPlans struct {
	BackupPlansList []struct{ BackupPlanARN, BackupPlanID, BackupPlanName string }
}

func mapBackupPlans(facts *ingest.Facts, site ingest.Site, _ string, body backupPlans) {
	for _, plan := range body.BackupPlansList {
		describe(facts, site, kinds.AWSBackupPlan, cmp.Or(plan.BackupPlanARN, resource(site, "backup", "backup-plan:", plan.BackupPlanID)), plan.BackupPlanName, nil, nil)
	}
}

type backupPlan struct {
	BackupPlanARN string
	BackupPlan    struct{ Rules []backupRule }
}

type backupRule struct {
	TargetBackupVaultName string
	CopyActions           []struct{ DestinationBackupVaultARN string }
}

func mapBackupPlan(facts *ingest.Facts, site ingest.Site, item string, body backupPlan) {
	copies := []string{}
	for _, rule := range body.BackupPlan.Rules {
		for _, one := range rule.CopyActions {
			copies = append(copies, one.DestinationBackupVaultARN)
		}
	}
	found := contribute(facts, kinds.AWSBackupPlan, cmp.Or(body.BackupPlanARN, resource(site, "backup", "backup-plan:", item)), graph.Props{
		"vaults": each(body.BackupPlan.Rules, func(rule backupRule) string { return rule.TargetBackupVaultName }), "copies_to": graph.Sorted(copies),
	})
	for _, rule := range body.BackupPlan.Rules {
		found.to(kinds.Uses, kinds.AWSBackupVault, resource(site, "backup", "backup-vault:", rule.TargetBackupVaultName))
	}
}
