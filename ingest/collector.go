package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Collector makes a bundle of one account from a provider's API.
type Collector[C any] struct {
	Cloud  string
	Tables []Table[C]
	// Clients gives what the tables of one service are called with at one site; it is called once for each such pair.
	Clients func(site Site) C
	// Encode prints what a call returned as the provider's command line does, without what may be a secret.
	Encode func(service string, answer any) ([]byte, error)
	// Failure tells the code and the words of a call's error. hopeless means that no later call can succeed.
	Failure func(err error) (code, message string, hopeless bool)
	// Now is the clock.
	Now func() time.Time
	// Progress is told, one call at a time, how many services have been read at how many places, of how many in all.
	Progress func(done, total int, service string)
}

const (
	servicesAtOnce = 16
	itemsAtOnce    = 8
	longestName    = 240 // bytes of a file's name that every file system takes, with room for a temporary one's
)

// errHopeless ends a collection that cannot go on, such as one whose credentials have expired.
var errHopeless = errors.New("no further call can succeed")

// Collect reads an account into a folder. A folder that holds an unfinished collection of the account is gone on
// with: an answer that is there is whole and is not asked for again. What is denied or absent is recorded in the
// manifest and is no error. Collect ends early, and says so in the manifest, when the context does, when the folder
// cannot be written, and when no further call can succeed. Nobody else may write the folder meanwhile.
func (collector Collector[C]) Collect(ctx context.Context, folder string, account Site, regions []string) (manifest Manifest, err error) {
	target, err := openTarget(folder)
	if err != nil {
		return Manifest{}, err
	}
	defer func() { err = errors.Join(err, target.close()) }()
	manifest, err = target.begin(Collected{
		Cloud: collector.Cloud, Partition: account.Partition, Account: account.Account, Regions: regions, Time: collector.Now().UTC(),
	})
	if err != nil {
		return Manifest{}, err
	}
	run := collection[C]{Collector: collector, target: target, dead: map[place]CollectFailure{}}
	err = run.all(ctx, account, regions)
	manifest = manifest.with(collector.Cloud, account.Account, run.failures, err == nil)
	if writeErr := target.writeManifest(manifest); writeErr != nil {
		return manifest, errors.Join(err, writeErr)
	}
	if err != nil {
		return manifest, fmt.Errorf("collect %s/%s: %w; the same command goes on where it stopped", collector.Cloud, account.Account, err)
	}
	return manifest, nil
}

// collection is one run of a collector on one account.
type collection[C any] struct {
	Collector[C]
	target *target
	// renew, where there is one, gets credentials anew after the provider has refused those that were used.
	renew func()

	lock     sync.Mutex
	failures []CollectFailure
	dead     map[place]CollectFailure // where nobody answers
	done     int
}

// place is one service at one site.
type place struct {
	site    Site
	service string
}

func (run *collection[C]) all(ctx context.Context, account Site, regions []string) error {
	var places []place
	for _, table := range run.Tables {
		if table.Tenant != account.ofTenant() {
			continue
		}
		if table.Global {
			places = append(places, place{Site{Partition: account.Partition, Account: account.Account, Tenant: account.Tenant}, table.Service})
			continue
		}
		for _, region := range regions {
			places = append(places, place{Site{Partition: account.Partition, Account: account.Account, Region: region}, table.Service})
		}
	}
	slices.SortFunc(places, func(a, b place) int { // one region after another would meet one endpoint's limits with all it has
		return cmp.Or(cmp.Compare(a.service, b.service), cmp.Compare(a.site.Region, b.site.Region))
	})
	places = slices.Compact(places)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(servicesAtOnce)
	for _, at := range places {
		group.Go(func() error {
			if err := run.service(ctx, at.site, at.service); err != nil {
				return err
			}
			run.lock.Lock()
			defer run.lock.Unlock()
			run.done++
			run.Progress(run.done, len(places), at.service)
			return nil
		})
	}
	return group.Wait()
}

// service reads a service's tables at one site, parents first.
func (run *collection[C]) service(ctx context.Context, site Site, service string) error {
	clients := run.Clients(site)
	var waiting []Table[C]
	for _, table := range run.Tables {
		if table.Service == service && table.Global == (site.Region == "") && table.Tenant == site.ofTenant() {
			waiting = append(waiting, table)
		}
	}
	items := map[string][]string{} // by operation
	read := map[string]bool{"": true}
	for len(waiting) > 0 {
		at := slices.IndexFunc(waiting, func(table Table[C]) bool { return read[table.Parent] })
		if at < 0 {
			return fmt.Errorf("%s/%s waits for %s, which no table reads", service, waiting[0].Operation, waiting[0].Parent)
		}
		table := waiting[at]
		waiting = slices.Delete(waiting, at, at+1)
		wanted := []string{""}
		if table.Parent != "" {
			wanted = items[table.Operation]
		}
		if err := run.table(ctx, clients, site, table, wanted, func(item string, body []byte) error { return childItems(items, run.Tables, table, item, body) }); err != nil {
			return err
		}
		read[table.Operation] = true
	}
	return nil
}

// childItems adds the items that an answer names for the operations that are called for each of them.
func childItems[C any](items map[string][]string, tables []Table[C], parent Table[C], item string, body []byte) error {
	for _, child := range tables {
		if child.Service != parent.Service || child.Parent != parent.Operation || child.Global != parent.Global {
			continue
		}
		found, err := itemsAt(body, child.Items)
		if err != nil {
			return err
		}
		if child.Joined {
			found = joined(item, found)
		}
		items[child.Operation] = append(items[child.Operation], found...)
	}
	return nil
}

// table reads an operation for all items wanted, and for those that its own answers name; each answer goes to keep.
func (run *collection[C]) table(ctx context.Context, clients C, site Site, table Table[C], wanted []string, keep func(item string, body []byte) error) error {
	asked := map[string]bool{}
	var lock sync.Mutex
	for len(wanted) > 0 {
		var more []string
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(itemsAtOnce)
		for _, item := range wanted {
			if asked[item] {
				continue
			}
			asked[item] = true
			group.Go(func() error {
				body, err := run.answer(ctx, clients, site, table, item)
				if err != nil || body == nil {
					return err
				}
				lock.Lock()
				defer lock.Unlock()
				again, err := itemsAt(body, table.Again)
				if err == nil {
					more = append(more, again...)
					err = keep(item, body)
				}
				if err != nil {
					return fmt.Errorf("%s/%s %s: %w", table.Service, table.Operation, item, whereIn(body, err))
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		wanted = more
	}
	return nil
}

// answer gives one answer, from the folder or else from the API; nil when the call failed and the failure is recorded.
func (run *collection[C]) answer(ctx context.Context, clients C, site Site, table Table[C], item string) ([]byte, error) {
	name := path.Join(run.Cloud, site.Account, cmp.Or(site.Region, globalFolder), table.Service, table.Operation)
	if table.Parent == "" {
		name += ".json"
	} else {
		name = path.Join(name, fileName(item))
	}
	if len(path.Base(name)) > longestName {
		run.fail(site, table, item, "NameTooLong", "the item's name makes no file name")
		return nil, nil
	}
	if body, ok, err := run.target.read(name); err != nil || ok {
		return body, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if run.unanswered(site, table, item) {
		return nil, nil
	}
	output, err := table.Call(ctx, clients, item)
	if err != nil && run.renew != nil && ctx.Err() == nil {
		if _, _, hopeless := run.Failure(err); hopeless {
			run.renew()
			output, err = table.Call(ctx, clients, item)
		}
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		code, message, hopeless := run.Failure(err)
		switch {
		case hopeless:
			return nil, fmt.Errorf("%w: %s: %s", errHopeless, code, message)
		case !slices.Contains(table.Absent, code):
			run.fail(site, table, item, code, message)
			return nil, nil
		}
		output = struct{}{}
	}
	body, err := run.Encode(table.Service, output)
	if err != nil {
		return nil, err
	}
	return body, run.target.write(name, body)
}

// silent are the codes of calls that nobody answered: what else is asked there is not waited for.
var silent = []string{"Timeout", "NoEndpoint"}

// unanswered tells whether nobody has answered at the place before, and records the call as failed like that one.
func (run *collection[C]) unanswered(site Site, table Table[C], item string) bool {
	run.lock.Lock()
	before, dead := run.dead[place{site, table.Service}]
	run.lock.Unlock()
	if dead {
		run.fail(site, table, item, before.Code, "not asked: "+before.Operation+" had no answer there")
	}
	return dead
}

func (run *collection[C]) fail(site Site, table Table[C], item, code, message string) {
	run.lock.Lock()
	defer run.lock.Unlock()
	failed := CollectFailure{
		Cloud: run.Cloud, Account: site.Account, Region: site.Region, Service: table.Service, Operation: table.Operation,
		Item: item, Code: code, Message: message,
	}
	run.failures = append(run.failures, failed)
	if at := (place{site, table.Service}); slices.Contains(silent, code) && run.dead[at].Code == "" {
		run.dead[at] = failed
	}
}
