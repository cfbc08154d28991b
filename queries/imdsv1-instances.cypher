/*
title: Instances that answer IMDSv1
question: Which instances hand out credentials without a session token, and can an outsider reach them?
topic: network
clouds: [aws]
severity: MEDIUM
references:
  - https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
*/
MATCH (instance:AWSInstance {metadata_tokens: 'optional'})
WHERE coalesce(instance.metadata_disabled, false) = false
OPTIONAL MATCH (instance)-[:RUNS_AS]->(role:Principal)
RETURN instance.id AS instance, instance.name AS name, role.id AS role, EXISTS { (:Internet)-[:CAN_REACH]->(instance) } AS exposed
ORDER BY exposed DESC, instance
