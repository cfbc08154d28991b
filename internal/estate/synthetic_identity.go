package estate

import (
	"fmt"
	"strings"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
)

const everything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

// identities makes roles, users and groups with their policies.
func (account *account) identities() {
	account.service("global", "iam")
	full := account.add(graph.ID("arn:aws:iam::aws:policy/AdministratorAccess"), kinds.AWSPolicy, "", graph.Props{
		"document": everything, "version": "v1", "aws_managed": true, "tags": []string{}, "attachments": int64(1),
	})
	// A policy of AWS is in every account alike: no account holds it.
	delete(account.services[len(account.services)-1].Nodes[0].Props, "account")
	admin := account.role("administrator", rootTrust(account.digits))
	account.link(admin, kinds.HasPolicy, full)
	account.gain(admin, kinds.CanAdminister, rootOf(account.digits), "aws-administrator", graph.Cause("statement:"+full+"#0"), full)

	for i := range max(2, account.share(120)) {
		switch {
		case i%3 == 0:
			role := account.role(fmt.Sprintf("instance-%d", i), serviceTrust("ec2.amazonaws.com"))
			account.instanceRoles = append(account.instanceRoles, role)
			account.workloadPolicy(role, i)
		case i%3 == 1:
			role := account.role(fmt.Sprintf("function-%d", i), serviceTrust("lambda.amazonaws.com"))
			account.functionRoles = append(account.functionRoles, role)
			account.workloadPolicy(role, i)
		case i%30 == 29 && account.number > 0:
			account.partner(i)
		default:
			role := account.role(fmt.Sprintf("team-%d", i), rootTrust(account.digits))
			account.workloadPolicy(role, i)
		}
	}
	account.users()
	for _, role := range account.roles {
		if account.chance(12) {
			account.assumption(role)
		}
	}
}

func rootTrust(digits string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"sts:AssumeRole"}]}`, rootOf(digits))
}

func serviceTrust(service string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"%s"},"Action":"sts:AssumeRole"}]}`, service)
}

func (account *account) role(name, trust string) graph.ID {
	id := account.arn("iam", "", "role/"+name)
	account.roles = append(account.roles, id)
	return account.add(id, kinds.AWSRole, "", graph.Props{
		"path": "/", "role_id": fmt.Sprintf("AROA%08d%08d", account.number, len(account.roles)), "trust": trust, "created": "2024-03-01T00:00:00Z", "service_linked": false,
	})
}

// inline gives a principal a policy of its own.
func (account *account) inline(owner graph.ID, name, document string) graph.ID {
	id := owner + "/inline-policy/" + graph.ID(name)
	account.add(id, kinds.AWSInlinePolicy, "", graph.Props{"document": document})
	account.link(owner, kinds.HasPolicy, id)
	return id
}

// workloadPolicy lets a role read a few stores with their keys; one role in 40 may do more than it should.
func (account *account) workloadPolicy(role graph.ID, i int) {
	var statements []string
	policy := role + "/inline-policy/access"
	allow := func(sid, action string, resources []string) {
		statements = append(statements, fmt.Sprintf(`{"Sid":"%s","Effect":"Allow","Action":%s,"Resource":["%s"]}`, sid, action, strings.Join(resources, `","`)))
	}
	read := func(sid, action, suffix string, stores []graph.ID, count int) {
		var resources []string
		for range count {
			store := pick(account, stores)
			resources = append(resources, string(store)+suffix)
			account.reads(role, store, graph.Cause("statement:"+policy+"#"+graph.ID(sid)), policy)
		}
		allow(sid, action, resources)
	}
	read("Objects", `["s3:GetObject","s3:ListBucket"]`, "/*", account.buckets, 8)
	read("Secrets", `"secretsmanager:GetSecretValue"`, "", account.secrets, 4)
	read("Parameters", `["ssm:GetParameter","ssm:GetParameters"]`, "", account.parameters, 12)
	for _, key := range account.someKeys() {
		if account.chance(3) {
			account.gain(role, kinds.CanDecrypt, key, "aws-key-decrypt", graph.Cause("statement:"+policy+"#Keys"), policy)
			allow("Keys"+nameIn(key)[24:], `"kms:Decrypt"`, []string{string(key)})
		}
	}
	if i%40 == 7 && len(account.functionRoles) > 0 {
		deployed := pick(account, account.functionRoles)
		allow("Deploy", `["lambda:CreateFunction","lambda:InvokeFunction"]`, []string{"*"})
		allow("Pass", `"iam:PassRole"`, []string{string(deployed)})
		account.gain(role, kinds.CanEscalateTo, deployed, "lambda-001", graph.Cause("statement:"+policy+"#Pass"), policy)
	}
	if i%120 == 61 {
		allow("Rewrite", `"iam:PutRolePolicy"`, []string{string(role)})
		account.gain(role, kinds.CanEscalateTo, rootOf(account.digits), "iam-005", graph.Cause("statement:"+policy+"#Rewrite"), policy)
	}
	account.inline(role, "access", `{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`)
}

// mostKeys is how many of an account's keys one role may have to do with: what all of a large account's would take exceeds the 10,240
// characters of a role's inline policies (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html).
const mostKeys = 10

// someKeys gives a few keys that lie together.
func (account *account) someKeys() []graph.ID {
	if len(account.keys) <= mostKeys {
		return account.keys
	}
	first := account.random.IntN(len(account.keys) - mostKeys)
	return account.keys[first : first+mostKeys]
}

// reads lets a principal read a store; one that a customer's key encrypts needs the key as well.
func (account *account) reads(principal, store graph.ID, cause graph.Cause, policy graph.ID) {
	var requires []graph.ID
	if key := account.keyOf(store); key != "" {
		requires = []graph.ID{key}
	}
	account.gain(principal, kinds.CanRead, store, "aws-store-access", cause, policy, requires...)
}

// keyOf gives the customer's key of a store, empty when it has none.
func (account *account) keyOf(store graph.ID) graph.ID {
	if account.encrypted == nil {
		account.encrypted = map[graph.ID]graph.ID{}
		for _, service := range account.services {
			for _, node := range service.Nodes {
				if key := node.Props.Text("kms_key"); key != "" {
					account.encrypted[node.ID] = graph.ID(key)
				}
			}
		}
	}
	return account.encrypted[store]
}

// partner makes a role that trusts a role of the account before this one, whose administrator may assume it.
func (account *account) partner(i int) {
	other := accountDigits(account.number - 1)
	caller := graph.ID("arn:aws:iam::" + other + ":role/administrator")
	role := account.role(fmt.Sprintf("partner-%d", i), fmt.Sprintf(
		`{"Version":"2012-10-17","Statement":[{"Sid":"Partner","Effect":"Allow","Principal":{"AWS":"%s"},"Action":"sts:AssumeRole"}]}`, caller))
	account.workloadPolicy(role, i)
	account.gain(caller, kinds.CanAssume, role, "aws-assume-role", graph.Cause("statement:"+role+"#Partner"), role)
}

// assumption lets one role assume another.
func (account *account) assumption(role graph.ID) {
	target := pick(account, account.roles)
	if target == role || strings.HasSuffix(string(target), "administrator") && !account.chance(10) {
		return
	}
	policy := account.inline(role, "assume", fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"Assume","Effect":"Allow","Action":"sts:AssumeRole","Resource":"%s"}]}`, target))
	account.gain(role, kinds.CanAssume, target, "aws-assume-role", graph.Cause("statement:"+policy+"#Assume"), policy)
}

func (account *account) users() {
	team := account.add(account.arn("iam", "", "group/developers"), kinds.AWSGroup, "", graph.Props{"path": "/"})
	target := pick(account, account.roles[1:])
	policy := account.inline(team, "work", fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"Work","Effect":"Allow","Action":"sts:AssumeRole","Resource":"%s"}]}`, target))
	for i := range account.share(20) {
		user := account.add(account.arn("iam", "", fmt.Sprintf("user/user-%d", i)), kinds.AWSUser, "", graph.Props{
			"path": "/", "user_id": fmt.Sprintf("AIDA%08d%08d", account.number, i), "created": "2023-06-01T00:00:00Z",
			"active_keys": int64(i % 2), "access_keys": int64(i % 2), "console": i%3 == 0, "mfa": i%3 == 0 && i%2 == 0,
		})
		account.link(user, kinds.MemberOf, team)
		account.gain(user, kinds.CanAssume, target, "aws-assume-role", graph.Cause("statement:"+policy+"#Work"), policy)
	}
}
