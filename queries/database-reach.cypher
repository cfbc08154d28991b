/*
title: Who reaches databases
question: From where do packets reach databases, and on which ports?
topic: network
clouds: [aws]
*/
MATCH (source)-[reach:CAN_REACH]->(database:AWSDatabase)
RETURN database.id AS database, source.id AS source, source.name AS name, reach.ports AS ports, reach.verdict AS verdict
ORDER BY database, source
