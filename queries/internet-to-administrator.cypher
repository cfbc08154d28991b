/*
title: Internet to administrator
question: By which shortest ways does an outsider gain full control of an account?
topic: paths
clouds: [aws]
severity: CRITICAL
references:
  - https://attack.mitre.org/tactics/TA0004/
*/
MATCH (entry:Internet), (account:Account)
MATCH path = shortestPath((entry)-[:CAN_EXPLOIT|RUNS_AS|CAN_ASSUME|CAN_ESCALATE_TO|CAN_READ|CAN_ADMINISTER|CAN_DECRYPT|HOLDS_CREDENTIAL_FOR|SENDS_FROM*..12]->(account))
RETURN account.id AS account, length(path) AS steps,
       CASE WHEN any(step IN relationships(path) WHERE step.verdict = 'unknown') THEN 'unknown'
            WHEN any(step IN relationships(path) WHERE step.verdict = 'possible') THEN 'possible'
            ELSE 'proven' END AS verdict,
       reduce(needed = [], step IN relationships(path) | needed + coalesce(step.requires, [])) AS needsAlso,
       path
ORDER BY steps, account
