/*
title: Peered VPCs
question: Which VPCs are peered, and with whose?
topic: network
clouds: [aws]
references:
  - https://docs.aws.amazon.com/vpc/latest/peering/what-is-vpc-peering.html
*/
MATCH (peering:AWSPeering)
WHERE peering.status = 'active'
OPTIONAL MATCH (requester:AWSVPC {id: peering.requester_vpc})
OPTIONAL MATCH (accepter:AWSVPC {id: peering.accepter_vpc})
RETURN peering.requester_vpc AS requester, requester.account AS requesterAccount, peering.accepter_vpc AS accepter, accepter.account AS accepterAccount
ORDER BY requester, accepter
