/*
title: Members of groups
question: Who is in which group, and what policies come with it?
topic: identity
clouds: [aws]
references:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html
*/
MATCH (user:AWSUser)-[:MEMBER_OF]->(team:AWSGroup)
OPTIONAL MATCH (team)-[:HAS_POLICY]->(policy)
WITH team, user, policy
ORDER BY policy.name
RETURN team.id AS team, user.id AS user, collect(policy.name) AS policies
ORDER BY team, user
