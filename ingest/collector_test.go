package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/inroad-security/inroad/graph"
)

// shop answers calls from a table of bodies, and counts them. An answer that begins with ! is an error's code.
type shop struct {
	answers map[string]string
	lock    sync.Mutex
	calls   []string
	on      func(call string)
}

type shopError string

func (failed shopError) Error() string { return string(failed) }

func (shop *shop) call(ctx context.Context, region, operation, item string) (any, error) {
	name := strings.Trim(region+"/"+operation+"/"+item, "/")
	shop.lock.Lock()
	shop.calls = append(shop.calls, name)
	shop.lock.Unlock()
	if shop.on != nil {
		shop.on(name)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	body := shop.answers[name]
	if code, failed := strings.CutPrefix(body, "!"); failed {
		return nil, shopError(code)
	}
	return json.RawMessage(body), nil
}

// collector gives the toy cloud's collector against a shop.
func (shop *shop) collector() Collector[string] {
	table := func(service, operation string, global bool) Table[string] {
		return Table[string]{Service: service, Operation: operation, Global: global, Call: func(ctx context.Context, region, item string) (any, error) {
			return shop.call(ctx, region, operation, item)
		}}
	}
	people, badge := table("people", "list", true), table("people", "get-badge", true)
	badge.Parent, badge.Items, badge.Absent = "list", "People[].Name", []string{"NoBadge"}
	tops, inside := table("shelves", "list-tops", false), table("shelves", "list-inside", false)
	inside.Parent, inside.Items, inside.Again = "list-tops", "Tops[]", "Inside[]"
	return Collector[string]{
		Cloud: "toy", Tables: []Table[string]{badge, people, inside, tops},
		Clients: func(site Site) string { return site.Region },
		Encode: func(_ string, answer any) ([]byte, error) {
			return json.Marshal(answer)
		},
		Failure:  func(err error) (string, string, bool) { return err.Error(), "in words", err.Error() == "Expired" },
		Now:      func() time.Time { return time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC) },
		Progress: func(int, int, string) {},
	}
}

var account = Site{Partition: "main", Account: "1111"}

func openShop() *shop {
	return &shop{answers: map[string]string{
		"list":                     `{"People":[{"Name":"ann"},{"Name":"../bob"},{"Name":"cy"}]}`,
		"get-badge/ann":            `{"Door":"1"}`,
		"get-badge/../bob":         "!NoBadge",
		"get-badge/cy":             "!AccessDenied",
		"north/list-tops":          `{"Tops":["a"]}`,
		"north/list-inside/a":      `{"Inside":["b","a"]}`,
		"north/list-inside/b":      `{"Inside":[]}`,
		"south/list-tops":          "!NoEndpoint",
		"south/list-inside/unused": "!",
	}}
}

func written(t *testing.T, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := os.ReadFile(name)
		relative, _ := filepath.Rel(folder, name)
		if relative != manifestName {
			files[filepath.ToSlash(relative)] = string(body)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var shopFiles = map[string]string{
	"toy/1111/global/people/list.json":               `{"People":[{"Name":"ann"},{"Name":"../bob"},{"Name":"cy"}]}`,
	"toy/1111/global/people/get-badge/ann.json":      `{"Door":"1"}`,
	"toy/1111/global/people/get-badge/..%2Fbob.json": `{}`,
	"toy/1111/north/shelves/list-tops.json":          `{"Tops":["a"]}`,
	"toy/1111/north/shelves/list-inside/a.json":      `{"Inside":["b","a"]}`,
	"toy/1111/north/shelves/list-inside/b.json":      `{"Inside":[]}`,
}

func TestCollectWritesWhatItReadsAndRecordsWhatItCannot(t *testing.T) {
	defer goleak.VerifyNone(t)
	folder := filepath.Join(t.TempDir(), "bundle")
	manifest, err := openShop().collector().Collect(t.Context(), folder, account, []string{"north", "south"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shopFiles, written(t, folder)); diff != "" {
		t.Error(diff)
	}
	want := Manifest{
		Version: 1, Complete: true,
		Accounts: []Collected{{
			Cloud: "toy", Partition: "main", Account: "1111", Regions: []string{"north", "south"},
			Time: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC), Complete: true,
		}},
		Errors: []CollectFailure{
			{Cloud: "toy", Account: "1111", Service: "people", Operation: "get-badge", Item: "cy", Code: "AccessDenied", Message: "in words"},
			{Cloud: "toy", Account: "1111", Region: "south", Service: "shelves", Operation: "list-tops", Code: "NoEndpoint", Message: "in words"},
		},
	}
	if diff := cmp.Diff(want, manifest); diff != "" {
		t.Error(diff)
	}
	batches, report, err := Read(t.Context(), folder, toy)
	if err != nil || len(report.Unknown)+len(report.Broken) > 0 {
		t.Fatal(err, report)
	}
	for _, line := range []string{
		"  ! not collected: people/get-badge of cy (AccessDenied)\n", "toy/1111/north/shelves\n  arn", "toy/1111/south/shelves\n  ! not collected: shelves/list-tops (NoEndpoint)\n",
	} {
		if !strings.Contains(told(batches), line) {
			t.Errorf("want %q in\n%s", line, told(batches))
		}
	}
}

func TestACollectionThatWasStoppedGoesOn(t *testing.T) {
	for _, stopped := range []string{"list", "get-badge/ann", "north/list-tops", "north/list-inside/b"} {
		t.Run("at "+stopped, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			folder := t.TempDir()
			ctx, cancel := context.WithCancel(t.Context())
			shop := openShop()
			shop.on = func(call string) {
				if call == stopped {
					cancel()
				}
			}
			manifest, err := shop.collector().Collect(ctx, folder, account, []string{"north", "south"})
			if !errors.Is(err, context.Canceled) || manifest.Complete {
				t.Fatalf("%v, complete %v", err, manifest.Complete)
			}
			for name := range written(t, folder) {
				if _, ok := shopFiles[name]; !ok {
					t.Errorf("%s is left", name)
				}
			}
			batches, _, err := Read(t.Context(), folder, toy)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(batches, func(batch graph.Batch) bool { return len(batch.Incomplete) > 0 }) {
				t.Error("what was stopped looks whole")
			}
			before := written(t, folder)
			again := openShop()
			manifest, err = again.collector().Collect(t.Context(), folder, account, []string{"north", "south"})
			if err != nil || !manifest.Complete {
				t.Fatal(err, manifest)
			}
			if diff := cmp.Diff(shopFiles, written(t, folder)); diff != "" {
				t.Error(diff)
			}
			for name := range before {
				for _, call := range again.calls {
					if strings.HasSuffix(name, "/"+call+".json") {
						t.Errorf("%s was asked for twice", call)
					}
				}
			}
		})
	}
}

func TestACollectionWhoseCredentialsExpireStops(t *testing.T) {
	shop := openShop()
	shop.answers["north/list-inside/a"] = "!Expired"
	folder := t.TempDir()
	manifest, err := shop.collector().Collect(t.Context(), folder, account, []string{"north"})
	if err == nil || !strings.Contains(err.Error(), "no further call can succeed: Expired: in words; the same command goes on where it stopped") || manifest.Complete {
		t.Error(err, manifest)
	}
}

func TestABundleHoldsAccountsSideBySide(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"2222", "1111"} {
		if _, err := openShop().collector().Collect(t.Context(), folder, Site{Account: name}, []string{"north"}); err != nil {
			t.Fatal(err)
		}
	}
	body, err := os.ReadFile(filepath.Join(folder, manifestName))
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := decodeManifest(body)
	if err != nil || !manifest.Complete || len(manifest.Accounts) != 2 || manifest.Accounts[0].Account != "1111" || len(manifest.Errors) != 2 {
		t.Error(err, manifest)
	}
}

func TestCollectDoesNotMix(t *testing.T) {
	complete := t.TempDir()
	if _, err := openShop().collector().Collect(t.Context(), complete, account, []string{"north"}); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	write(t, filepath.Join(other, "photo.jpg"), nil)
	newer := t.TempDir()
	write(t, filepath.Join(newer, manifestName), []byte(`{"version": 2}`))
	for folder, want := range map[string]string{
		complete:                          "holds a complete collection of toy/1111 of 2026-11-02 08:00 UTC: name another folder",
		other:                             "is not empty and holds no manifest.json",
		newer:                             "version 2 of the manifest is not known",
		filepath.Join(other, "photo.jpg"): "not a directory",
	} {
		shop := openShop()
		if _, err := shop.collector().Collect(t.Context(), folder, account, []string{"north"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v", want, err)
		}
		if len(shop.calls) > 0 {
			t.Errorf("%s: calls were made: %q", want, shop.calls)
		}
	}
}

func TestADiskThatCannotBeWrittenStopsTheCollection(t *testing.T) {
	folder := t.TempDir()
	shop := openShop()
	shop.on = func(call string) {
		if call == "list" { // a file where the folder is to be
			write(t, filepath.Join(folder, "toy/1111/global/people"), nil)
		}
	}
	manifest, err := shop.collector().Collect(t.Context(), folder, account, []string{"north"})
	if err == nil || !strings.Contains(err.Error(), "bundle: ") || manifest.Complete {
		t.Error(err, manifest)
	}
}

func TestAnItemWhoseNameMakesNoFileIsRecorded(t *testing.T) {
	shop := openShop()
	shop.answers["list"] = fmt.Sprintf(`{"People":[{"Name":%q}]}`, strings.Repeat("x", 300))
	manifest, err := shop.collector().Collect(t.Context(), t.TempDir(), account, []string{"north"})
	if err != nil || len(manifest.Errors) != 1 || manifest.Errors[0].Code != "NameTooLong" {
		t.Error(err, manifest)
	}
}
