/*
title: Holders of AdministratorAccess
question: Who has the policy AdministratorAccess, and does it take effect?
topic: identity
clouds: [aws]
references:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
*/
MATCH (principal:Principal)-[:HAS_POLICY]->(:AWSPolicy {name: 'AdministratorAccess'})
OPTIONAL MATCH (principal)-[:BOUNDED_BY]->(boundary)
RETURN principal.id AS principal,
       EXISTS { (principal)-[:CAN_ADMINISTER]->(:Account) } AS takesEffect,
       boundary.id AS boundary
ORDER BY principal
