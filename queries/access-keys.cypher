/*
title: Access keys
question: Which users have active access keys, and how old is the oldest?
topic: identity
clouds: [aws]
references:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
*/
MATCH (user:AWSUser)
WHERE user.active_keys > 0
RETURN user.id AS user, user.active_keys AS activeKeys, user.oldest_key_created AS oldestCreated
ORDER BY oldestCreated, user
