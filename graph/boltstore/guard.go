package boltstore

import (
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"syscall"

	berrors "go.etcd.io/bbolt/errors"

	"github.com/inroad-security/inroad/graph"
)

// guard turns what the database does when its file is damaged, or cut short under it, into graph.ErrCorrupt: it
// panics on a page that makes no sense, and a page beyond the file's end is a fault of memory. After that
// the store is of no more use.
func (store *Store) guard(act func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if what := recover(); what != nil {
			err = fmt.Errorf("%w: %v", graph.ErrCorrupt, what)
			store.broken.CompareAndSwap(nil, &err)
		}
	}()
	err = act()
	for _, broken := range []error{berrors.ErrInvalid, berrors.ErrVersionMismatch, berrors.ErrChecksum, berrors.ErrFreePagesNotLoaded} {
		if errors.Is(err, broken) {
			return fmt.Errorf("%w: %w", graph.ErrCorrupt, err)
		}
	}
	return err
}

// diskFull reports whether the error says that the disk, the quota or the largest size of a file is reached. The
// database does not wrap all of the system's errors, but prints them.
func diskFull(err error) bool {
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG} {
		if errors.Is(err, full) || strings.Contains(err.Error(), full.Error()) {
			return true
		}
	}
	return false
}
