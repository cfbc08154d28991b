/*
title: Who can gain this
question: From where can this node be gained, by whatever way?
topic: paths
clouds: [aws]
parameters:
  - {name: id, type: text, doc: what is to be gained}
*/
MATCH (source:Entity)-[:CAN_EXPLOIT|RUNS_AS|CAN_ASSUME|CAN_ESCALATE_TO|CAN_READ|CAN_ADMINISTER|CAN_DECRYPT|HOLDS_CREDENTIAL_FOR|SENDS_FROM*1..10]->(target:Entity {id: $id})
WITH DISTINCT source
WHERE source.id <> $id
RETURN source.id AS source, source.name AS name, source.account AS account
ORDER BY source
