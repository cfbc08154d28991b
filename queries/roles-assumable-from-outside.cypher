/*
title: Roles assumable from outside
question: Which roles can be assumed by someone of whom nothing was collected, or by anyone at all?
topic: identity
clouds: [aws]
severity: MEDIUM
references:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
*/
MATCH (outsider:Entity)-[step:CAN_ASSUME]->(role:Principal)
WHERE outsider:Entry OR outsider:AWSIdentityProvider OR outsider.stub = true
RETURN role.id AS role, outsider.id AS outsider, step.verdict AS verdict, step.cause AS cause
ORDER BY role, outsider
