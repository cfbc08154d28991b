package aws

import "strings"

// arn is a resource's name taken apart: arn:<partition>:<service>:<region>:<account>:<resource>.
type arn struct{ partition, service, region, account, resource string }

// parseARN takes a name apart; what is not an ARN gives the zero value.
func parseARN(name string) arn {
	parts := strings.SplitN(name, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" {
		return arn{}
	}
	return arn{partition: parts[1], service: parts[2], region: parts[3], account: parts[4], resource: parts[5]}
}

// isAccount reports whether text is an account's number.
func isAccount(text string) bool {
	if len(text) != 12 {
		return false
	}
	return strings.Trim(text, "0123456789") == ""
}

// last gives what follows the last slash or colon: i-123 of …:instance/i-123.
func last(name string) string {
	return name[strings.LastIndexAny(name, "/:")+1:]
}
