/*
title: Stores by classification
question: Which stores are tagged with a classification, and are they encrypted?
topic: data
clouds: [aws]
parameters:
  - {name: key, type: text, default: data-classification, doc: the tag's key}
*/
MATCH (store:DataStore)
UNWIND [tag IN store.tags WHERE tag STARTS WITH $key + '='] AS tag
RETURN split(tag, '=')[1] AS classification, store.id AS store, coalesce(toString(store.encrypted), store.encryption) AS encrypted
ORDER BY classification, store
