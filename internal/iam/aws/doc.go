// Package aws decides, exactly and with proof, what an AWS principal may do.
//
// It is pure: no network, no clock, no graph. It reads policy documents, compiles them once, and answers questions
// about them the way AWS documents its own evaluation ("Policy evaluation logic",
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html). Each layer of that logic
// is one file that cites its page.
//
// # Reading policies
//
//	func ParsePolicy(source string, document []byte) (*Policy, error) // source: ARN and version, or "role X inline Y"
//	func GrantPolicy(source string, grant Grant) (*Policy, error)     // a KMS grant as a resource policy
//
// # Who asks
//
//	func ParsePrincipal(s string) (Principal, error) // ARN of user, role, session, root, federated user, provider; "lambda.amazonaws.com"; "anonymous"
//	type Principal struct {
//		Kind      PrincipalKind     // User, Role, Root, FederatedUser, Provider, Service, Anonymous
//		ARN       string            // of the user, of the role with its path, …; the host or name of a provider or service
//		Session   string            // role session name when known
//		ID        string            // AIDA…, AROA…: gives aws:userid
//		Canonical string            // S3 canonical user ID of the account, when known
//		Issuer    string            // of a federated user, the user's ARN
//		Tags      map[string]string // nil: not known; empty: none
//		LongTerm  bool              // signed by a user's access key: no token, no MFA keys in the request
//	}
//	func (p *Principal) Account() string
//
// # One question
//
//	type Request struct {
//		Principal       Principal
//		Action          string              // "s3:GetObject", or a pattern: allowed only if every action it covers is
//		Resource        string              // ARN, "*", or a pattern: allowed only if everything it covers is
//		ResourceAccount string              // "" = the account in the ARN, else the principal's
//		Context         map[string][]string // condition keys in any case
//		Unknown         []string            // keys whose value is not known; "*" = every key Context does not give
//		Bare            bool                // take no key from the principal or resource: Context is all there is
//		NotBefore       time.Time           // the request's time and its token's issue time are at or after this instant
//	}
//	type PrincipalPolicies struct {
//		Identity []*Policy   // managed, inline and of groups
//		Boundary []*Policy   // nil = none
//		Session  []*Policy   // nil = none
//		SCPs     [][]*Policy // one element per level, root first; nil = none apply (no organization, management account)
//		Missing  []string    // what could not be collected
//	}
//	type ResourcePolicies struct {
//		Resource       []*Policy   // bucket policy, trust policy, key policy and grants, …
//		RCPs           [][]*Policy // one element per level; AWS's own full-access policy is implied at each
//		Endpoint       []*Policy   // nil = not through a VPC endpoint
//		RestrictPublic bool        // S3 RestrictPublicBuckets, of the bucket or of its account
//		Missing        []string    // what could not be collected
//	}
//	func Evaluate(request *Request, principal *PrincipalPolicies, resource *ResourcePolicies) Result
//
//	type Result struct {
//		Decision         Decision // ImplicitlyDenied < ExplicitlyDenied < Possible < Allowed
//		Action, Resource string   // decided on; for a pattern, the member that decided
//		Allows           []Match  // statements of identity and resource policies that speak for it
//		Guardrails       []Check  // every layer examined, and why it did or did not stop the request
//		Unknown          []Doubt  // what a Possible hangs on: statement, key, condition
//		Missing          []string // what was not collected and could change the answer
//	}
//	type Match struct { Layer Layer; Level int; Policy *Policy; Statement *Statement }
//	type Check struct { Layer Layer; Level int; Outcome Outcome; Reason string; By Match }
//	type Doubt struct { Match; Key string; Condition *Condition }
//	func (r *Result) Evidence() []string // one sentence per fact, for people
//
//	func EvaluateThrough(request *Request, principal *PrincipalPolicies, point *AccessPoint, bucket *ResourcePolicies) Result // S3
//
// Either policies argument may be nil. Policies are immutable once parsed and may be shared by any number of goroutines.
//
// # Sets instead of enumeration
//
//	// Some looks for one concrete resource matching request.Resource on which every step is allowed (or possible).
//	type Step struct { Action string; Context map[string][]string } // Context is laid over the request's
//	func Some(request *Request, steps []Step, principal *PrincipalPolicies, resource *ResourcePolicies) Witness
//	type Witness struct { Decision Decision; Resource string; Results []Result }
//
//	func (p *PrincipalPolicies) ResourcePatterns(action string) []string // where allow statements may grant action: index by these
//	func (p *PrincipalPolicies) Actions(resource string) []string       // action patterns that allow statements may grant there
//
//	func CompilePattern(s string) *Pattern
//	func (p *Pattern) Match(s string) bool
//	func (p *Pattern) Contains(q *Pattern) bool
//	func (p *Pattern) Intersects(q *Pattern) (witness string, ok bool)
//
//	func (p *Pattern) Meet(q *Pattern) (both []*Pattern, complete bool) // the intersection, as patterns
//
//	// ExtentOf gives all that a principal may do, as sets of actions and resources with exceptions.
//	func ExtentOf(request *Request, principal *PrincipalPolicies, on *ResourcePolicies, held []Held) Extent
//	type Extent struct { Own []Permission; Held [][]Permission; Complete bool }
//
//	func (p *Policy) Public() bool // as S3 defines it
//
// # Published action table
//
//	func LookupAction(name string) (Action, bool) // access level, resource types with ARN patterns, condition keys
//
// # Batch
//
//	func Simulate(text []byte) Simulated  // one case in JSON
//	func SimulateLine(line []byte) []byte // one NDJSON case in, one NDJSON answer out
package aws
