/*
title: Console users without a second factor
question: Which users have a password for the console and no second factor?
topic: identity
clouds: [aws]
severity: MEDIUM
references:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html
*/
MATCH (user:AWSUser {console: true, mfa: false})
RETURN user.id AS user, user.password_last_used AS passwordLastUsed
ORDER BY user
