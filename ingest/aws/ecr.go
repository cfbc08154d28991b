package aws

import (
	"cmp"
	"context"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecr"

	"github.com/inroad-security/inroad/graph"
	"github.com/inroad-security/inroad/graph/kinds"
	"github.com/inroad-security/inroad/ingest"
)

func init() {
	repository := of{"describe-repositories", "repositories[].repositoryName", "--repository-name"}
	images := perItem("ecr", "describe-images", "ecr:DescribeImages", repository, ingest.Mapping(mapImages), func(ctx context.Context, config aws.Config, name string) (any, error) {
		return pages(ctx, ecr.NewDescribeImagesPaginator(ecr.NewFromConfig(config), &ecr.DescribeImagesInput{RepositoryName: &name}))
	}, "RepositoryNotFoundException")
	images.Command += " --query '{imageDetails: imageDetails[].{imageDigest: imageDigest, imageTags: imageTags}}'"
	register(
		once("ecr", "describe-repositories", "ecr:DescribeRepositories", ingest.Mapping(mapRepositories), func(ctx context.Context, config aws.Config) (any, error) {
			return pages(ctx, ecr.NewDescribeRepositoriesPaginator(ecr.NewFromConfig(config), &ecr.DescribeRepositoriesInput{}))
		}),
		perItem("ecr", "get-repository-policy", "ecr:GetRepositoryPolicy", repository, ingest.Mapping(mapRepositoryPolicy), func(ctx context.Context, config aws.Config, name string) (any, error) {
			return ecr.NewFromConfig(config).GetRepositoryPolicy(ctx, &ecr.GetRepositoryPolicyInput{RepositoryName: &name})
		}, "RepositoryPolicyNotFoundException", "RepositoryNotFoundException"),
		images,
	)
}

type repositories struct {
	Repositories []struct {
		RepositoryARN, RepositoryName, RepositoryURI, ImageTagMutability string
		ImageScanningConfiguration                                       struct{ ScanOnPush *bool }
		EncryptionConfiguration                                          struct{ KMSKey string }
	}
}

func mapRepositories(facts *ingest.Facts, site ingest.Site, _ string, body repositories) {
	for _, repository := range body.Repositories {
		encryption := key(site, repository.EncryptionConfiguration.KMSKey)
		id := cmp.Or(repository.RepositoryARN, resource(site, "ecr", "repository/", repository.RepositoryName))
		props := graph.Props{"kms_key": encryption, "uri": repository.RepositoryURI, "scan_on_push": repository.ImageScanningConfiguration.ScanOnPush}
		if repository.ImageTagMutability != "" {
			props["immutable"] = repository.ImageTagMutability == "IMMUTABLE"
		}
		describe(facts, site, kinds.AWSRepository, id, repository.RepositoryName, nil, props).usesKey(encryption)
	}
}

type repositoryPolicy struct{ PolicyText policy }

func mapRepositoryPolicy(facts *ingest.Facts, site ingest.Site, name string, body repositoryPolicy) {
	id := resource(site, "ecr", "repository/", name)
	contribute(facts, kinds.AWSRepository, id, graph.Props{"policy": body.PolicyText.orNone(facts, id)})
}

type images struct{ ImageDetails []image }

type image struct{ ImageDigest string }

func mapImages(facts *ingest.Facts, site ingest.Site, name string, body images) {
	contribute(facts, kinds.AWSRepository, resource(site, "ecr", "repository/", name), graph.Props{
		"digests": each(body.ImageDetails, func(image image) string { return image.ImageDigest }),
	})
}

// registryImage is the name of an image in a private registry of ECR: <account>.dkr.ecr.<region>.amazonaws.com/<repository> and a
// tag or a digest ("Amazon ECR private registry",
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html).
var registryImage = regexp.MustCompile(`^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/([a-z0-9._/-]+)(@sha256:.*|:[^@]*)?$`)

// taggedRepositories gives the ARNs of the repositories in ECR whose images are named by a tag or by nothing, which is the tag latest: whoever
// moves the tag changes what is pulled. An image named by its digest stays what it is.
func taggedRepositories(site ingest.Site, images ...string) []string {
	found := []string{}
	for _, image := range images {
		if parts := registryImage.FindStringSubmatch(image); parts != nil && !strings.HasPrefix(parts[4], "@") {
			found = append(found, "arn:"+site.Partition+":ecr:"+parts[2]+":"+parts[1]+":repository/"+parts[3])
		}
	}
	return graph.Sorted(found)
}
