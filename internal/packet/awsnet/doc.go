// Package awsnet answers which packets get from one place to another in an Amazon VPC, through what, and what
// would have to change. It is pure: the caller translates what was collected (or planned) into a World.
//
//	network := awsnet.New(world)
//	answer := network.FromInternet("eni-1")       // outsider → interface
//	answer  = network.Between("eni-1", "eni-2")   // interface → interface, same or peered VPC
//	classes := network.Classes()                  // interfaces that no rule of the world tells apart
//
// A load balancer is composed by the caller: FromInternet on the balancer's interface, narrowed with Answer.Only to
// the listener's port, then Between(balancer's interface, target's interface) narrowed to the target's port.
//
//	type Answer struct {
//		Verdict   Verdict       // Reached, Blocked or Unknown
//		Proven    packet.Set    // arrive for certain (private addresses as destination)
//		Answered  packet.Set    // the part of Proven whose answers get back
//		Possible  packet.Set    // could arrive, given what is missing
//		Through   []Step        // in the order the packets meet them: public address, gateway, route, NACL, group
//		Blocks    []Step        // what stops the packets; each would have to change
//		Missing   []string      // what was not collected and bears on the answer
//	}
//	func (Answer) Only(packet.Traffic) Answer
//	func (Answer) Exposures() []packet.Service // protocol and destination ports with the sources that reach them
//	func (Answer) Anyone() []packet.Traffic     // those of the exposures open to any outsider, not to listed sources only
//	type Step struct { Kind Kind; ID string; Rules []string; Detail string } // String reads as a sentence
//
// # Three values
//
// What was not collected is named in Answer.Missing. Answer.Proven holds the packets that pass whatever the missing
// data says; Answer.Possible those that could pass for some value of it. Reached means Proven is not empty,
// Blocked that Possible is empty, and Unknown is between.
//
// # One direction, and the answer back
//
// Packets that arrive are in Proven; those whose answers also get back are in Answered, a subset of it. A TCP
// connection needs the answer: for TCP only answered packets are put in Proven. UDP and ICMP may do harm one way.
package awsnet
