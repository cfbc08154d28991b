/*
title: Security groups open to the world
question: Which security groups let any address in, and how many things have them?
topic: network
clouds: [aws]
severity: MEDIUM
references:
  - https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
*/
MATCH (rules:AWSSecurityGroup)
WITH rules, [rule IN rules.ingress WHERE rule CONTAINS '"0.0.0.0/0"' OR rule CONTAINS '"::/0"'] AS open
WHERE size(open) > 0
RETURN rules.id AS securityGroup, rules.name AS name, size(open) AS openRules, COUNT { ()-[:MEMBER_OF]->(rules) } AS members
ORDER BY securityGroup
