// Command bench measures the whole pipeline on synthetic estates, each stage in a process of its own so that its peak of memory is its own, and
// the ratios against other ways to do the same work that the packages' benchmarks hold. `make bench` runs it.
//
// Usage: bench [-sizes "10000 100000 1000000"] [-seed 1] [-identities | -ratios | -organization 200 | -change 200]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
)

func main() {
	sizes := flag.String("sizes", "10000 100000 1000000", "numbers of nodes, about, of the estates; every 1,000 make an account")
	seed := flag.Uint64("seed", 1, "seed of the estates")
	compare := flag.Bool("ratios", false, "measure the ratios of the packages' benchmarks instead of the pipeline")
	who := flag.Bool("identities", false, "measure questions about identities instead of the pipeline")
	collected := flag.Int("organization", 0, "collect an organization of so many accounts in 17 regions instead of the pipeline")
	changed := flag.Int("change", 0, "set a pass after a change of one scope beside a full pass, on an estate of so many accounts, instead of the pipeline")
	stage := flag.String("stage", "", "run one stage in this process and print its figures")
	store := flag.String("store", "", "the store of that stage")
	accounts := flag.Int("accounts", 0, "accounts of that stage's estate")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var err error
	switch {
	case *stage != "":
		err = run(ctx, *stage, *store, *accounts, *seed)
	case *who:
		err = identities(ctx, os.Stdout, *seed)
	case *collected > 0:
		err = collect(ctx, os.Stdout, *collected)
	case *changed > 0:
		err = change(ctx, os.Stdout, *changed, *seed)
	case *compare:
		err = ratios(ctx, os.Stdout)
	default:
		err = pipeline(ctx, os.Stdout, *sizes, *seed)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// nodesOfAccount is how many nodes each synthetic account has, about.
const nodesOfAccount = 1000

// parse reads sizes as numbers of accounts.
func parse(sizes string) ([]int, error) {
	var accounts []int
	for _, word := range strings.Fields(sizes) {
		nodes, err := strconv.Atoi(word)
		if err != nil || nodes < nodesOfAccount {
			return nil, fmt.Errorf("size %q: want a number of nodes, at least %d", word, nodesOfAccount)
		}
		accounts = append(accounts, nodes/nodesOfAccount)
	}
	return accounts, nil
}
