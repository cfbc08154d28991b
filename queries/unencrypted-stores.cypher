/*
title: Stores without encryption
question: Which stores are not encrypted at rest?
topic: data
clouds: [aws]
severity: MEDIUM
references:
  - https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-encryption.html
  - https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.html
*/
MATCH (store:DataStore)
WHERE store.encrypted = false OR store.encryption = 'none'
RETURN store.id AS store, store.tags AS tags
ORDER BY store
