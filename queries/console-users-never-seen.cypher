/*
title: Console users never seen
question: Which users have a password for the console that was never used, as far as AWS tells?
topic: identity
clouds: [aws]
severity: LOW
references:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html
*/
MATCH (user:AWSUser {console: true})
WHERE user.password_last_used IS NULL
RETURN user.id AS user, user.created AS created
ORDER BY user
