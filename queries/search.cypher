/*
title: Find by name
question: Which nodes have this in their name or id?
topic: inventory
clouds: [aws]
parameters:
  - {name: text, type: text, doc: what to look for in any case of letters}
*/
MATCH (node:Entity)
WHERE toLower(node.id) CONTAINS toLower($text) OR toLower(node.name) CONTAINS toLower($text)
RETURN node.id AS id, node.name AS name, node.account AS account
ORDER BY id
