/*
title: Public stores
question: Which stores can anyone on the internet read or change?
topic: data
clouds: [aws]
severity: HIGH
references:
  - https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
*/
MATCH (:Internet)-[step:CAN_READ|CAN_WRITE]->(store:DataStore)
RETURN store.id AS store, type(step) AS kind, step.technique AS technique, step.verdict AS verdict, step.cause AS cause, store.tags AS tags
ORDER BY store, kind, technique
