/*
title: Internet to personal data
question: By which shortest ways does an outsider gain stores that are tagged as holding personal data?
topic: paths
clouds: [aws]
severity: CRITICAL
parameters:
  - {name: word, type: text, default: pii, doc: what a tag of such a store holds in any case of letters}
references:
  - https://attack.mitre.org/tactics/TA0009/
*/
MATCH (entry:Internet), (store:DataStore)
WHERE any(tag IN store.tags WHERE toLower(tag) CONTAINS toLower($word))
MATCH path = shortestPath((entry)-[:CAN_EXPLOIT|RUNS_AS|CAN_ASSUME|CAN_ESCALATE_TO|CAN_READ|CAN_ADMINISTER|CAN_DECRYPT|HOLDS_CREDENTIAL_FOR|SENDS_FROM*..12]->(store))
RETURN store.id AS store, length(path) AS steps,
       CASE WHEN any(step IN relationships(path) WHERE step.verdict = 'unknown') THEN 'unknown'
            WHEN any(step IN relationships(path) WHERE step.verdict = 'possible') THEN 'possible'
            ELSE 'proven' END AS verdict,
       reduce(needed = [], step IN relationships(path) | needed + coalesce(step.requires, [])) AS needsAlso,
       path
ORDER BY steps, store
