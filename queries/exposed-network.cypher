/*
title: Network entry points
question: Which load balancers and other parts of the network do packets from the internet reach?
topic: network
clouds: [aws]
*/
MATCH (:Internet)-[reach:CAN_REACH]->(place:Network)
RETURN place.id AS place, place.name AS name, reach.ports AS ports, reach.verdict AS verdict
ORDER BY place, ports
