/*
title: Subnets with a route to the internet
question: Which subnets does a route table send to an internet gateway, their own table or their VPC's main one?
topic: network
clouds: [aws]
references:
  - https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
*/
MATCH (vpc:AWSVPC)-[:CONTAINS]->(subnet:AWSSubnet)
OPTIONAL MATCH (own:AWSRouteTable)-[:ATTACHED_TO]->(subnet)
OPTIONAL MATCH (vpc)-[:CONTAINS]->(main:AWSRouteTable {main: true})
WITH subnet, coalesce(own, main) AS routes
WHERE EXISTS { (routes)-[:ROUTES_TO]->(:AWSInternetGateway {egress_only: false}) }
RETURN subnet.id AS subnet, subnet.name AS name, routes.id AS routeTable
ORDER BY subnet
