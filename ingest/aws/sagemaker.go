package aws

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	register(
		Table{
			Service: "sagemaker", Operation: "list-notebook-instances",
			Actions: []string{"sagemaker:ListNotebookInstances"},
			Call: func(ctx context.Context, config aws.Config, _ string) (any, error) {
				return pages(ctx, sagemaker.NewListNotebookInstancesPaginator(sagemaker.NewFromConfig(config), &sagemaker.ListNotebookInstancesInput{}))
			},
			Map: ingest.Mapping(mapNotebooks),
		},
		Table{
			Service: "sagemaker", Operation: "describe-notebook-instance",
			Actions: []string{"sagemaker:DescribeNotebookInstance"},
			Parent:  "list-notebook-instances", Items: "NotebookInstances[].NotebookInstanceName",
			Command: `aws sagemaker describe-notebook-instance --notebook-instance-name "$item"`,
			Call: func(ctx context.Context, config aws.Config, name string) (any, error) {
				return sagemaker.NewFromConfig(config).DescribeNotebookInstance(ctx, &sagemaker.DescribeNotebookInstanceInput{NotebookInstanceName: &name})
			},
			Map: ingest.Mapping(mapNotebook),
		},
	)
}

type notebooks struct{ NotebookInstances []notebook }

type notebook struct {
	NotebookInstanceARN, NotebookInstanceName, NotebookInstanceStatus string
	RoleARN, DirectInternetAccess, RootAccess, SubnetID               string
	SecurityGroups                                                    []string
}

func mapNotebooks(facts *ingest.Facts, site ingest.Site, _ string, body notebooks) {
	for _, notebook := range body.NotebookInstances {
		notebook.add(facts, site)
	}
}

func mapNotebook(facts *ingest.Facts, site ingest.Site, item string, body notebook) {
	body.NotebookInstanceName = cmp.Or(body.NotebookInstanceName, item)
	body.add(facts, site)
}

func (notebook notebook) add(facts *ingest.Facts, site ingest.Site) {
	role := role(site, notebook.RoleARN)
	props := graph.Props{"role": role, "status": notebook.NotebookInstanceStatus}
	if notebook.DirectInternetAccess != "" {
		props["direct_internet"] = notebook.DirectInternetAccess == "Enabled"
	}
	if notebook.RootAccess != "" {
		props["root_access"] = notebook.RootAccess == "Enabled"
	}
	id := cmp.Or(notebook.NotebookInstanceARN, resource(site, "sagemaker", "notebook-instance/", notebook.NotebookInstanceName))
	found := describe(facts, site, kinds.AWSNotebook, id, notebook.NotebookInstanceName, nil, props)
	found.to(kinds.Uses, kinds.AWSRole, role)
	found.from(kinds.Contains, kinds.AWSSubnet, resource(site, "ec2", "subnet/", notebook.SubnetID))
	for _, group := range resources(site, "ec2", "security-group/", notebook.SecurityGroups) {
		found.to(kinds.MemberOf, kinds.AWSSecurityGroup, group)
	}
}
