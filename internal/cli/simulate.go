package cli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	iam "github.com/inroad-security/inroad/internal/iam/aws"
)

// longestCase bounds a line of a batch: AWS's largest policies, with every level of an organization, take some megabytes.
const longestCase = 256 << 20

func simulateCommand() *cobra.Command {
	var batch string
	command := &cobra.Command{
		Use:   "simulate --batch FILE",
		Short: "Answer policy cases, one JSON line each",
		Long: `Answer policy cases, one JSON line each: nothing is read but the batch, and each line holds all that its case needs.

A line: {"id": any, "principal", "action", "resource", "resourceAccount", "context": {key: value or list}, "unknown": [key],
"identityPolicies": [policy], "resourcePolicy": policy, "permissionBoundaries": [policy],
"serviceControlPolicies": [[policy] per level, root first], "resourceControlPolicies": [[policy] per level],
"sessionPolicy": policy, "vpcEndpointPolicies": [policy]}. A policy is a policy document, or a string that holds one; of a resource or
a session, also a list of several.

Its answer, in the order of the lines: {"id", "result": "Allowed", "ExplicitlyDenied", "ImplicitlyDenied" or "Possible", "evidence": [sentence]},
or {"id", "error"} for a line that cannot be read, after which the rest goes on.

principal is the ARN of a user, role, assumed-role session, root user or federated user, a service or identity provider, or
"anonymous". action and resource may be patterns: then Allowed means that all that they cover is allowed.

The request has exactly the condition keys of context. A key in unknown has some value or none, nobody knows, and
["*"] says so of every key that context does not give. Every other key is absent from the request, even those that AWS itself would
add, such as aws:PrincipalArn, aws:PrincipalAccount, aws:ResourceAccount or aws:username: give those that the policies ask for.

A layer that is left out, null or empty does not exist. But a level of SCPs without policies allows nothing, and a level of RCPs
without has AWS's full-access policy, as every level has. Roles without a trust policy and keys without a key policy let nobody in.`,
		Example: `  inroad iam simulate --batch cases.ndjson
  gzip -dc cases.ndjson.gz | inroad iam simulate --batch -`,
		Args: cobra.NoArgs,
	}
	command.Flags().StringVar(&batch, "batch", "", "the file of cases; - for standard input")
	_ = command.MarkFlagRequired("batch") // the flag is there
	command.RunE = func(command *cobra.Command, _ []string) error {
		cases := command.InOrStdin()
		if batch != "-" {
			file, err := os.Open(batch)
			if err != nil {
				return fmt.Errorf("--batch: %w", err)
			}
			defer file.Close() // only read
			cases = file
		}
		return simulate(cases, command.OutOrStdout(), longestCase)
	}
	return command
}

// simulate answers each line that is not blank. Answers go out as soon as there is nothing more to read at once, so that a batch
// may be a conversation.
func simulate(cases io.Reader, answers io.Writer, longest int) error {
	lines, out := bufio.NewReaderSize(cases, 1<<16), bufio.NewWriter(answers)
	for {
		line, err := readLine(lines, longest)
		switch {
		case errors.Is(err, errLongLine):
			_, _ = fmt.Fprintf(out, `{"error":"a line of more than %d bytes"}`+"\n", longest) // out keeps its first error
		case len(bytes.TrimSpace(line)) > 0:
			_, _ = out.Write(iam.SimulateLine(line)) // likewise
			_ = out.WriteByte('\n')
		}
		switch {
		case err == nil || errors.Is(err, errLongLine):
		case errors.Is(err, io.EOF):
			return out.Flush()
		default:
			return errors.Join(fmt.Errorf("reading the batch: %w", err), out.Flush())
		}
		if lines.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}

var errLongLine = errors.New("line too long")

// readLine reads to the end of a line, which it gives even with io.EOF. Of a line that is too long it reads all and keeps nothing.
func readLine(lines *bufio.Reader, longest int) ([]byte, error) {
	var line []byte
	long := false
	for {
		piece, err := lines.ReadSlice('\n')
		if long = long || len(line)+len(piece) > longest; long {
			line = nil
		} else {
			line = append(line, piece...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case long:
			return nil, errLongLine // an end of the input shows again
		default:
			return line, err
		}
	}
}
