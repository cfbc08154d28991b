/*
title: Root users at risk
question: Which accounts have a root user without a second factor, or with access keys?
topic: identity
clouds: [aws]
severity: CRITICAL
references:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html
*/
MATCH (account:AWSAccount)
WHERE account.root_mfa = false OR account.root_access_keys = true
RETURN account.account AS account, account.name AS name, account.root_mfa AS secondFactor, account.root_access_keys AS accessKeys
ORDER BY account
