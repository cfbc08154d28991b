/*
title: Who can administer this
question: Who has full control of this node in one step, and by what?
topic: identity
clouds: [aws]
parameters:
  - {name: id, type: text, doc: the node's id}
*/
MATCH (holder:Entity)-[step:CAN_ADMINISTER]->(target:Entity {id: $id})
RETURN holder.id AS holder, step.technique AS technique, step.verdict AS verdict, step.cause AS cause
ORDER BY holder, technique
