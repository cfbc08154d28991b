/*
title: Resources by a tag
question: Who or what does a tag say resources belong to?
topic: inventory
clouds: [aws]
parameters:
  - {name: key, type: text, default: owner, doc: 'the tag''s key'}
*/
MATCH (node:Entity)
UNWIND [tag IN node.tags WHERE tag STARTS WITH $key + '='] AS tag
WITH substring(tag, size($key) + 1) AS value, node.account AS account, count(*) AS resources
ORDER BY account
RETURN value, sum(resources) AS resources, collect(account) AS accounts
ORDER BY value
