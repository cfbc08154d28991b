package ingest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Member is one of several accounts that are collected together.
type Member[C any] struct {
	Account Site
	// Open gives what the account is read with.
	Open func(context.Context) (Opening[C], error)
}

// Opening is what one account is read with.
type Opening[C any] struct {
	// Regions are those to read, in order.
	Regions []string
	// Clients is as in Collector.
	Clients func(site Site) C
	// Renew gets credentials anew after the provider has refused those that were used. It may be nil.
	Renew func()
	// Failures are regions and calls that are known to be out of reach before the first is read.
	Failures []CollectFailure
}

// membersAtOnce is how many accounts are read at the same time.
const membersAtOnce = 8

// CollectAll reads several accounts into one folder, as Collect does one. An account that cannot be opened, or in which
// no further call can succeed, is recorded as not complete, and the others go on; accounts that are complete already are
// left as they are. It ends early only when the context does or when the folder cannot be written. told hears of each
// account that has ended.
func (collector Collector[C]) CollectAll(ctx context.Context, folder string, members []Member[C], told func(account Site, err error)) (manifest Manifest, err error) {
	target, err := openTarget(folder)
	if err != nil {
		return Manifest{}, err
	}
	defer func() { err = errors.Join(err, target.close()) }()
	shared := sharedManifest{target: target}
	if shared.manifest, err = target.manifest(); err != nil {
		return Manifest{}, err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(membersAtOnce)
	for _, member := range members {
		if shared.complete(collector.Cloud, member.Account.Account) {
			continue
		}
		group.Go(func() error {
			broken, err := collector.member(ctx, target, &shared, member)
			told(member.Account, broken)
			return err
		})
	}
	err = group.Wait()
	return shared.manifest, err
}

// member reads one account. broken is why it is not complete; err is what the others cannot go on after either.
func (collector Collector[C]) member(ctx context.Context, target *target, shared *sharedManifest, member Member[C]) (broken, err error) {
	account := Collected{Cloud: collector.Cloud, Partition: member.Account.Partition, Account: member.Account.Account, Regions: []string{}, Time: collector.Now().UTC()}
	opening, broken := member.Open(ctx)
	if broken != nil {
		if ctx.Err() != nil {
			return ctx.Err(), ctx.Err()
		}
		code, message, _ := collector.Failure(broken)
		failed := CollectFailure{Cloud: collector.Cloud, Account: member.Account.Account, Service: "sts", Operation: "assume-role", Code: code, Message: message}
		return broken, shared.put(account, []CollectFailure{failed}, false)
	}
	account.Regions = opening.Regions
	if err := shared.put(account, opening.Failures, false); err != nil {
		return err, err
	}
	collector.Clients = opening.Clients
	run := collection[C]{Collector: collector, target: target, renew: opening.Renew, failures: slices.Clone(opening.Failures), dead: map[place]CollectFailure{}}
	broken = run.all(ctx, member.Account, opening.Regions)
	if err := shared.put(account, run.failures, broken == nil); err != nil {
		return err, err
	}
	if broken == nil || errors.Is(broken, errHopeless) && ctx.Err() == nil {
		return broken, nil
	}
	return broken, fmt.Errorf("collect %s/%s: %w; the same command goes on where it stopped", collector.Cloud, member.Account.Account, broken)
}

// sharedManifest is the manifest that several accounts' collections write.
type sharedManifest struct {
	lock     sync.Mutex
	target   *target
	manifest Manifest
}

func (shared *sharedManifest) complete(cloud, account string) bool {
	return slices.ContainsFunc(shared.manifest.Accounts, func(known Collected) bool {
		return known.Cloud == cloud && known.Account == account && known.Complete
	})
}

// put writes what is known of one account.
func (shared *sharedManifest) put(account Collected, failures []CollectFailure, complete bool) error {
	shared.lock.Lock()
	defer shared.lock.Unlock()
	for _, known := range shared.manifest.Accounts {
		if known.Cloud == account.Cloud && known.Account == account.Account {
			account.Time = known.Time
		}
	}
	shared.manifest = shared.manifest.withAccount(account).with(account.Cloud, account.Account, failures, complete)
	return shared.target.writeManifest(shared.manifest)
}
