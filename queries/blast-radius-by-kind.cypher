/*
title: Blast radius by kind
question: How much of each kind falls to whoever holds this node?
topic: paths
clouds: [aws]
parameters:
  - {name: id, type: text, doc: what is taken to be held}
*/
MATCH (start:Entity {id: $id})-[:CAN_EXPLOIT|RUNS_AS|CAN_ASSUME|CAN_ESCALATE_TO|CAN_READ|CAN_ADMINISTER|CAN_DECRYPT|HOLDS_CREDENTIAL_FOR|SENDS_FROM*1..10]->(gained:Entity)
WITH DISTINCT gained
WHERE gained.id <> $id
RETURN coalesce(head([label IN labels(gained) WHERE label STARTS WITH 'AWS' OR label STARTS WITH 'Azure' OR label STARTS WITH 'GCP']), 'other') AS kind,
       count(*) AS gained
ORDER BY kind
