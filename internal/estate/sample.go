// Package estate holds estates of our own making: the sample organization that the demo and the tests read, and a generator of
// synthetic ones for benchmarks.
package estate

import (
	"embed"
	"io/fs"
	"os"
	"path/filepath"
)

//go:embed all:sample
var sample embed.FS

// WriteSample writes the sample organization's bundle below a folder that does not exist yet or is empty.
func WriteSample(folder string) error {
	files, err := fs.Sub(sample, "sample")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		return err
	}
	return os.CopyFS(folder, files)
}
