/*
title: Who can escalate
question: Which principals can make themselves another by a technique of the catalogue?
topic: identity
clouds: [aws]
severity: HIGH
references:
  - https://pathfinding.cloud/
*/
MATCH (principal:Principal)-[step:CAN_ESCALATE_TO]->(gained:Entity)
RETURN principal.id AS principal, step.technique AS technique, gained.id AS gained, step.verdict AS verdict, step.cause AS cause
ORDER BY principal, gained, technique
