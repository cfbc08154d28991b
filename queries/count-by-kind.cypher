/*
title: Nodes by kind
question: How many nodes of each kind are there?
topic: inventory
clouds: [aws]
*/
MATCH (node:Entity)
RETURN coalesce(head([label IN labels(node) WHERE label STARTS WITH 'AWS' OR label STARTS WITH 'Azure' OR label STARTS WITH 'GCP']), 'other') AS kind,
       count(*) AS nodes
ORDER BY kind
