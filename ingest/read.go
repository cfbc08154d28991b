package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/inroad-security/inroad/graph"
)

// Report tells what became of a bundle's files. Everything in it is in order.
type Report struct {
	// Files is the number of files that were read and mapped.
	Files int
	// Unknown names the files that no table reads.
	Unknown []string
	// Broken names the files that could not be used, each with the place and the reason.
	Broken []string
	// Notes tell what the files do not say and was assumed, and which collections did not end.
	Notes []string
	// Failures are the calls of which the bundle's collector says that they failed.
	Failures []CollectFailure
}

// Read reads a bundle: a folder, or a .zip, .tar.gz or .tgz of one. It gives a batch for every service in every place
// that the bundle speaks of, ordered by scope, and what could not be read makes its scope incomplete. Equal files
// give equal batches. Only what cannot be a bundle at all is an error: a folder that cannot be opened, an
// archive that is broken, no file that a table reads, two files for one answer.
func Read(ctx context.Context, path string, clouds ...Cloud) ([]graph.Batch, Report, error) {
	batches, report, err := readPath(ctx, path, clouds)
	if err != nil {
		return nil, Report{}, fmt.Errorf("bundle: %s: %w", path, err)
	}
	return batches, report, nil
}

func readPath(ctx context.Context, path string, clouds []Cloud) (batches []graph.Batch, report Report, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, Report{}, errors.New(reason(err))
	}
	var refused map[string]string
	if !info.IsDir() {
		unpacked, err := os.MkdirTemp("", "inroad-bundle-")
		if err != nil {
			return nil, Report{}, err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(unpacked)) }()
		if refused, err = unpack(ctx, path, unpacked); err != nil {
			return nil, Report{}, err
		}
		path = unpacked
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, Report{}, errors.New(reason(err))
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	found, err := list(root)
	if err != nil {
		return nil, Report{}, errors.New(reason(err))
	}
	maps.Copy(found.refused, refused)
	reader := bundleReader{root: root, clouds: clouds, manifests: map[string]Manifest{}, shelves: map[graph.Scope]*shelf{}}
	if err := reader.sort(found); err != nil {
		return nil, Report{}, err
	}
	if err := reader.mapFiles(ctx); err != nil {
		return nil, Report{}, err
	}
	return reader.batches(), reader.report, nil
}

// bundleReader holds a bundle while it is read.
type bundleReader struct {
	root      *os.Root
	clouds    []Cloud
	manifests map[string]Manifest // by the folders above the bundle's own
	shelves   map[graph.Scope]*shelf
	report    Report
}

// folderKey tells the folders that are located on their own.
type folderKey struct {
	cloud         int
	base, account string
}

func sortedKeys(folders map[folderKey][]*file) []folderKey {
	return slices.SortedFunc(maps.Keys(folders), func(a, b folderKey) int {
		return strings.Compare(fmt.Sprint(a.cloud, "/", a.base, "/", a.account), fmt.Sprint(b.cloud, "/", b.base, "/", b.account))
	})
}

// sort puts every file on the shelf of its scope, and lists the rest.
func (reader *bundleReader) sort(found listing) error {
	folders, exports := map[folderKey][]*file{}, map[folderKey][]*file{}
	names := slices.AppendSeq(found.files, maps.Keys(found.refused))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		why, bad := found.refused[name]
		if bad {
			reader.report.Broken = append(reader.report.Broken, name+": "+why)
		} else if strings.HasSuffix("/"+name, "/"+manifestName) && reader.manifest(name) {
			continue
		}
		known := false
		for i := range reader.clouds {
			if file := reader.clouds[i].place(name); file != nil {
				file.refused, known = why, true
				if file.reading.Export {
					exports[folderKey{i, file.base, ""}] = append(exports[folderKey{i, file.base, ""}], file)
					break
				}
				key := folderKey{i, file.base, file.named.Account}
				folders[key] = append(folders[key], file)
				break
			}
		}
		if !known && !bad {
			reader.report.Unknown = append(reader.report.Unknown, name)
		}
	}
	for _, key := range sortedKeys(exports) {
		for _, file := range reader.divided(key, exports[key]) {
			own := folderKey{key.cloud, key.base, file.named.Account}
			folders[own] = append(folders[own], file)
		}
	}
	reader.report.Unknown = append(reader.report.Unknown, found.ignored...)
	slices.Sort(reader.report.Unknown)
	for base, manifest := range reader.manifests {
		for _, account := range manifest.Accounts {
			for i := range reader.clouds {
				if key := (folderKey{i, base, account.Account}); reader.clouds[i].Name == account.Cloud && folders[key] == nil {
					folders[key] = nil
				}
			}
		}
	}
	if len(folders) == 0 {
		return fmt.Errorf("%w: no file in it is one that Inroad reads: want <cloud>/<account>/<region|global>/<service>/<operation>.json, or <service>/<operation>.json",
			graph.ErrInvalid)
	}
	for _, key := range sortedKeys(folders) {
		if err := reader.locate(key, folders[key]); err != nil {
			return err
		}
	}
	return nil
}

// manifest takes a file as a collector's manifest, if it is one.
func (reader *bundleReader) manifest(name string) bool {
	body, err := reader.read(&file{path: name})
	if err != nil {
		reader.report.Broken = append(reader.report.Broken, name+": "+err.Error())
		return true
	}
	manifest, err := decodeManifest(body)
	if err != nil {
		reader.report.Broken = append(reader.report.Broken, name+": "+err.Error())
		return true
	}
	reader.manifests[strings.TrimSuffix(strings.TrimSuffix(name, manifestName), "/")] = manifest
	reader.report.Failures = append(reader.report.Failures, manifest.Errors...)
	return true
}

func (reader *bundleReader) read(file *file) ([]byte, error) {
	if file.refused != "" {
		return nil, errors.New(file.refused)
	}
	if file.body != nil {
		return file.body, nil
	}
	opened, err := reader.root.Open(file.path)
	if err != nil {
		return nil, errors.New(reason(err))
	}
	body, err := readBody(opened, maxBody)
	if closeErr := opened.Close(); err == nil && closeErr != nil {
		return nil, closeErr
	}
	if pathError := (*fs.PathError)(nil); errors.As(err, &pathError) {
		return nil, pathError.Err
	}
	return body, err
}

// locate finds out where a folder's files were read and puts them on their shelves.
func (reader *bundleReader) locate(key folderKey, files []*file) error {
	cloud := &reader.clouds[key.cloud]
	folder := Folder{Named: Site{Account: key.account}, files: files, read: reader.read}
	regions, homeless := map[string]bool{}, false
	for _, file := range files {
		if file.named.Region != "" {
			regions[file.named.Region] = true
		} else if !file.reading.Global {
			homeless = true
		}
	}
	var collected Collected
	for _, account := range reader.manifests[key.base].Accounts {
		if account.Cloud == cloud.Name && account.Account == key.account {
			collected, folder.Named.Partition = account, account.Partition
			for _, region := range account.Regions {
				if cloud.Region(region) {
					regions[region] = true
				}
			}
		}
	}
	if !homeless && len(regions) > 0 {
		folder.Named.Region = slices.Min(slices.Collect(maps.Keys(regions)))
	}
	site, assumed := cloud.Site(folder)
	if !cloud.Account(site.Account) && !cloud.Account(site.Tenant) {
		reader.report.Broken = append(reader.report.Broken, fmt.Sprintf("%s: no file in it tells the account; its %d files are not read", orHere(key.base), len(files)))
		return nil
	}
	for _, text := range assumed {
		reader.report.Notes = append(reader.report.Notes, orHere(key.base)+": "+text)
	}
	if collected.Account != "" && !collected.Complete {
		reader.report.Notes = append(reader.report.Notes, fmt.Sprintf("%s: the collection of %s/%s did not end; what it lacks is marked as not collected", orHere(key.base), cloud.Name, cmp.Or(site.Account, site.Tenant)))
	}
	if homeless || len(regions) == 0 {
		regions[site.Region] = true
	}
	codes := codesOf(reader.manifests[key.base].Errors)
	place := func(at Site, service string) {
		scope := scopeOf(cloud.Name, at, service)
		held, ok := reader.shelves[scope]
		if !ok {
			held = &shelf{cloud: cloud, site: at, service: service, scope: scope, answers: map[string]map[string]*answer{}, codes: codes}
			reader.shelves[scope] = held
		}
		held.collected = collected.Time
	}
	whole, tenant := site, site // the account without a region, and the directory that it belongs to
	whole.Region, tenant.Region, tenant.Account = "", "", site.Tenant
	if cloud.Account(site.Account) {
		for _, service := range cloud.services(true, false) {
			place(whole, service)
		}
		for region := range regions {
			at := site
			at.Region = region
			for _, service := range cloud.services(false, false) {
				place(at, service)
			}
		}
	}
	if cloud.Account(site.Tenant) {
		for _, service := range cloud.services(true, true) {
			place(tenant, service)
		}
	}
	for _, file := range files {
		at := whole
		switch {
		case file.reading.Tenant:
			at = tenant
		case !file.reading.Global:
			at.Region = cmp.Or(file.named.Region, site.Region)
		}
		if at.Account == "" {
			reader.report.Broken = append(reader.report.Broken, file.path+": no file beside it tells the account or tenant that it was read in")
			continue
		}
		if err := reader.shelves[scopeOf(cloud.Name, at, file.reading.Service)].put(file); err != nil {
			return err
		}
	}
	return nil
}

func scopeOf(cloud string, site Site, service string) graph.Scope {
	region := site.Region
	if region == "" {
		region = globalFolder
	}
	return graph.Scope(cloud + "/" + site.Account + "/" + region + "/" + service)
}

func orHere(base string) string {
	if base == "" {
		return "."
	}
	return base
}

// mapFiles reads and maps every file, several at once.
func (reader *bundleReader) mapFiles(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for _, held := range reader.shelves {
		for _, byItem := range held.answers {
			for _, answer := range byItem {
				group.Go(func() error {
					if ctx.Err() == nil {
						held.fill(answer, reader.read)
					}
					return ctx.Err()
				})
			}
		}
	}
	return group.Wait()
}

// batches makes each shelf a batch, in the order of their scopes.
func (reader *bundleReader) batches() []graph.Batch {
	batches := make([]graph.Batch, 0, len(reader.shelves))
	kinds := map[graph.ID]graph.NodeKind{}
	for _, scope := range slices.Sorted(maps.Keys(reader.shelves)) {
		held := reader.shelves[scope]
		batches = append(batches, held.batch(kinds))
		for _, answer := range held.ordered() {
			if answer.broken == "" {
				reader.report.Files++
			} else if answer.file.refused == "" {
				reader.report.Broken = append(reader.report.Broken, answer.file.path+": "+answer.broken)
			}
		}
	}
	slices.Sort(reader.report.Broken)
	return batches
}
