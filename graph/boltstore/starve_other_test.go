//go:build !unix

package boltstore_test

import (
	"fmt"
	"os"
)

func starve() {
	fmt.Println("a limit is not to be had")
	os.Exit(2)
}
