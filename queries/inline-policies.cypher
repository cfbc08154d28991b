/*
title: Inline policies
question: Which principals have policies that live inside them alone?
topic: identity
clouds: [aws]
references:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
*/
MATCH (principal:Entity)-[:HAS_POLICY]->(policy:AWSInlinePolicy)
RETURN principal.id AS principal, policy.name AS policy
ORDER BY principal, policy
