/*
title: Databases with public addresses
question: Which databases have a public address, and who reaches them?
topic: data
clouds: [aws]
severity: HIGH
references:
  - https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
*/
MATCH (database:AWSDatabase {publicly_accessible: true})
RETURN database.id AS database, database.engine AS engine, EXISTS { (:Internet)-[:CAN_REACH]->(database) } AS reached
ORDER BY reached DESC, database
