/*
title: Secrets that are not rotated
question: Which secrets have no rotation?
topic: data
clouds: [aws]
severity: LOW
references:
  - https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html
*/
MATCH (secret:AWSSecret {rotation: false})
RETURN secret.id AS secret, secret.last_accessed AS lastAccessed
ORDER BY secret
