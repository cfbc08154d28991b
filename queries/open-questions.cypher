/*
title: Open questions
question: Which steps are only possible or unknown, and on what does each hang?
topic: evidence
clouds: [aws]
*/
MATCH (source:Entity)-[step]->(target:Entity)
WHERE step.verdict <> 'proven'
UNWIND [piece IN coalesce(step.evidence, []) WHERE piece STARTS WITH 'gap: '] AS gap
RETURN step.verdict AS verdict, source.id AS source, type(step) AS kind, target.id AS target, substring(gap, 5) AS open
ORDER BY verdict DESC, source, target, kind, open
