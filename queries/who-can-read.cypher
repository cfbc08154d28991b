/*
title: Who can read this store
question: Who can read this store, or administer it, in one step, by what, and what is needed also?
topic: data
clouds: [aws]
parameters:
  - {name: id, type: text, doc: the store's id}
*/
MATCH (reader:Entity)-[step:CAN_READ|CAN_ADMINISTER]->(store:Entity {id: $id})
RETURN reader.id AS reader, type(step) AS kind, step.verdict AS verdict, step.cause AS cause, step.requires AS needsAlso
ORDER BY reader, kind, cause
