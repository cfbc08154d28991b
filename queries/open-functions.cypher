/*
title: Functions that anyone may call
question: Which functions have a URL that asks for no authentication, and as what do they run?
topic: network
clouds: [aws]
severity: MEDIUM
references:
  - https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
*/
MATCH (function:AWSFunction {url_auth: 'NONE'})
OPTIONAL MATCH (function)-[:RUNS_AS]->(role:Principal)
RETURN function.id AS function, function.url AS url, role.id AS role
ORDER BY function
