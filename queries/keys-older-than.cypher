/*
title: Old access keys
question: Which users have an active access key from before a date?
topic: identity
clouds: [aws]
severity: MEDIUM
parameters:
  - {name: before, type: text, doc: 'a date or a time as RFC 3339 writes it, such as 2026-01-01'}
references:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
*/
MATCH (user:AWSUser)
WHERE user.active_keys > 0 AND user.oldest_key_created < $before
RETURN user.id AS user, user.oldest_key_created AS oldestCreated
ORDER BY oldestCreated, user
