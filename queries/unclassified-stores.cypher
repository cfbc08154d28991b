/*
title: Stores without a classification
question: Which stores carry no tag of a classification?
topic: data
clouds: [aws]
severity: LOW
parameters:
  - {name: key, type: text, default: data-classification, doc: the tag's key}
*/
MATCH (store:DataStore)
WHERE coalesce(store.stub, false) = false AND none(tag IN coalesce(store.tags, []) WHERE tag STARTS WITH $key + '=')
RETURN store.id AS store, store.name AS name
ORDER BY store
