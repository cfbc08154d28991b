/*
title: Roles for federated identities
question: Which roles can identities of an OIDC or SAML provider assume?
topic: identity
clouds: [aws]
references:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
*/
MATCH (provider:AWSIdentityProvider)-[step:CAN_ASSUME]->(role:AWSRole)
RETURN provider.url AS provider, provider.type AS type, role.id AS role, step.verdict AS verdict, step.cause AS cause
ORDER BY provider, role
