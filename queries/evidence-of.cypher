/*
title: Evidence of a step
question: What makes the steps from one node to another possible, and what was looked at that did not stop them?
topic: evidence
clouds: [aws]
parameters:
  - {name: from, type: text, doc: the id at which the step starts}
  - {name: to, type: text, doc: the id at which it ends}
*/
MATCH (source:Entity {id: $from})-[step]->(target:Entity {id: $to})
WHERE step.technique IS NOT NULL OR step.evidence IS NOT NULL
UNWIND coalesce(step.evidence, ['none']) AS piece
RETURN type(step) AS kind, step.technique AS technique, step.verdict AS verdict, split(piece, ':')[0] AS role, piece AS evidence
ORDER BY kind, technique, role, evidence
