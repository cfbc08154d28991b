/*
title: Control policies and whom they govern
question: Which service and resource control policies of your own are attached where, and which accounts do they govern?
topic: identity
clouds: [aws]
references:
  - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
*/
MATCH (policy:AWSControlPolicy {aws_managed: false})-[:ATTACHED_TO]->(place)-[:CONTAINS*0..6]->(account:AWSAccount)
WITH policy, place, account
ORDER BY account.name
RETURN policy.name AS policy, policy.type AS type, place.name AS attachedTo, collect(DISTINCT account.name) AS accounts
ORDER BY policy, attachedTo
