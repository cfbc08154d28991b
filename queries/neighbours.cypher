/*
title: Neighbours
question: Which edges of whatever kind leave this node or lead to it?
topic: inventory
clouds: [aws]
parameters:
  - {name: id, type: text, doc: the node's id}
*/
MATCH (node:Entity {id: $id})-[edge]-(other:Entity)
RETURN startNode(edge).id AS source, type(edge) AS kind, endNode(edge).id AS target, edge.verdict AS verdict
ORDER BY source, kind, target
