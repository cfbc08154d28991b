package main

// azureSemantics tells what is evaluated of Azure and Entra ID, and what is not.
const azureSemantics = `
## What is evaluated

| What | How | Where |
|---|---|---|
| Azure RBAC | union over assignments at the resource and all scopes above it of Actions less NotActions, DataActions apart; groups in groups | internal/iam/azure |
| Deny assignments | before all roles; everyone, excluded principals and groups, child scopes. Not collected: what would hold is *possible* | internal/iam/azure |
| Conditions (ABAC) | parsed and three-valued: ActionMatches, the operators on texts, numbers, GUIDs and truth values with their quantifiers. Dates, addresses, sub-operations and attributes that were not collected are not known: *possible* | internal/iam/azure |
| Privileged Identity Management | an eligible role is *possible*: approval and second factor were not collected | both |
| Entra roles | a role's allowed actions on objects of the tenant, of an administrative unit, or one object; restricted management units; who may reset whose password by both sides' roles | graph/derive/azure |
| Owners, Microsoft Graph's application permissions | owners of applications, service principals and groups; permissions that were granted, as actions on the whole tenant | graph/derive/azure |
| The two planes | Global Administrator elevates to all subscriptions; applications, managed identities and federated credentials lead to service principals with roles | graph/derive/azure |
| Security groups | subnet and interface, by priority, default rules, application security groups, service tags; Basic and Standard addresses without a group | graph/derive/azure |
| App Service | public access, access restrictions by priority, service tags that anyone can send from, headers, authentication before the app | graph/derive/azure |
| SQL servers | public access, firewall (all of Azure among it), virtual network rules, private endpoints, Entra administrator | graph/derive/azure |

## What is not

| What | So |
|---|---|
| users and roles inside a database | only the Entra administrator of a SQL server is told; who else can sign in there is not known |
| Conditional Access, approval of eligible roles, PIM for groups | what hangs on them is *possible*, or not told |
| delegated grants (OAuth consents) of users | not told |
| firewalls of storage accounts and key vaults | collected; where one turns others away, or public access is off, edges to the data are *possible*: who stands in a network that is let in is not judged |
| route tables, peering, Azure Firewall, application gateways, load balancers, Front Door, Bastion | not collected: machines are reached at addresses of their own alone |
| devices (Intune), on-premises directories, hybrid workers | not collected |
`
