/*
title: Workloads without a tag
question: Which workloads lack a tag, so that nobody can be asked?
topic: inventory
clouds: [aws]
severity: LOW
parameters:
  - {name: key, type: text, default: owner, doc: 'the tag''s key'}
*/
MATCH (workload:Workload)
WHERE coalesce(workload.stub, false) = false AND none(tag IN coalesce(workload.tags, []) WHERE tag STARTS WITH $key + '=')
RETURN workload.id AS workload, workload.name AS name
ORDER BY workload
