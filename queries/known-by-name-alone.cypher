/*
title: Known by name alone
question: Which nodes are only named by others and were never collected, and how often?
topic: evidence
clouds: [aws]
*/
MATCH (node:Entity {stub: true})
RETURN node.id AS node, COUNT { (node)--() } AS edges
ORDER BY edges DESC, node
