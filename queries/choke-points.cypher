/*
title: Choke points
question: Which nodes do most of the shortest ways from the internet to accounts and stores cross?
topic: paths
clouds: [aws]
parameters:
  - {name: least, type: whole, default: 2, doc: fewest targets of a node that is shown}
*/
MATCH (entry:Internet), (target:Account|DataStore)
MATCH path = shortestPath((entry)-[:CAN_EXPLOIT|RUNS_AS|CAN_ASSUME|CAN_ESCALATE_TO|CAN_READ|CAN_ADMINISTER|CAN_DECRYPT|HOLDS_CREDENTIAL_FOR|SENDS_FROM*..12]->(target))
UNWIND nodes(path)[1..-1] AS crossed
WITH crossed, count(DISTINCT target) AS targets
WHERE targets >= $least
RETURN crossed.id AS node, crossed.name AS name, targets
ORDER BY targets DESC, node
