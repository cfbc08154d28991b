/*
title: The organization's tree
question: What does the organization hold, and what do its units?
topic: inventory
clouds: [aws]
*/
MATCH (parent:AWSOrganization|AWSOrganizationalUnit)-[:CONTAINS]->(child)
RETURN parent.name AS parent, child.name AS child, child:AWSAccount AS account
ORDER BY parent, child
