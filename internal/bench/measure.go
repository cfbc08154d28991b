package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// measure does work and gives what it took of the machine. Memory is what Linux says of this process's resident pages: those
// of the store's file that the system may drop again are among them.
func measure(stage string, work func() error) (figures, error) {
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600); err != nil {
		return figures{}, fmt.Errorf("the peak of memory cannot be told on this system: %w", err)
	}
	took := figures{Stage: stage, Before: resident("VmRSS:")}
	started, used := time.Now(), processor()
	if err := work(); err != nil {
		return figures{}, err
	}
	took.Wall, took.CPU, took.Peak = time.Since(started).Seconds(), processor()-used, resident("VmHWM:")
	return took, nil
}

// resident reads a field of this process's status, in MiB.
func resident(field string) float64 {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if rest, found := strings.CutPrefix(line, field); found {
			size, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return float64(size) / 1024
		}
	}
	return 0
}

// processor gives the processor time that this process has used, on all cores, in seconds.
func processor() float64 {
	status, _ := os.ReadFile("/proc/self/stat")
	_, after, _ := strings.Cut(string(status), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return float64(user+system) / 100 // the kernel counts in hundredths wherever Go runs
}

// used is processor, finely.
func used() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage) // it fails for no process that asks for itself
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
