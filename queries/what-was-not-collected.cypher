/*
title: What was not collected
question: Which steps are unknown for want of data, and what would tell?
topic: evidence
clouds: [aws]
*/
MATCH (source:Entity)-[step]->(target:Entity)
WHERE step.verdict = 'unknown'
UNWIND [piece IN coalesce(step.evidence, []) WHERE piece STARTS WITH 'gap: '] AS gap
WITH substring(gap, 5) AS missing, type(step) AS kind, count(*) AS steps
ORDER BY kind
RETURN missing, sum(steps) AS steps, collect(kind) AS kinds
ORDER BY steps DESC, missing
