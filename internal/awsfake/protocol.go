package awsfake

import (
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
)

// protocol is one of the ways in which AWS's services speak.
type protocol int

const (
	query    protocol = iota // a form, answered in XML
	restJSON                 // JSON, by target header or by path
	restXML                  // XML, by path
)

// nothing answers that there is nothing to read.
func (protocol protocol) nothing(to http.ResponseWriter, operation string) {
	switch protocol {
	case query:
		to.Header().Set("Content-Type", "text/xml")
		_, _ = fmt.Fprintf(to, "<%[1]sResponse><%[1]sResult></%[1]sResult></%[1]sResponse>", operation)
	case restXML:
		to.Header().Set("Content-Type", "application/xml")
		_, _ = io.WriteString(to, "<Nothing></Nothing>")
	default:
		to.Header().Set("Content-Type", "application/json")
		to.Header().Set("X-Amz-Crc32", fmt.Sprint(crc32.ChecksumIEEE([]byte("{}")))) // DynamoDB's clients check it
		_, _ = io.WriteString(to, "{}")
	}
}

// refuse answers an error, or nothing at all until the caller has gone.
func (protocol protocol) refuse(to http.ResponseWriter, request *http.Request, fault Fault) {
	if fault.Status == 0 {
		<-request.Context().Done()
		return
	}
	to.Header().Set("X-Amzn-Errortype", fault.Code)
	switch protocol {
	case query:
		to.Header().Set("Content-Type", "text/xml")
		to.WriteHeader(fault.Status)
		_, _ = fmt.Fprintf(to, "<Response><Errors><Error><Code>%[1]s</Code><Message>refused</Message></Error></Errors><Error><Code>%[1]s</Code><Message>refused</Message></Error></Response>", fault.Code)
	case restXML:
		to.Header().Set("Content-Type", "application/xml")
		to.WriteHeader(fault.Status)
		_, _ = fmt.Fprintf(to, "<Error><Code>%s</Code><Message>refused</Message></Error>", fault.Code)
	default:
		to.Header().Set("Content-Type", "application/json")
		to.WriteHeader(fault.Status)
		_, _ = fmt.Fprintf(to, `{"__type": %q, "message": "refused"}`, fault.Code)
	}
}
