/*
title: What is behind load balancers
question: Which targets does each load balancer send traffic to?
topic: network
clouds: [aws]
*/
MATCH (balancer:AWSLoadBalancer)-[:CONTAINS]->(listener:AWSListener)-[:ROUTES_TO]->(:AWSTargetGroup)-[:ROUTES_TO]->(target)
RETURN balancer.name AS balancer, balancer.scheme AS scheme, listener.port AS port, listener.authenticated AS authenticated, target.id AS target, target.name AS name
ORDER BY balancer, port, target
