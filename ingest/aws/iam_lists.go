package aws

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

var mapUsers = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, _ string, answer struct {
	Users []struct {
		ARN, UserName    string
		PasswordLastUsed moment
	}
},
) {
	for _, user := range answer.Users {
		facts.Node(graph.ID(user.ARN), kinds.AWSUser, graph.Props{
			"name": user.UserName, "account": site.Account, "password_last_used": string(user.PasswordLastUsed),
		})
		facts.Alias(userID(site, user.UserName), graph.ID(user.ARN))
	}
})

// mapAccessKeys gives each key, and counts each user's. An answer for one user tells that there are none, too.
var mapAccessKeys = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, user string, answer struct {
	AccessKeyMetadata []struct {
		UserName, AccessKeyID, Status string
		CreateDate                    moment
	}
},
) {
	type keys struct {
		all, active int64
		oldest      string
	}
	byUser := map[string]*keys{}
	if user != "" {
		byUser[user] = &keys{}
	}
	for _, key := range answer.AccessKeyMetadata {
		held := byUser[key.UserName]
		if held == nil {
			held = &keys{}
			byUser[key.UserName] = held
		}
		held.all++
		if key.AccessKeyID != "" {
			id := accessKeyID(site, key.AccessKeyID)
			facts.Node(id, kinds.AWSAccessKey, graph.Props{
				"name": key.AccessKeyID, "account": site.Account, "status": key.Status, "created": string(key.CreateDate),
			})
			facts.Edge(userID(site, key.UserName), kinds.Contains, id)
		}
		if key.Status == "Active" {
			held.active++
			if created := string(key.CreateDate); created != "" && (held.oldest == "" || created < held.oldest) {
				held.oldest = created
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byUser)) {
		held := byUser[name]
		aboutUser(facts, site, name, graph.Props{"access_keys": held.all, "active_keys": held.active, "oldest_key_created": held.oldest})
	}
})

// accessKeyID names a key by its id, which is unique and no secret
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids).
func accessKeyID(site ingest.Site, key string) graph.ID {
	return site.GlobalARN("iam", "access-key/"+key)
}

// mapAccessKeyUse reads when a key was last used: "a null value" of the date says never since April 2015
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyLastUsed.html).
var mapAccessKeyUse = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, key string, answer struct {
	AccessKeyLastUsed *struct {
		LastUsedDate moment
		ServiceName  string
	}
},
) {
	if use := answer.AccessKeyLastUsed; use != nil && key != "" {
		props := graph.Props{"last_used": never}
		if use.LastUsedDate != "" { // else the service is N/A
			props = graph.Props{"last_used": string(use.LastUsedDate), "last_used_service": use.ServiceName}
		}
		facts.Node(accessKeyID(site, key), kinds.AWSAccessKey, props)
		facts.Nodes[len(facts.Nodes)-1].Stub = true
	}
})

// never stands in place of a time for what AWS says was not used.
const never = "never"

var mapMFADevices = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, user string, answer struct {
	MFADevices []struct{ UserName string }
},
) {
	for _, device := range answer.MFADevices {
		aboutUser(facts, site, device.UserName, graph.Props{"mfa": true})
	}
	if user != "" {
		aboutUser(facts, site, user, graph.Props{"mfa": len(answer.MFADevices) > 0})
	}
})

type loginProfile struct{ UserName string }

var mapLoginProfile = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, user string, answer struct {
	LoginProfile  *loginProfile
	LoginProfiles []loginProfile
},
) {
	for _, profile := range answer.LoginProfiles {
		aboutUser(facts, site, profile.UserName, graph.Props{"console": true})
	}
	if profile := answer.LoginProfile; profile != nil {
		aboutUser(facts, site, cmp.Or(user, profile.UserName), graph.Props{"console": true})
	} else if user != "" {
		aboutUser(facts, site, user, graph.Props{"console": false})
	}
})

// aboutUser adds to a user that the authorization details hold; the name is all that the answer tells of it.
func aboutUser(facts *ingest.Facts, site ingest.Site, name string, props graph.Props) {
	if name == "" {
		return
	}
	facts.Node(userID(site, name), kinds.AWSUser, props)
	facts.Nodes[len(facts.Nodes)-1].Stub = true
}

var mapInstanceProfiles = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, _ string, answer struct {
	InstanceProfiles []instanceProfile
},
) {
	for _, profile := range answer.InstanceProfiles {
		addInstanceProfile(facts, site, profile)
	}
})

var mapOIDCProviders = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, _ string, answer struct {
	OpenIDConnectProviderList []struct{ ARN string }
},
) {
	for _, provider := range answer.OpenIDConnectProviderList {
		addProvider(facts, site, provider.ARN, graph.Props{"type": "oidc"})
	}
})

var mapOIDCProvider = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, arn string, answer struct {
	URL          string
	ClientIDList []string
	Tags         tags
},
) {
	var audiences []string
	if answer.ClientIDList != nil {
		audiences = graph.Sorted(answer.ClientIDList)
	}
	addProvider(facts, site, arn, graph.Props{"type": "oidc", "url": answer.URL, "audiences": audiences, "tags": answer.Tags.list()})
})

var mapSAMLProviders = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, _ string, answer struct {
	SAMLProviderList []struct{ ARN string }
},
) {
	for _, provider := range answer.SAMLProviderList {
		addProvider(facts, site, provider.ARN, graph.Props{"type": "saml"})
	}
})

func addProvider(facts *ingest.Facts, site ingest.Site, arn string, props graph.Props) {
	_, name, _ := strings.Cut(arn, "-provider/")
	props["name"], props["account"] = name, site.Account
	facts.Node(graph.ID(arn), kinds.AWSIdentityProvider, props)
	facts.Edge(site.AccountID(), kinds.Contains, graph.ID(arn))
}

// mapAccountSummary reads what the summary says of the root user
// (https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html).
var mapAccountSummary = ingest.Mapping(func(facts *ingest.Facts, site ingest.Site, _ string, answer struct {
	SummaryMap map[string]int64
},
) {
	props := graph.Props{"account": site.Account}
	if devices, ok := answer.SummaryMap["AccountMFAEnabled"]; ok {
		props["root_mfa"] = devices > 0
	}
	if keys, ok := answer.SummaryMap["AccountAccessKeysPresent"]; ok {
		props["root_access_keys"] = keys > 0
	}
	facts.Node(site.AccountID(), kinds.AWSAccount, props)
})
