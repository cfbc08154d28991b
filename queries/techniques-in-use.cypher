/*
title: Techniques in use
question: By which techniques are there steps, how many, and how sure?
topic: evidence
clouds: [aws]
*/
MATCH (:Entity)-[step]->(:Entity)
WHERE step.technique IS NOT NULL
RETURN step.technique AS technique, type(step) AS kind, step.verdict AS verdict, count(*) AS steps
ORDER BY technique, kind, verdict
