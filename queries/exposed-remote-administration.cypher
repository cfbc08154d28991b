/*
title: Remote administration open to the internet
question: Which workloads can anyone reach on a port of remote administration?
topic: network
clouds: [aws]
severity: HIGH
references:
  - https://attack.mitre.org/techniques/T1133/
*/
MATCH (:Internet)-[step:CAN_EXPLOIT {technique: 'exposed-remote-admin'}]->(workload:Workload)
RETURN workload.id AS workload, workload.name AS name, step.ports AS ports, step.cause AS cause
ORDER BY workload, ports
