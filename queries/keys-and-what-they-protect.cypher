/*
title: Keys and what they protect
question: What is encrypted by which key, and is the key rotated?
topic: data
clouds: [aws]
references:
  - https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
*/
MATCH (store)-[:USES]->(key:Key)
RETURN key.id AS key, key.name AS name, key.rotation AS rotation, store.id AS store
ORDER BY key, store
