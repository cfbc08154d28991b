/*
title: Blast radius
question: What falls to whoever holds this node?
topic: paths
clouds: [aws]
parameters:
  - {name: id, type: text, doc: what is taken to be held}
references:
  - https://attack.mitre.org/tactics/TA0008/
*/
MATCH (start:Entity {id: $id})-[:CAN_EXPLOIT|RUNS_AS|CAN_ASSUME|CAN_ESCALATE_TO|CAN_READ|CAN_ADMINISTER|CAN_DECRYPT|HOLDS_CREDENTIAL_FOR|SENDS_FROM*1..10]->(gained:Entity)
WITH DISTINCT gained
WHERE gained.id <> $id
RETURN gained.id AS gained, gained.name AS name, gained.account AS account
ORDER BY gained
