/*
title: Trusts across accounts
question: Which roles name principals of other accounts in their trust policy, and do they ask for an external id?
topic: identity
clouds: [aws]
references:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
*/
MATCH (role:AWSRole)
WITH role, [part IN split(role.trust, ':iam::')[1..] | left(part, 12)] AS named
UNWIND named AS trusted
WITH DISTINCT role, trusted
WHERE trusted <> role.account
OPTIONAL MATCH (account:AWSAccount {account: trusted})
RETURN role.id AS role, trusted, account.name AS name, role.trust CONTAINS 'sts:ExternalId' AS asksExternalId
ORDER BY role, trusted
