/*
title: Workloads that lead to administrator
question: Which workloads, once taken over, give full control of an account?
topic: paths
clouds: [aws]
severity: HIGH
*/
MATCH (workload:Workload), (account:Account)
MATCH path = shortestPath((workload)-[:CAN_EXPLOIT|RUNS_AS|CAN_ASSUME|CAN_ESCALATE_TO|CAN_READ|CAN_ADMINISTER|CAN_DECRYPT|HOLDS_CREDENTIAL_FOR|SENDS_FROM*..8]->(account))
RETURN workload.id AS workload, workload.name AS name, account.name AS account, length(path) AS steps,
       EXISTS { (:Internet)-[:CAN_REACH]->(workload) } AS exposed
ORDER BY exposed DESC, workload, account
