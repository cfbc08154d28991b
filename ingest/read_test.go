package ingest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
)

const whole = `
-- toy/1111/global/people/list.json --
{"Owner": "1111", "People": [{"Name": "ann", "Title": "dr"}]}
-- toy/1111/global/people/get-badge/ann.json --
{"Door": "door/1"}
-- $/boxes/list.json --
{"Boxes": [{"Name": "a", "On": "top"}, {"Name": "b/c", "On": "top"}]}
-- $/boxes/get-lid/a.json --
{"Colour": "red"}
-- $/boxes/get-lid/b%2Fc.json --
{}
-- $/shelves/list-tops.json --
{"Tops": ["top"]}
-- $/shelves/list-inside/top.json --
{"Inside": ["middle"]}
-- $/shelves/list-inside/middle.json --
{"Inside": []}
`

const wholeTold = `toy/1111/global/people
  Person arn::person::1111:dr/ann name=ann
  arn::person::1111:dr/ann OPENS door/1
toy/1111/north/boxes
  Box arn::box:north:1111:a lid=red name=a
  Box arn::box:north:1111:b/c name=b/c open
  Shelf arn::shelf:north:1111:top (elsewhere)
  arn::shelf:north:1111:top HOLDS arn::box:north:1111:a
  arn::shelf:north:1111:top HOLDS arn::box:north:1111:b/c
toy/1111/north/shelves
  arn::shelf:north:1111:top HOLDS arn::shelf:north:1111:middle
`

func TestReadMapsEveryFileToItsScope(t *testing.T) {
	folder := world(t, whole)
	batches, report, err := Read(t.Context(), folder, toy)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(wholeTold, told(batches)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Report{Files: 8}, report); diff != "" {
		t.Error(diff)
	}
}

func TestReadIsTheSameOnAnyNumberOfProcessors(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	folder := world(t, whole)
	for _, processors := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(processors)
		batches, _, err := Read(t.Context(), folder, toy)
		if diff := cmp.Diff(wholeTold, told(batches)); err != nil || diff != "" {
			t.Error(processors, err, diff)
		}
	}
}

func TestReadFindsEveryLayout(t *testing.T) {
	for name, prefix := range map[string]string{
		"as the collector writes it":            "",
		"below a folder":                        "export/",
		"below four folders":                    "a/b/c/d/",
		"with accounts and regions but no name": "x/",
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.CopyFS(filepath.Join(folder, prefix), os.DirFS(world(t, whole))); err != nil {
				t.Fatal(err)
			}
			if prefix == "x/" {
				if err := os.Rename(filepath.Join(folder, "x/toy/1111"), filepath.Join(folder, "1111")); err != nil {
					t.Fatal(err)
				}
			}
			batches, report, err := Read(t.Context(), folder, toy)
			if diff := cmp.Diff(wholeTold, told(batches)); err != nil || diff != "" {
				t.Error(err, diff, report)
			}
		})
	}
	t.Run("plain, the account told by a file", func(t *testing.T) {
		folder := t.TempDir()
		for _, part := range []string{"global", "north"} {
			if err := os.CopyFS(filepath.Join(folder, "export"), os.DirFS(filepath.Join(world(t, whole), "toy/1111", part))); err != nil {
				t.Fatal(err)
			}
		}
		batches, report, err := Read(t.Context(), folder, toy)
		if diff := cmp.Diff(wholeTold, told(batches)); err != nil || diff != "" {
			t.Error(err, diff)
		}
		if diff := cmp.Diff([]string{"export: north is assumed"}, report.Notes); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("not below five folders", func(t *testing.T) {
		folder := t.TempDir()
		if err := os.CopyFS(filepath.Join(folder, "a/b/c/d/e"), os.DirFS(world(t, whole))); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Read(t.Context(), folder, toy); !errors.Is(err, graph.ErrInvalid) {
			t.Error(err)
		}
	})
}

func TestReadSaysWhatIsMissing(t *testing.T) {
	for _, test := range []struct{ name, files, want string }{
		{
			"every service has a scope, whatever was collected",
			"-- toy/1111/global/people/list.json --\n{}\n-- toy/1111/south/boxes/list.json --\n{}\n",
			"toy/1111/global/people\ntoy/1111/south/boxes\ntoy/1111/south/shelves\n  ! not collected: shelves/list-tops\n",
		},
		{
			"items that the parent names",
			"-- toy/1111/global/people/list.json --\n{\"People\": [{\"Name\": \"a\"}, {\"Name\": \"b\"}, {\"Name\": \"c\"}, {\"Name\": \"d\"}, {\"Name\": \"e\"}, {\"Name\": \"f\"}]}\n" +
				"-- toy/1111/global/people/get-badge/b.json --\n{}\n-- $/boxes/list.json --\n{}\n-- $/shelves/list-tops.json --\n{}\n",
			"toy/1111/global/people\n  ! not collected: people/get-badge of a, c, d and 2 more\n",
		},
		{
			"items that an item names in turn",
			"-- toy/1111/global/people/list.json --\n{}\n-- $/boxes/list.json --\n{}\n-- $/shelves/list-tops.json --\n{\"Tops\": [\"top\"]}\n-- $/shelves/list-inside/top.json --\n{\"Inside\": [\"in\"]}\n",
			"toy/1111/north/shelves\n  ! not collected: shelves/list-inside of in\n",
		},
		{
			"pages that were left out",
			"-- toy/1111/global/people/list.json --\n{\"NextToken\": \"more\"}\n-- $/boxes/list.json --\n{\"IsTruncated\": true}\n-- $/shelves/list-tops.json --\n{\"NextToken\": null, \"IsTruncated\": false}\n",
			"toy/1111/global/people\n  ! pages are missing: toy/1111/global/people/list.json says NextToken\ntoy/1111/north/boxes\n  ! pages are missing: toy/1111/north/boxes/list.json says IsTruncated\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			batches, _, err := Read(t.Context(), world(t, test.files), toy)
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range strings.SplitAfter(test.want, "\n") {
				if !strings.Contains(told(batches), line) {
					t.Errorf("want %q in\n%s", line, told(batches))
				}
			}
			if strings.Count(told(batches), "!") != strings.Count(test.want, "!") {
				t.Errorf("want no other gaps:\n%s", told(batches))
			}
		})
	}
}

func TestManifestTellsTimeRegionsAndFailures(t *testing.T) {
	batches, report, err := Read(t.Context(), world(t, `
-- manifest.json --
{"version": 1, "complete": false,
 "accounts": [{"cloud": "toy", "partition": "main", "account": "1111", "regions": ["south"], "collected": "2026-11-01T10:00:00Z", "complete": false}],
 "errors": [{"cloud": "toy", "account": "1111", "region": "south", "service": "shelves", "operation": "list-tops", "code": "AccessDenied"},
            {"cloud": "toy", "account": "1111", "service": "people", "operation": "get-badge", "item": "a", "code": "AccessDenied"},
            {"cloud": "toy", "account": "1111", "service": "people", "operation": "get-badge", "item": "b", "code": "Throttling"},
            {"cloud": "toy", "account": "1111", "service": "people", "operation": "get-badge", "item": "c", "code": "AccessDenied"}]}
-- toy/1111/global/people/list.json --
{"People": [{"Name": "a"}, {"Name": "b"}, {"Name": "c"}, {"Name": "d"}]}
`), toy)
	if err != nil {
		t.Fatal(err)
	}
	want := `toy/1111/global/people
  ! not collected: people/get-badge of a, c (AccessDenied)
  ! not collected: people/get-badge of b (Throttling)
  ! not collected: people/get-badge of d
  Person arn:main:person::1111:/a name=a
  Person arn:main:person::1111:/b name=b
  Person arn:main:person::1111:/c name=c
  Person arn:main:person::1111:/d name=d
toy/1111/south/boxes
  ! not collected: boxes/list
toy/1111/south/shelves
  ! not collected: shelves/list-tops (AccessDenied)
`
	if diff := cmp.Diff(want, told(batches)); diff != "" {
		t.Error(diff)
	}
	for _, batch := range batches {
		if want := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC); !batch.Collected.Equal(want) {
			t.Errorf("%s was collected at %v, want %v", batch.Scope, batch.Collected, want)
		}
	}
	if len(report.Failures) != 4 || len(report.Notes) != 1 {
		t.Errorf("%+v", report)
	}
}

func TestOneFileForAllItems(t *testing.T) {
	for _, test := range []struct{ name, file, ofB string }{
		{"by the name it has in the table: b has no lid", "lids", "box:north:1111:b name=b open\n"},
		{"by the operation's name: nothing is known of b's lid", "get-lid", "box:north:1111:b name=b\n"},
	} {
		batches, report, err := Read(t.Context(), world(t, "-- $/boxes/"+test.file+".json --\n{\"Lids\": [{\"Name\": \"a\", \"Colour\": \"red\"}]}\n"+
			"-- $/boxes/list.json --\n{\"Boxes\": [{\"Name\": \"a\", \"On\": \"top\"}, {\"Name\": \"b\", \"On\": \"top\"}]}\n"), toy)
		if err != nil || len(report.Broken) > 0 {
			t.Fatal(err, report)
		}
		for _, line := range []string{"toy/1111/north/boxes\n  Box", "box:north:1111:a lid=red name=a", test.ofB} {
			if !strings.Contains(told(batches), line) {
				t.Errorf("%s: want %q in\n%s", test.name, line, told(batches))
			}
		}
	}
}

func TestThingsOfTwoKindsAreNotMixed(t *testing.T) {
	batches, _, err := Read(t.Context(), world(t, "-- $/boxes/list.json --\n{\"Boxes\": [{\"Name\": \"a\"}, {\"Name\": \"a\", \"Kind\": \"Bag\"}]}\n"), toy)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(told(batches), "! arn::box:north:1111:a is said to be Box and Bag; the second is left out\n") {
		t.Error(told(batches))
	}
	if _, err := graph.NewSnapshot(0, batches...); err != nil {
		t.Error(err)
	}
}

func TestReadRefusesWhatCannotBeOneBundle(t *testing.T) {
	for _, test := range []struct{ name, files, want string }{
		{"nothing that is known", "-- readme.txt --\nhello\n", "no file in it is one that Inroad reads"},
		{"two files for one answer", "-- a/toy/1111/north/boxes/list.json --\n{}\n-- b/toy/1111/north/boxes/list.json --\n{}\n", "read them one at a time"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, _, err := Read(t.Context(), world(t, test.files), toy); !errors.Is(err, graph.ErrInvalid) || !strings.Contains(err.Error(), test.want) {
				t.Error(err)
			}
		})
	}
	if _, _, err := Read(t.Context(), filepath.Join(t.TempDir(), "none"), toy); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Error(err)
	}
}

func TestAFolderThatTellsNoAccountIsSaid(t *testing.T) {
	batches, report, err := Read(t.Context(), world(t, "-- export/boxes/list.json --\n{}\n"), toy)
	if err != nil || len(batches) != 0 {
		t.Error(batches, err)
	}
	if diff := cmp.Diff([]string{"export: no file in it tells the account; its 1 files are not read"}, report.Broken); diff != "" {
		t.Error(diff)
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Read(ctx, world(t, whole), toy); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
