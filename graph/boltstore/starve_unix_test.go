//go:build unix

package boltstore_test

import (
	"fmt"
	"os"
	"syscall"
)

// starve lets no file of the process grow beyond 1 MiB, which a writer meets as it meets a full disk.
func starve() {
	limit := syscall.Rlimit{Cur: 1 << 20, Max: 1 << 20}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		fmt.Println("a limit is not to be had:", err)
		os.Exit(2)
	}
}
