/*
title: Credentials in settings
question: Which workloads have a variable that is named like a credential, or user data that holds one?
topic: data
clouds: [aws]
severity: MEDIUM
references:
  - https://attack.mitre.org/techniques/T1552/
*/
MATCH (workload:Workload|AWSECSTaskDefinition)
WITH workload, [name IN coalesce(workload.environment_keys, []) WHERE toUpper(name) =~ '.*(SECRET|TOKEN|PASSW|CREDENTIAL|API_?KEY).*'] AS variables
WHERE size(variables) > 0 OR workload.user_data_secret = true
RETURN workload.id AS workload, variables, coalesce(workload.user_data_secret, false) AS userData
ORDER BY workload
