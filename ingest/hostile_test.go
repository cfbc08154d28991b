package ingest

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/inroad-security/inroad/graph"
)

// Of two files one is hostile: the other is read, and the first is named with the place.
func TestABrokenFileIsNamedAndTheRestIsRead(t *testing.T) {
	for _, test := range []struct{ name, body, want string }{
		{"truncated", "{\"Boxes\": [\n{\"Name\": \"a\"},\n{\"Na", "line 3: unexpected end of JSON input (byte 31)"},
		{"wrong type", "{\"Boxes\": [\n{\"Name\": 7}]}", "line 2: Boxes.Name is number, not what the command prints there (byte 22)"},
		{"another shape", "[]", "line 1: the body is array, not what the command prints there (byte 1)"},
		{"not JSON", "An error occurred (AccessDenied)", "line 1: invalid character 'A' looking for beginning of value (byte 1)"},
		{"empty", "", "the file is empty"},
		{"blank", " \n", "the file is empty"},
		{"not UTF-8", "{\"Boxes\":\n [{\"Name\": \"\xff\"}]}", "line 2: not UTF-8 text (byte 22)"},
		{"too deep", `{"Boxes": ` + strings.Repeat("[", 20000), "line 1: invalid character '[' exceeded max depth (byte 10010)"},
		{"two documents", "{}\n{}", "line 2: invalid character '{' after top-level value (byte 4)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			folder := world(t, "-- toy/1111/global/people/list.json --\n{}\n-- $/shelves/list-tops.json --\n{}\n")
			write(t, filepath.Join(folder, "toy/1111/north/boxes/list.json"), []byte(test.body))
			batches, report, err := Read(t.Context(), folder, toy)
			if err != nil {
				t.Fatal(err)
			}
			path := "toy/1111/north/boxes/list.json: "
			if diff := cmp.Diff([]string{path + test.want}, report.Broken); diff != "" {
				t.Error(diff)
			}
			if want := "toy/1111/global/people\ntoy/1111/north/boxes\n  ! broken: " + path + test.want + "\ntoy/1111/north/shelves\n"; told(batches) != want {
				t.Error(cmp.Diff(want, told(batches)))
			}
		})
	}
}

func TestWhatIsUnusualAndRight(t *testing.T) {
	box := `{"Boxes": [{"Name": "ä"}]}`
	units := utf16.Encode([]rune(box))
	little, big := []byte{0xFF, 0xFE}, []byte{0xFE, 0xFF}
	for _, unit := range units {
		little = append(little, byte(unit), byte(unit>>8))
		big = append(big, byte(unit>>8), byte(unit))
	}
	for name, body := range map[string][]byte{
		"a byte order mark":           append([]byte{0xEF, 0xBB, 0xBF}, box...),
		"PowerShell's UTF-16":         little,
		"the other UTF-16":            big,
		"a member twice, the last on": []byte(`{"Boxes": [{"Name": "x"}], "Boxes": [{"Name": "ä"}]}`),
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			write(t, filepath.Join(folder, "toy/1111/north/boxes/list.json"), body)
			batches, report, err := Read(t.Context(), folder, toy)
			if err != nil || len(report.Broken) > 0 || !strings.Contains(told(batches), "1111:ä name=ä\n") {
				t.Error(err, report, told(batches))
			}
		})
	}
}

func TestAFileLargerThanTheLimitIsRefused(t *testing.T) {
	if _, err := readBody(strings.NewReader(strings.Repeat(" ", 3<<20)), 2<<20); err == nil || err.Error() != "larger than 2 MiB, the most that a file may hold" {
		t.Error(err)
	}
	if _, err := readBody(strings.NewReader(`{}`), 2); err != nil {
		t.Error(err)
	}
}

func TestNothingOutsideTheFolderIsRead(t *testing.T) {
	outside := t.TempDir()
	write(t, filepath.Join(outside, "list.json"), []byte(`{"Boxes": [{"Name": "secret"}]}`))
	folder := world(t, "-- toy/1111/global/people/list.json --\n{}\n-- kept/lid.json --\n{\"Colour\": \"red\"}\n-- $/shelves/list-tops.json --\n{}\n")
	boxes := filepath.Join(folder, "toy/1111/north/boxes")
	if err := os.MkdirAll(filepath.Join(boxes, "get-lid"), 0o700); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{
		"list.json":            filepath.Join(outside, "list.json"),
		"get-lid/in.json":      "../../../../../kept/lid.json",
		"get-lid/out.json":     "../../../../../../" + filepath.Base(outside) + "/list.json",
		"get-lid/nowhere.json": "none",
		"get-lid/round":        "..",
	} {
		if err := os.Symlink(to, filepath.Join(boxes, link)); err != nil {
			t.Skip("no links here: ", err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(boxes, "get-lid/pipe.json"), 0o600); err != nil {
		t.Skip("no pipes here: ", err)
	}
	batches, report, err := Read(t.Context(), folder, toy)
	if err != nil {
		t.Fatal(err)
	}
	away := ": a link that leads out of the folder, or nowhere"
	if diff := cmp.Diff([]string{
		"toy/1111/north/boxes/get-lid/nowhere.json" + away, "toy/1111/north/boxes/get-lid/out.json" + away,
		"toy/1111/north/boxes/get-lid/pipe.json: not a regular file", "toy/1111/north/boxes/list.json" + away,
	}, report.Broken); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"kept/lid.json", "toy/1111/north/boxes/get-lid/round/"}, report.Unknown); diff != "" {
		t.Error(diff)
	}
	if text := told(batches); strings.Contains(text, "secret") || !strings.Contains(text, "1111:in lid=red") || strings.Count(text, "! broken") != 4 {
		t.Error(text)
	}
}

func TestAnUnreadableFileIsNamed(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	folder := world(t, whole)
	if err := os.Chmod(filepath.Join(folder, "toy/1111/north/boxes/list.json"), 0); err != nil {
		t.Fatal(err)
	}
	_, report, err := Read(t.Context(), folder, toy)
	if diff := cmp.Diff([]string{"toy/1111/north/boxes/list.json: permission denied"}, report.Broken); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

// entry is one file of an archive; a link leads where its body says.
type entry struct {
	name, body string
	link       bool
}

var archivers = map[string]func(t *testing.T, entries []entry) []byte{
	".zip": func(t *testing.T, entries []entry) []byte {
		var out bytes.Buffer
		archive := zip.NewWriter(&out)
		for _, entry := range entries {
			header := &zip.FileHeader{Name: entry.name, Method: zip.Deflate}
			header.SetMode(0o644)
			if entry.link {
				header.SetMode(os.ModeSymlink | 0o777)
			}
			to, err := archive.CreateHeader(header)
			if err == nil {
				_, err = to.Write([]byte(entry.body))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := archive.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	},
	".tar.gz": func(t *testing.T, entries []entry) []byte {
		var out bytes.Buffer
		packed := gzip.NewWriter(&out)
		archive := tar.NewWriter(packed)
		for _, entry := range entries {
			header := &tar.Header{Name: entry.name, Mode: 0o644, Size: int64(len(entry.body)), Typeflag: tar.TypeReg}
			if entry.link {
				header.Typeflag, header.Linkname, header.Size = tar.TypeSymlink, entry.body, 0
			}
			err := archive.WriteHeader(header)
			if err == nil && !entry.link {
				_, err = archive.Write([]byte(entry.body))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(archive.Close(), packed.Close()); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	},
}

func TestArchivesAreReadAndNothingLeavesThem(t *testing.T) {
	for suffix, pack := range archivers {
		t.Run(suffix, func(t *testing.T) {
			folder := t.TempDir()
			t.Setenv("TMPDIR", t.TempDir())
			body := pack(t, []entry{
				{name: "./bundle/toy/1111/north/boxes/list.json", body: `{"Boxes": [{"Name": "b"}]}`},
				{name: "bundle/toy/1111/north/boxes/get-lid/b.json", body: `{"Colour": "red"}`},
				{name: "bundle/toy/1111/north/boxes/get-lid/a.json", body: `{"Colour": "red"}`},
				{name: "bundle/toy/1111/north/boxes/get-lid/a.json", body: `{"Colour": "second"}`},
				{name: "../../escaped.json", body: "{}"},
				{name: "/absolute.json", body: "{}"},
				{name: `..\windows.json`, body: "{}"},
				{name: "bundle/toy/1111/north/shelves/list-tops.json", body: "/etc/passwd", link: true},
				{name: "1/2/3/4/5/6/7/8/9/10/11/12.json", body: "{}"},
			})
			name := filepath.Join(folder, "bundle"+suffix)
			write(t, name, body)
			batches, report, err := Read(t.Context(), name, toy)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(told(batches), "1111:b lid=red name=b\n") {
				t.Error(told(batches))
			}
			if diff := cmp.Diff([]string{
				"../../escaped.json: its name leads out of the folder",
				`..\windows.json: its name leads out of the folder`,
				"/absolute.json: its name leads out of the folder",
				"1/2/3/4/5/6/7/8/9/10/11/12.json: it lies too deep",
				"bundle/toy/1111/north/boxes/get-lid/a.json: the archive holds it twice",
				"bundle/toy/1111/north/shelves/list-tops.json: not a regular file",
			}, report.Broken); diff != "" {
				t.Error(diff)
			}
			for _, left := range []string{os.Getenv("TMPDIR"), filepath.Dir(folder)} {
				entries, err := os.ReadDir(left)
				if err != nil {
					t.Fatal(err)
				}
				for _, entry := range entries {
					if strings.Contains(entry.Name(), "json") || strings.Contains(entry.Name(), "inroad-bundle") {
						t.Errorf("%s was left in %s", entry.Name(), left)
					}
				}
			}
		})
	}
}

func TestABrokenArchiveIsAnError(t *testing.T) {
	whole := archivers[".tar.gz"](t, []entry{{name: "toy/1111/north/boxes/list.json", body: strings.Repeat(" ", 1<<16) + "{}"}})
	for name, body := range map[string][]byte{
		"text.zip": []byte("no archive"), "text.tar.gz": []byte("no archive"), "cut.tar.gz": whole[:len(whole)-20], "text.json": []byte("{}"), "empty.zip": nil, "empty.tgz": nil,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name)
			write(t, path, body)
			if _, _, err := Read(t.Context(), path, toy); !errors.Is(err, graph.ErrInvalid) {
				t.Error(err)
			}
		})
	}
}

// Time and memory grow with the number of files and items, and not with its square.
func TestManyItemsAreReadInStep(t *testing.T) {
	var boxes, people []string
	for i := range 20_000 {
		boxes = append(boxes, fmt.Sprintf(`{"Name": "box%d", "On": "top"}`, i))
		people = append(people, fmt.Sprintf(`{"Name": "p%d"}`, i))
	}
	folder := t.TempDir()
	write(t, filepath.Join(folder, "toy/1111/north/boxes/list.json"), []byte(`{"Boxes": [`+strings.Join(boxes, ",")+`]}`))
	write(t, filepath.Join(folder, "toy/1111/global/people/list.json"), []byte(`{"People": [`+strings.Join(people, ",")+`]}`))
	batches, _, err := Read(t.Context(), folder, toy)
	if err != nil || len(batches) != 3 || len(batches[1].Nodes) != 20_001 {
		t.Fatal(err, len(batches))
	}
	if want := "not collected: boxes/get-lid of box0, box1, box10 and 19997 more"; !cmp.Equal([]string{want}, batches[1].Incomplete) {
		t.Error(batches[1].Incomplete)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("toy/1111/north/boxes/list.json", []byte(`{"Boxes": [{"Name": "a", "On": "top"}]}`))
	f.Add("a/people/list.json", []byte(`{"Owner": "1111", "People": [{"Name": "a"}]}`))
	f.Add("manifest.json", []byte(`{"version": 1, "accounts": [{"cloud": "toy", "account": "1111", "regions": ["north", "x"]}]}`))
	f.Add("toy/1111/north/boxes/get-lid/%2e%2e.json", []byte(`{"Lids": [{"Name": ""}]}`))
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		folder := t.TempDir()
		root, err := os.OpenRoot(folder)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		if root.MkdirAll(filepath.Dir(name), 0o700) != nil || root.WriteFile(name, body, 0o600) != nil {
			return
		}
		batches, _, err := Read(t.Context(), folder, toy)
		if err != nil {
			return
		}
		for _, batch := range batches {
			if err := batch.Validate(); err != nil {
				t.Error(err)
			}
		}
		if _, err := graph.NewSnapshot(0, batches...); err != nil {
			t.Error(err)
		}
	})
}
