/*
title: Secrets that workloads read
question: Which secrets can code on which workloads read?
topic: data
clouds: [aws]
references:
  - https://attack.mitre.org/techniques/T1555/006/
*/
MATCH (workload:Workload)-[:RUNS_AS]->(identity:Principal)-[step:CAN_READ]->(secret:Secret)
RETURN secret.id AS secret, workload.id AS workload, identity.id AS identity, step.verdict AS verdict
ORDER BY secret, workload
