/*
title: Steps between accounts
question: Which attack steps lead from one account into another?
topic: paths
clouds: [aws]
references:
  - https://attack.mitre.org/tactics/TA0008/
*/
MATCH (source:Entity)-[step:CAN_EXPLOIT|RUNS_AS|CAN_ASSUME|CAN_ESCALATE_TO|CAN_READ|CAN_ADMINISTER|CAN_DECRYPT|HOLDS_CREDENTIAL_FOR|SENDS_FROM]->(target:Entity)
WHERE source.account <> target.account
RETURN source.id AS source, type(step) AS kind, step.technique AS technique, target.id AS target, step.verdict AS verdict
ORDER BY source, target, kind
