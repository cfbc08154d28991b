package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// maxBody is the most that one file may hold, in bytes. A list of a whole region's resources stays far below it.
const maxBody = 512 << 20

// readBody reads a file of a bundle as UTF-8 JSON text. It takes the encodings in which shells write the command
// line's output: UTF-8 with or without a byte order mark, and the UTF-16 of PowerShell's redirection.
func readBody(from io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(from, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > limit {
		return nil, fmt.Errorf("larger than %d MiB, the most that a file may hold", limit>>20)
	}
	switch {
	case bytes.HasPrefix(body, []byte{0xEF, 0xBB, 0xBF}):
		body = body[3:]
	case bytes.HasPrefix(body, []byte{0xFF, 0xFE}):
		body = fromUTF16(body[2:], 0, 1)
	case bytes.HasPrefix(body, []byte{0xFE, 0xFF}):
		body = fromUTF16(body[2:], 1, 0)
	}
	if !utf8.Valid(body) {
		return nil, at(body, invalidByte(body), errors.New("not UTF-8 text"))
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, errors.New("the file is empty")
	}
	return body, nil
}

func fromUTF16(body []byte, low, high int) []byte {
	units := make([]uint16, len(body)/2)
	for i := range units {
		units[i] = uint16(body[2*i+low]) | uint16(body[2*i+high])<<8
	}
	return []byte(string(utf16.Decode(units)))
}

func invalidByte(body []byte) int64 {
	offset := 0
	for offset < len(body) {
		char, size := utf8.DecodeRune(body[offset:])
		if char == utf8.RuneError && size == 1 {
			break
		}
		offset += size
	}
	return int64(offset)
}

// at adds the line and the byte within the file to an error.
func at(body []byte, offset int64, err error) error {
	offset = min(max(offset, 0), int64(len(body)))
	return fmt.Errorf("line %d: %w (byte %d)", 1+bytes.Count(body[:offset], []byte{'\n'}), err, offset)
}

// whereIn adds the place in the body to a decoding error that knows it.
func whereIn(body []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return at(body, syntax.Offset, err)
	case errors.As(err, &kind):
		misfit := fmt.Errorf("%s is %s, not what the command prints there", orBody(kind.Field), kind.Value)
		if kind.Offset == 0 {
			return misfit
		}
		return at(body, kind.Offset, misfit)
	default:
		return err
	}
}

func orBody(field string) string {
	if field == "" {
		return "the body"
	}
	return field
}

// leftover names the pagination token that an answer still holds: pages are missing. It is empty for a whole answer.
func leftover(body []byte) string {
	var page struct {
		IsTruncated, Truncated                 json.RawMessage
		NextToken, NextMarker, PaginationToken json.RawMessage
		NextLink                               json.RawMessage
		GraphNextLink                          json.RawMessage `json:"@odata.nextLink"`
		SkipToken                              json.RawMessage `json:"skip_token"`
	}
	if json.Unmarshal(body, &page) != nil {
		return ""
	}
	for _, token := range []struct {
		name  string
		value json.RawMessage
	}{
		{"IsTruncated", page.IsTruncated},
		{"Truncated", page.Truncated},
		{"NextToken", page.NextToken},
		{"NextMarker", page.NextMarker},
		{"PaginationToken", page.PaginationToken},
		{"nextLink", page.NextLink},
		{"@odata.nextLink", page.GraphNextLink},
		{"skip_token", page.SkipToken},
	} {
		switch string(token.value) {
		case "", "null", "false", `""`:
		default:
			return token.name
		}
	}
	return ""
}
