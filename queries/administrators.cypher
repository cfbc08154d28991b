/*
title: Administrators
question: Which principals are administrators of an account by themselves, without a further step?
topic: identity
clouds: [aws]
references:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html
*/
MATCH (principal:Principal)-[step:CAN_ADMINISTER]->(account:Account)
RETURN account.name AS account, principal.id AS principal, step.verdict AS verdict, step.cause AS cause
ORDER BY account, principal
