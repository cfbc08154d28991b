/*
title: Identities of workloads
question: As which identity does each workload run?
topic: identity
clouds: [aws]
*/
MATCH (workload:Workload)-[:RUNS_AS]->(identity:Principal)
RETURN workload.id AS workload, workload.name AS name, identity.id AS identity
ORDER BY workload, identity
