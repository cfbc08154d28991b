/*
title: Roles and who can assume them
question: Which principals can become which roles, trust and permission both holding?
topic: identity
clouds: [aws]
*/
MATCH (principal:Entity)-[step:CAN_ASSUME]->(role:Principal)
RETURN role.id AS role, principal.id AS principal, step.verdict AS verdict
ORDER BY role, principal
