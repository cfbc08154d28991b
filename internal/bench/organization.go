package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"

	"github.com/inroad-security/inroad/ingest/aws"
	"github.com/inroad-security/inroad/internal/awsfake"
)

// regions are those that AWS enables in every account
// (https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html).
var regions = []string{
	"ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1",
	"eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
}

// organization collects an organization of so many accounts from an AWS that answers at once, in this process: what it
// takes is the collector's own work and the fake's, without any of AWS's limits. The folder is removed in the end.
func organization(ctx context.Context, folder string, accounts int) error {
	server := &awsfake.Server{Regions: regions}
	for i := range accounts {
		server.Accounts = append(server.Accounts, fmt.Sprintf("%012d", 100000000000+i))
	}
	listening := httptest.NewServer(server)
	defer listening.Close()
	for name, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "", "AWS_REGION": "us-east-1",
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	options := aws.Options{Folder: folder, Endpoint: listening.URL, Attempt: aws.DefaultAttempt, Attempts: aws.DefaultAttempts, Progress: func(int, int, string) {}}
	defer func() { _ = os.RemoveAll(folder) }() // what is left there is the system's to clear
	took, err := measure("organization", func() error {
		_, err := aws.CollectOrganization(ctx, options, aws.Organization{Role: aws.DefaultRole, Told: func(string, int, int, error) {}})
		return err
	})
	if err != nil {
		return err
	}
	return say(took, "%s", fmt.Sprintf("%d calls, %.0f a second", server.Calls(), float64(server.Calls())/took.Wall))
}
