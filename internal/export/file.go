package export

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// File writes a file whole or not at all: who reads it never sees a part, and a failure leaves what was there before. It is for its
// owner only, for it tells of the ways into an estate.
func File(path string, write func(out io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-") // with mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if err := errors.Join(write(file), file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
