// Package awsfake is an AWS for tests and benchmarks: an organization of accounts in which every read is answered, at once
// and mostly with nothing, in each of AWS's protocols. It has the faults that an organization has. It is no model of any
// service.
package awsfake

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
)

// Call is one request as the server understands it. Operation is empty where only the path tells it.
type Call struct{ Account, Region, Service, Operation, Path string }

// Fault is how a call goes wrong.
type Fault struct {
	// Status and Code are what is answered; a Status of 0 answers nothing until the caller gives up.
	Status int
	Code   string
}

// Server is an organization. The first of its accounts is the management account, whose credentials are those of nobody's
// role.
type Server struct {
	Accounts []string
	Regions  []string
	// Fault tells what goes wrong with a call, if anything. It is called by several goroutines at once.
	Fault func(Call) *Fault

	calls    atomic.Int64
	sessions atomic.Int64
	lock     sync.Mutex
	seen     map[Call]int
}

// Calls is how many requests were made.
func (server *Server) Calls() int64 { return server.calls.Load() }

// Sessions is how many times a role was taken.
func (server *Server) Sessions() int64 { return server.sessions.Load() }

// Seen is how often a call was made, this time among them.
func (server *Server) Seen(call Call) int {
	server.lock.Lock()
	defer server.lock.Unlock()
	if server.seen == nil {
		server.seen = map[Call]int{}
	}
	server.seen[call]++
	return server.seen[call]
}

// credential is the scope of a signature: the key's id, the day, the region and the service
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html).
var credential = regexp.MustCompile(`Credential=([^/]+)/[0-9]+/([^/]+)/([^/]+)/aws4_request`)

const keyPrefix = "ASIAFAKE" // followed by the account's digits

// ServeHTTP answers one request.
func (server *Server) ServeHTTP(to http.ResponseWriter, request *http.Request) {
	server.calls.Add(1)
	body, err := io.ReadAll(request.Body)
	if err != nil {
		return
	}
	call := Call{Account: server.Accounts[0], Path: request.URL.Path}
	if scope := credential.FindStringSubmatch(request.Header.Get("Authorization")); scope != nil {
		call.Region, call.Service = scope[2], scope[3]
		if digits, assumed := strings.CutPrefix(scope[1], keyPrefix); assumed {
			call.Account = digits
		}
	}
	form := url.Values{}
	protocol := restJSON
	switch kind := request.Header.Get("Content-Type"); {
	case strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		protocol = query
		if form, err = url.ParseQuery(string(body)); err != nil {
			return
		}
		call.Operation = form.Get("Action")
	case request.Header.Get("X-Amz-Target") != "":
		protocol = restJSON
		_, call.Operation, _ = strings.Cut(request.Header.Get("X-Amz-Target"), ".")
	case strings.HasPrefix(call.Service, "s3") || call.Service == "route53" || call.Service == "cloudfront":
		protocol = restXML
	}
	if server.Fault != nil {
		if fault := server.Fault(call); fault != nil {
			protocol.refuse(to, request, *fault)
			return
		}
	}
	server.answer(to, call, form, protocol)
}

func (server *Server) answer(to http.ResponseWriter, call Call, form url.Values, protocol protocol) {
	switch call.Operation {
	case "GetCallerIdentity":
		_, _ = fmt.Fprintf(to, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::%[1]s:user/audit</Arn><Account>%[1]s</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`, call.Account)
	case "AssumeRole":
		server.sessions.Add(1)
		account := strings.Split(form.Get("RoleArn"), ":")[4]
		_, _ = fmt.Fprintf(to, `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>%s%s</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`, keyPrefix, account)
	case "DescribeRegions":
		_, _ = io.WriteString(to, `<DescribeRegionsResponse><regionInfo>`)
		for _, region := range server.Regions {
			_, _ = fmt.Fprintf(to, `<item><regionName>%s</regionName></item>`, region)
		}
		_, _ = io.WriteString(to, `</regionInfo></DescribeRegionsResponse>`)
	case "ListAccounts":
		if call.Account != server.Accounts[0] {
			protocol.refuse(to, nil, Fault{Status: http.StatusBadRequest, Code: "AccessDeniedException"})
			return
		}
		to.Header().Set("Content-Type", "application/x-amz-json-1.1")
		var listed []string
		for _, account := range server.Accounts {
			listed = append(listed, fmt.Sprintf(`{"Id":%q,"Arn":"arn:aws:organizations::%s:account/o-1/%s","Name":%q,"Status":"ACTIVE","State":"ACTIVE"}`, account, server.Accounts[0], account, account))
		}
		_, _ = fmt.Fprintf(to, `{"Accounts":[%s]}`, strings.Join(listed, ","))
	case "ListQueues":
		to.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = fmt.Fprintf(to, `{"QueueUrls":["https://sqs.%s.amazonaws.com/%s/orders"]}`, call.Region, call.Account)
	case "GetQueueAttributes":
		to.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = fmt.Fprintf(to, `{"Attributes":{"QueueArn":"arn:aws:sqs:%s:%s:orders"}}`, call.Region, call.Account)
	default:
		protocol.nothing(to, call.Operation)
	}
}
