/*
title: Steps that need more
question: Which steps need more to be held than their source?
topic: evidence
clouds: [aws]
*/
MATCH (source:Entity)-[step]->(target:Entity)
WHERE step.requires IS NOT NULL
UNWIND step.requires AS needed
RETURN source.id AS source, type(step) AS kind, target.id AS target, needed
ORDER BY source, target, kind, needed
