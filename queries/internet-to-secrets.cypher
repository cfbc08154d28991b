/*
title: Internet to secrets
question: By which shortest ways does an outsider gain secrets and secret parameters?
topic: paths
clouds: [aws]
severity: HIGH
references:
  - https://attack.mitre.org/techniques/T1555/006/
*/
MATCH (entry:Internet), (secret:Secret)
MATCH path = shortestPath((entry)-[:CAN_EXPLOIT|RUNS_AS|CAN_ASSUME|CAN_ESCALATE_TO|CAN_READ|CAN_ADMINISTER|CAN_DECRYPT|HOLDS_CREDENTIAL_FOR|SENDS_FROM*..12]->(secret))
RETURN secret.id AS secret, length(path) AS steps,
       CASE WHEN any(step IN relationships(path) WHERE step.verdict = 'unknown') THEN 'unknown'
            WHEN any(step IN relationships(path) WHERE step.verdict = 'possible') THEN 'possible'
            ELSE 'proven' END AS verdict,
       reduce(needed = [], step IN relationships(path) | needed + coalesce(step.requires, [])) AS needsAlso,
       path
ORDER BY steps, secret
