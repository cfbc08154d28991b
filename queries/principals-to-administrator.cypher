/*
title: Principals that can become administrator
question: Which principals can gain full control of an account, and by which shortest way?
topic: paths
clouds: [aws]
references:
  - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
*/
MATCH (principal:Principal), (account:Account)
MATCH path = shortestPath((principal)-[:CAN_EXPLOIT|RUNS_AS|CAN_ASSUME|CAN_ESCALATE_TO|CAN_READ|CAN_ADMINISTER|CAN_DECRYPT|HOLDS_CREDENTIAL_FOR|SENDS_FROM*..8]->(account))
RETURN principal.id AS principal, account.name AS account, length(path) AS steps,
       CASE WHEN any(step IN relationships(path) WHERE step.verdict = 'unknown') THEN 'unknown'
            WHEN any(step IN relationships(path) WHERE step.verdict = 'possible') THEN 'possible'
            ELSE 'proven' END AS verdict,
       [step IN relationships(path) | step.technique] AS techniques
ORDER BY principal, account
