package aws

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/inroad-security/inroad/ingest"
)

// A report is waited for, and read once it is ready.
func TestAReportIsReadOnceItIsReady(t *testing.T) {
	provider, endpoint := newProvider(t)
	provider.answer["GenerateServiceLastAccessedDetails"] = replies(`<GenerateServiceLastAccessedDetailsResponse><GenerateServiceLastAccessedDetailsResult><JobId>00000000-0000-0000-0000-000000000001</JobId></GenerateServiceLastAccessedDetailsResult></GenerateServiceLastAccessedDetailsResponse>`)
	asked := 0
	provider.answer["GetServiceLastAccessedDetails"] = func(to http.ResponseWriter, _ *http.Request) {
		if asked++; asked == 1 {
			_, _ = io.WriteString(to, `<GetServiceLastAccessedDetailsResponse><GetServiceLastAccessedDetailsResult><JobStatus>IN_PROGRESS</JobStatus></GetServiceLastAccessedDetailsResult></GetServiceLastAccessedDetailsResponse>`)
			return
		}
		_, _ = io.WriteString(to, `<GetServiceLastAccessedDetailsResponse><GetServiceLastAccessedDetailsResult><JobStatus>COMPLETED</JobStatus><ServicesLastAccessed><member><ServiceNamespace>s3</ServiceNamespace></member></ServicesLastAccessed></GetServiceLastAccessedDetailsResult></GetServiceLastAccessedDetailsResponse>`)
	}
	shared, transport, err := configuration(t.Context(), Options{Endpoint: endpoint, Attempt: DefaultAttempt, Attempts: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer transport.CloseIdleConnections()
	table := Tables()[indexOf(t, "iam", "get-service-last-accessed-details")]
	job := "00000000-0000-0000-0000-000000000001"
	ready, err := lastAccessed(t.Context(), iam.NewFromConfig(shared), &job, 0)
	if err != nil {
		t.Fatal(err)
	}
	if report, _ := ready.(*iam.GetServiceLastAccessedDetailsOutput); asked != 2 || report.JobStatus != "COMPLETED" {
		t.Errorf("asked for the report %d times, and got %+v", asked, ready)
	}
	answer, err := table.Call(t.Context(), shared, "arn:aws:iam::111122223333:user/ann")
	if err != nil {
		t.Fatal(err)
	}
	body, err := encode("iam", answer)
	if err != nil {
		t.Fatal(err)
	}
	facts, err := table.Map(ingest.Site{Partition: "aws", Account: "111122223333"}, "arn:aws:iam::111122223333:user/ann", body)
	if err != nil {
		t.Fatal(err)
	}
	if len(facts.Nodes) != 1 || fmt.Sprint(facts.Nodes[0].Props.List("services")) != "[s3=never]" {
		t.Errorf("read %+v", facts)
	}
}
