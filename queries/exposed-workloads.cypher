/*
title: Workloads exposed to the internet
question: Which workloads do packets from the internet reach, and on which ports?
topic: network
clouds: [aws]
references:
  - https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
*/
MATCH (:Internet)-[reach:CAN_REACH]->(workload:Workload)
RETURN workload.id AS workload, workload.name AS name, reach.protocol AS protocol, reach.ports AS ports, reach.verdict AS verdict
ORDER BY workload, protocol, ports
