package finding

import (
	"fmt"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/scoring"
)

// identityChecks are about the credentials of root users, users and roles: their second factors, age and use.
func (limits Limits) identityChecks() []Check {
	return []Check{
		{
			ID: "aws-access-key-old", Title: fmt.Sprintf("Access key is older than %d days", limits.KeyAge), Severity: scoring.Medium,
			Remediation: "Make a new key, move its users to it, deactivate the old one, and delete it once nothing fails; better, replace the user by a role.",
			Find:        limits.oldKeys, Reads: []Read{{kinds.AWSUser, "active_keys"}, {kinds.AWSAccessKey, "created"}},
		},
		{
			ID: "aws-access-key-unused", Title: fmt.Sprintf("Access key was not used for %d days", limits.Unused), Severity: scoring.Medium,
			Remediation: "Deactivate the key (aws iam update-access-key --status Inactive), wait for a complaint, and delete it.",
			Find:        limits.unusedKeys, Reads: []Read{{kinds.AWSUser, "active_keys"}, {kinds.AWSAccessKey, "last_used"}},
		},
		{
			ID: "aws-instance-metadata-v1", Title: "Instance metadata is handed out without a token", Severity: scoring.Medium,
			Remediation: "Require tokens: aws ec2 modify-instance-metadata-options --http-tokens required; make it the account's default.",
			Find:        tokenlessMetadata, Reads: []Read{{kinds.AWSInstance, "metadata_tokens"}},
		},
		{
			ID: "aws-password-unused", Title: fmt.Sprintf("Console password was not used for %d days", limits.Unused), Severity: scoring.Medium,
			Remediation: "Delete the login profile (aws iam delete-login-profile).",
			Find:        limits.unusedPasswords, Reads: []Read{{kinds.AWSUser, "console"}, {kinds.AWSUser, "password_last_used"}},
		},
		{
			ID: "aws-role-unused", Title: fmt.Sprintf("Role was not used for %d days", limits.Unused), Severity: scoring.Low,
			Remediation: "Delete the role, or first deny it everything for a while and see who complains.",
			Find:        limits.unusedRoles, Reads: []Read{{kinds.AWSRole, "last_used"}},
		},
		{
			ID: "aws-root-access-key", Title: "Root user has an access key", Severity: scoring.Critical,
			Remediation: "Delete the root user's access keys; nothing needs them. In an organization, turn on central root access and delete all root credentials.",
			Find:        rootIs("root_access_keys", true, "the root user has access keys"), Reads: []Read{{kinds.AWSAccount, "root_access_keys"}},
		},
		{
			ID: "aws-root-no-mfa", Title: "Root user has no second factor", Severity: scoring.Critical,
			Remediation: "Register a hardware key for the root user, or delete the root user's credentials by central root access.",
			Find:        rootIs("root_mfa", false, "the root user has no second factor"), Reads: []Read{{kinds.AWSAccount, "root_mfa"}},
		},
		{
			ID: "aws-user-no-mfa", Title: "User signs in to the console without a second factor", Severity: scoring.High,
			Remediation: "Have the user register a device, and deny everything else until it has (a condition on aws:MultiFactorAuthPresent); better, move people to IAM Identity Center.",
			Find:        usersWithoutMFA, Reads: []Read{{kinds.AWSUser, "console"}, {kinds.AWSUser, "mfa"}},
		},
	}
}

// rootIs finds accounts of which it is known that their root user is so.
func rootIs(property string, fault bool, detail string) func(*graph.Snapshot) []Match {
	return func(snapshot *graph.Snapshot) []Match {
		var matches []Match
		for i := range snapshot.OfKind(kinds.AWSAccount) {
			if props := snapshot.Props(i); props.Has(property) && props.Flag(property) == fault {
				matches = append(matches, at(snapshot.ID(i), property, detail))
			}
		}
		return matches
	}
}

func usersWithoutMFA(snapshot *graph.Snapshot) []Match {
	var matches []Match
	for i := range snapshot.OfKind(kinds.AWSUser) {
		if props := snapshot.Props(i); props.Flag("console") && props.Has("mfa") && !props.Flag("mfa") {
			matches = append(matches, at(snapshot.ID(i), "mfa", "the user has a password and no second factor"))
		}
	}
	return matches
}

func (limits Limits) oldKeys(snapshot *graph.Snapshot) []Match {
	ages := limits.ages(snapshot)
	return activeKeys(snapshot, func(key graph.Props) (string, string, bool) {
		days, known := ages.days(key.Text("account"), key.Text("created"))
		return "created", fmt.Sprintf("the key was made %d days before the collection", days), known && days > limits.KeyAge
	})
}

func (limits Limits) unusedKeys(snapshot *graph.Snapshot) []Match {
	ages := limits.ages(snapshot)
	return activeKeys(snapshot, func(key graph.Props) (string, string, bool) {
		said, idle := ages.idle(key.Text("account"), key.Text("created"), key.Text("last_used"))
		return "last_used", "the key was " + said, idle
	})
}

// activeKeys judges each active access key and lays the fault at its user's door.
func activeKeys(snapshot *graph.Snapshot, judge func(key graph.Props) (property, detail string, fault bool)) []Match {
	var matches []Match
	for i := range snapshot.OfKind(kinds.AWSAccessKey) {
		key := snapshot.Props(i)
		if key.Text("status") != "Active" {
			continue
		}
		if property, detail, fault := judge(key); fault {
			matches = append(matches, at(snapshot.ID(i), property, detail+ownerOf(snapshot, i)))
		}
	}
	return matches
}

func ownerOf(snapshot *graph.Snapshot, key graph.Index) string {
	for holder := range snapshot.Predecessors(key, kinds.Contains) {
		return fmt.Sprintf("; it is %s's", snapshot.ID(holder))
	}
	return ""
}

func (limits Limits) unusedPasswords(snapshot *graph.Snapshot) []Match {
	ages := limits.ages(snapshot)
	var matches []Match
	for i := range snapshot.OfKind(kinds.AWSUser) {
		props := snapshot.Props(i)
		said, idle := ages.idle(props.Text("account"), props.Text("created"), props.Text("password_last_used"))
		if props.Flag("console") && idle {
			matches = append(matches, at(snapshot.ID(i), "password_last_used", "the password was "+said))
		}
	}
	return matches
}

func (limits Limits) unusedRoles(snapshot *graph.Snapshot) []Match {
	ages := limits.ages(snapshot)
	var matches []Match
	for i := range snapshot.OfKind(kinds.AWSRole) {
		props, id := snapshot.Props(i), snapshot.ID(i)
		said, idle := ages.idle(props.Text("account"), props.Text("created"), props.Text("last_used"))
		if idle && !props.Flag("service_linked") && !strings.Contains(string(id), ":role/aws-reserved/") {
			matches = append(matches, at(id, "last_used", "the role was "+said))
		}
	}
	return matches
}

func tokenlessMetadata(snapshot *graph.Snapshot) []Match {
	var matches []Match
	for i := range snapshot.OfKind(kinds.AWSInstance) {
		props := snapshot.Props(i)
		if props.Text("metadata_tokens") == "optional" && !props.Flag("metadata_disabled") && props.Text("state") != "terminated" {
			matches = append(matches, at(snapshot.ID(i), "metadata_tokens", "the first version of the metadata service answers"))
		}
	}
	return matches
}
