/*
title: Accounts without a trail
question: Which accounts does no CloudTrail trail that is logging cover?
topic: data
clouds: [aws]
severity: MEDIUM
references:
  - https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
*/
MATCH (account:AWSAccount)
WHERE NOT EXISTS { MATCH (trail:AWSTrail {logging: true}) WHERE trail.account = account.account OR trail.organization_trail = true }
RETURN account.account AS account, account.name AS name
ORDER BY account
