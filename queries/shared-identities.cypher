/*
title: Identities that workloads share
question: Which identities do several workloads run as, so that each has what any of them needs?
topic: identity
clouds: [aws]
severity: LOW
*/
MATCH (workload:Workload)-[:RUNS_AS]->(identity:Principal)
WITH identity, workload
ORDER BY workload.name
WITH identity, collect(workload.name) AS workloads
WHERE size(workloads) > 1
RETURN identity.id AS identity, workloads
ORDER BY identity
