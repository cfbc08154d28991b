/*
title: Choke steps
question: Which single steps do most of the shortest ways from the internet to accounts and stores take, and what makes each possible?
topic: paths
clouds: [aws]
parameters:
  - {name: least, type: whole, default: 2, doc: fewest targets of a step that is shown}
*/
MATCH (entry:Internet), (target:Account|DataStore)
MATCH path = shortestPath((entry)-[:CAN_EXPLOIT|RUNS_AS|CAN_ASSUME|CAN_ESCALATE_TO|CAN_READ|CAN_ADMINISTER|CAN_DECRYPT|HOLDS_CREDENTIAL_FOR|SENDS_FROM*..12]->(target))
UNWIND relationships(path) AS step
WITH startNode(step).id AS source, type(step) AS kind, endNode(step).id AS gained, step.cause AS cause, count(DISTINCT target) AS targets
WHERE targets >= $least
RETURN source, kind, gained, cause, targets
ORDER BY targets DESC, source, gained
