/*
title: Shortest ways between two
question: By which shortest ways does one gain the other?
topic: paths
clouds: [aws]
parameters:
  - {name: from, type: text, doc: the id at which to start}
  - {name: to, type: text, doc: the id to gain}
*/
MATCH (start:Entity {id: $from}), (finish:Entity {id: $to})
MATCH path = allShortestPaths((start)-[:CAN_EXPLOIT|RUNS_AS|CAN_ASSUME|CAN_ESCALATE_TO|CAN_READ|CAN_ADMINISTER|CAN_DECRYPT|HOLDS_CREDENTIAL_FOR|SENDS_FROM*..12]->(finish))
RETURN length(path) AS steps,
       CASE WHEN any(step IN relationships(path) WHERE step.verdict = 'unknown') THEN 'unknown'
            WHEN any(step IN relationships(path) WHERE step.verdict = 'possible') THEN 'possible'
            ELSE 'proven' END AS verdict,
       reduce(needed = [], step IN relationships(path) | needed + coalesce(step.requires, [])) AS needsAlso,
       path
ORDER BY [node IN nodes(path) | node.id]
