/*
title: Public addresses
question: Which interfaces have public addresses, and does anything get through to their instances?
topic: network
clouds: [aws]
*/
MATCH (interface:AWSInterface)
WHERE size(interface.public_ips) > 0
OPTIONAL MATCH (interface)-[:ATTACHED_TO]->(instance:AWSInstance)
RETURN interface.public_ips AS addresses, instance.id AS instance, instance.name AS name, EXISTS { (:Internet)-[:CAN_REACH]->(instance) } AS reached
ORDER BY interface.id
