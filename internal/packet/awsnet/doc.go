// Package awsnet answers which packets get from one place to another in Amazon VPCs, through what, and what
// would have to change. It is pure: the caller translates what was collected (or planned) into a World.
//
//	network := awsnet.New(world)
//	answer := network.FromInternet("eni-1")       // outsider → interface
//	answer  = network.Between("eni-1", "eni-2")   // interface → interface, in one VPC or over peering, transit gateways, firewalls
//	answer  = network.ToInternet("eni-1")         // interface → internet
//	classes := network.Classes()                  // interfaces that no rule of the world tells apart
//
// A load balancer is composed by the caller: FromInternet on the balancer's interface, narrowed with Answer.Only to
// the listener's port, then Between(balancer's interface, target's interface) narrowed to the target's port. FromInternetTo and BetweenTwo take an
// interface that is not in the world, such as a balancer's.
//
// Answer and Step hold the evidence; Interface, and the World around it, are what to fill in; GroupTraffic and
// NACLTraffic read protocols and ports as the EC2 API writes them.
//
// # Three values
//
// What was not collected is named in Answer.Missing. Answer.Proven holds the packets that pass whatever the missing
// data says; Answer.Possible those that could pass for some value of it, or for a client that sends from a port below
// 1024. Reached means Proven is not empty, Blocked that Possible is empty, and Unknown is between.
//
// # One direction, and the answer back
//
// Packets that arrive are in Proven; those whose answers also get back are in Answered, a subset of it. A TCP
// connection needs the answer: for TCP only answered packets are put in Proven. UDP and ICMP may do harm one way.
package awsnet
