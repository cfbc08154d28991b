/*
title: Roles not used since
question: Which roles were not used since a date, or never as far as AWS tells, and are they administrators?
topic: identity
clouds: [aws]
severity: LOW
parameters:
  - {name: before, type: text, doc: 'a date or a time as RFC 3339 writes it, such as 2026-01-01'}
references:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html
*/
MATCH (role:AWSRole)
WHERE (role.last_used = 'never' OR role.last_used < $before) AND coalesce(role.service_linked, false) = false
RETURN role.id AS role, role.last_used AS lastUsed, EXISTS { (role)-[:CAN_ADMINISTER]->(:Account) } AS administrator
ORDER BY administrator DESC, role
