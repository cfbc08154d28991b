package aws

import (
	"reflect"
	"slices"
	"strings"
)

// withoutSecrets is the last gate before a file, whatever a table's call returned: values that often are secrets are left
// out, and the names under which they stand are kept.
func withoutSecrets(field reflect.StructField, value any) any {
	switch field.Name {
	case "Environment", "EnvironmentVariables", "RuntimeEnvironmentVariables", "Variables":
		return withoutValues(field, value)
	case "UserData":
		return withoutUserData(value)
	case "DefaultArguments", "NonOverridableArguments", "Arguments":
		if arguments, ok := value.(object); ok && field.Type.Kind() == reflect.Map {
			return mapMembers(arguments, func(name string, value any) any {
				if secretName(name) {
					return ""
				}
				return value
			})
		}
	case "RequestParameters", "RequestTemplates", "StageVariables":
		// What an API sends along to where it leads may be a key; what it wants of its callers is true or false.
		if members, ok := value.(object); ok && field.Type.Kind() == reflect.Map && field.Type.Elem().Kind() == reflect.String {
			return mapMembers(members, func(string, any) any { return "" })
		}
	case "ParameterValue", "ResolvedValue", "OutputValue", "HeaderValue":
		return ""
	case "Buildspec", "Command", "EntryPoint":
		if text, ok := value.(string); ok && holdsSecret(text) {
			return ""
		}
		if words, ok := value.([]any); ok && holdsSecret(joined(words)) {
			return []any{}
		}
	}
	return value
}

// stores are the types of a variable whose value only names where its secret is kept
// (https://docs.aws.amazon.com/codebuild/latest/APIReference/API_EnvironmentVariable.html).
var stores = []any{"PARAMETER_STORE", "SECRETS_MANAGER"}

// withoutValues takes the values of variables away, but for what remnant keeps: an object of names to values, or a list of objects with a name and a value.
func withoutValues(field reflect.StructField, value any) any {
	switch value := value.(type) {
	case object:
		if field.Type.Kind() == reflect.Map {
			return mapMembers(value, func(_ string, value any) any { return remains(value) })
		}
	case []any:
		for _, item := range value {
			variable, ok := item.(object)
			if !ok || slices.ContainsFunc(variable, func(member member) bool {
				return strings.EqualFold(member.name, "type") && slices.Contains(stores, member.value)
			}) {
				continue
			}
			for i := range variable {
				if strings.EqualFold(variable[i].name, "value") {
					variable[i].value = remains(variable[i].value)
				}
			}
		}
	}
	return value
}

// remains is what is kept of a variable's value.
func remains(value any) string {
	text, _ := value.(string)
	return remnant(text)
}

// withoutUserData keeps what withheld keeps of a script.
func withoutUserData(value any) any {
	switch value := value.(type) {
	case string:
		return *withheld(&value)
	case object:
		return mapMembers(value, func(_ string, value any) any { return withoutUserData(value) })
	}
	return value
}

func mapMembers(members object, change func(name string, value any) any) object {
	changed := slices.Clone(members)
	for i := range changed {
		changed[i].value = change(changed[i].name, changed[i].value)
	}
	return changed
}

func joined(words []any) string {
	var text strings.Builder
	for _, word := range words {
		if word, ok := word.(string); ok {
			text.WriteString(word + " ")
		}
	}
	return text.String()
}
