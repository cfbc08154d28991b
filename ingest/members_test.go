package ingest

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

// streets gives the toy cloud two accounts, of which the second opens only when asked to.
func streets(shop *shop, open error) []Member[string] {
	opening := Opening[string]{Regions: []string{"north"}, Clients: func(site Site) string { return site.Region }}
	return []Member[string]{
		{Account: account, Open: func(context.Context) (Opening[string], error) { return opening, nil }},
		{Account: Site{Partition: "main", Account: "2222"}, Open: func(context.Context) (Opening[string], error) {
			if open != nil {
				return Opening[string]{}, open
			}
			return opening, nil
		}},
	}
}

func TestAnAccountThatCannotBeOpenedLeavesTheOthers(t *testing.T) {
	defer goleak.VerifyNone(t)
	folder := filepath.Join(t.TempDir(), "bundle")
	shop := openShop()
	var ended []string
	told := func(account Site, err error) { ended = append(ended, account.Account+": "+errorText(err)) }
	manifest, err := shop.collector().CollectAll(t.Context(), folder, streets(shop, shopError("Locked")), func(account Site, err error) {
		shop.lock.Lock()
		defer shop.lock.Unlock()
		told(account, err)
	})
	if err != nil || manifest.Complete {
		t.Fatal(err, manifest.Complete)
	}
	slices.Sort(ended)
	if diff := cmp.Diff([]string{"1111: ", "2222: Locked"}, ended); diff != "" {
		t.Error(diff)
	}
	if !slices.ContainsFunc(manifest.Errors, func(failed CollectFailure) bool { return failed.Account == "2222" && failed.Code == "Locked" }) {
		t.Errorf("%+v", manifest.Errors)
	}
	before := len(shop.calls)
	if manifest, err = shop.collector().CollectAll(t.Context(), folder, streets(shop, nil), func(Site, error) {}); err != nil || !manifest.Complete {
		t.Fatal(err, manifest)
	}
	for _, call := range shop.calls[before:] {
		if strings.HasPrefix(call, "1111") {
			t.Errorf("%s is asked of an account that was complete", call)
		}
	}
	if files := written(t, folder); files["toy/2222/north/shelves/list-tops.json"] == "" || files["toy/1111/north/shelves/list-tops.json"] == "" {
		t.Errorf("%v", files)
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestCredentialsThatAreRefusedAreRenewedOnce(t *testing.T) {
	for name, test := range map[string]struct {
		refusals int
		complete bool
	}{"that are taken then": {1, true}, "that are refused again": {2, false}} {
		t.Run("for ones "+name, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			shop := openShop()
			refused, renewed := 0, 0
			shop.on = func(call string) {
				if call != "list" {
					return
				}
				shop.lock.Lock()
				defer shop.lock.Unlock()
				shop.answers["list"] = `{"People":[]}`
				if refused < test.refusals {
					refused++
					shop.answers["list"] = "!Expired"
				}
			}
			opening := Opening[string]{Regions: []string{"north"}, Clients: func(site Site) string { return site.Region }, Renew: func() { renewed++ }}
			manifest, err := shop.collector().CollectAll(t.Context(), t.TempDir(), []Member[string]{{Account: account, Open: func(context.Context) (Opening[string], error) { return opening, nil }}}, func(Site, error) {})
			if err != nil || manifest.Complete != test.complete || renewed != 1 {
				t.Errorf("%v, complete %v, renewed %d times", err, manifest.Complete, renewed)
			}
		})
	}
}

func TestWhereNobodyAnswersNothingMoreIsAsked(t *testing.T) {
	shop := openShop()
	shop.answers["north/list-tops"], shop.answers["south/list-tops"], shop.answers["south/zones"] = "!Timeout", `{"Tops":[]}`, "{}"
	collector := shop.collector()
	collector.Tables = append(collector.Tables, Table[string]{Service: "shelves", Operation: "zones", Call: func(ctx context.Context, region, item string) (any, error) {
		return shop.call(ctx, region, "zones", item)
	}})
	manifest, err := collector.Collect(t.Context(), t.TempDir(), account, []string{"north", "south"})
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(shop.calls, "north/zones") || !slices.Contains(shop.calls, "south/zones") {
		t.Errorf("%v", shop.calls)
	}
	if !slices.ContainsFunc(manifest.Errors, func(failed CollectFailure) bool {
		return failed.Region == "north" && failed.Operation == "zones" && failed.Code == "Timeout"
	}) {
		t.Errorf("%+v", manifest.Errors)
	}
}

func TestItemsWithinItemsAreCollectedAndRead(t *testing.T) {
	shop := openShop()
	shop.answers["north/list-inside/a"] = `{"Inside":["b","c"]}`
	shop.answers["north/list-inside/b"], shop.answers["north/list-inside/c"] = `{"Inside":[]}`, `{"Inside":[]}`
	shop.answers["north/label/a,b"], shop.answers["north/label/a,c"] = `{}`, "!AccessDenied"
	collector := shop.collector()
	label := Table[string]{Service: "shelves", Operation: "label", Parent: "list-inside", Items: "Inside[]", Joined: true, Call: func(ctx context.Context, region, item string) (any, error) {
		return shop.call(ctx, region, "label", item)
	}}
	collector.Tables = append(collector.Tables, label)
	folder := t.TempDir()
	if _, err := collector.Collect(t.Context(), folder, account, []string{"north"}); err != nil {
		t.Fatal(err)
	}
	if written(t, folder)["toy/1111/north/shelves/label/a%2Cb.json"] == "" {
		t.Errorf("%v", written(t, folder))
	}
	label.Map = Mapping(func(*Facts, Site, string, struct{}) {})
	cloud := toy
	cloud.Readings = append(slices.Clone(toy.Readings), Readings([]Table[string]{label})...)
	batches, _, err := Read(t.Context(), folder, cloud)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(told(batches), "not collected: shelves/label of a,c (AccessDenied)") || strings.Contains(told(batches), "label of a,b") {
		t.Error(told(batches))
	}
	if parent, name := Halves("a,b,c"); parent != "a" || name != "b,c" {
		t.Errorf("%q, %q", parent, name)
	}
}
