package aws

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/inroad-security/inroad/ingest"
)

// Cloud is what reading a bundle needs to know of AWS.
func Cloud() ingest.Cloud {
	return ingest.Cloud{
		Name: "aws", Account: accountName.MatchString, Region: regionName.MatchString,
		Site: site, Settle: settleOrganizations, Readings: ingest.Readings(Tables()),
	}
}

// defaultRegion is assumed for a folder whose files name no region.
const defaultRegion = "us-east-1"

var (
	accountName = regexp.MustCompile(`^[0-9]{12}$`)
	regionName  = regexp.MustCompile(`^` + regionPattern + `$`)
	// A region in a zone's name (local and wavelength zones hang more on it) and in an ARN.
	regionIn   = regexp.MustCompile(`(?:"AvailabilityZone"\s*:\s*"|"arn:aws[a-z-]*:[a-z0-9-]+:)(` + regionPattern + `)`)
	ownARN     = regexp.MustCompile(`"Arn"\s*:\s*"arn:(aws[a-z-]*):(?:iam|sts)::([0-9]{12}):`)
	partitions = map[string]string{"cn-": "aws-cn", "us-gov-": "aws-us-gov", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b", "eu-isoe-": "aws-iso-e", "us-isof-": "aws-iso-f", "eusc-": "aws-eusc"}
)

const regionPattern = `[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2}`

// site reads the account and the partition from sts/get-caller-identity, else from the first principal that IAM
// lists, and the region from the zones and ARNs in the EC2 files, else from those in any file.
func site(folder ingest.Folder) (ingest.Site, []string) {
	found := folder.Named
	var assumed []string
	if found.Account == "" || found.Partition == "" {
		account, partition := identity(folder)
		if found.Account == "" {
			found.Account = account
		}
		if found.Partition == "" {
			found.Partition = partition
		}
	}
	if found.Region == "" {
		if found.Region = regionOf(folder); found.Region == "" {
			found.Region = defaultRegion
			assumed = append(assumed, "no file names a region; "+defaultRegion+" is assumed")
		}
	}
	if found.Partition == "" {
		found.Partition = "aws"
		for _, prefix := range slices.Sorted(maps.Keys(partitions)) {
			if strings.HasPrefix(found.Region, prefix) {
				found.Partition = partitions[prefix]
			}
		}
	}
	return found, assumed
}

func identity(folder ingest.Folder) (account, partition string) {
	for name, body := range folder.Files() {
		if name == "sts/get-caller-identity" {
			var caller struct{ Account, Arn string }
			if json.Unmarshal(body, &caller) == nil && accountName.MatchString(caller.Account) {
				parts := strings.Split(caller.Arn, ":")
				if len(parts) > 1 {
					partition = parts[1]
				}
				return caller.Account, partition
			}
		}
		if match := ownARN.FindSubmatch(body); match != nil && account == "" && strings.HasPrefix(name, "iam/") {
			account, partition = string(match[2]), string(match[1])
		}
	}
	return account, partition
}

// regionOf gives the region that the first file to name one names most often.
func regionOf(folder ingest.Folder) string {
	var elsewhere string
	for name, body := range folder.Files() {
		ec2 := strings.HasPrefix(name, "ec2/")
		if !ec2 && elsewhere != "" {
			continue
		}
		counts := map[string]int{}
		for _, match := range regionIn.FindAllSubmatch(body, -1) {
			counts[string(match[1])]++
		}
		var most string
		for _, region := range slices.Sorted(maps.Keys(counts)) {
			if counts[region] > counts[most] {
				most = region
			}
		}
		if most != "" && ec2 {
			return most
		}
		if elsewhere == "" {
			elsewhere = most
		}
	}
	return elsewhere
}
