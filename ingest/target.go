package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/inroad-security/inroad/graph"
)

// target is the folder into which a bundle is written. A file in it is whole or not there.
type target struct {
	folder string
	root   *os.Root
}

func openTarget(folder string) (*target, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return &target{folder, root}, nil
}

func (target *target) close() error { return target.root.Close() }

// begin writes the manifest that says that an account's collection has begun. It gives ErrInvalid for a folder that
// holds something else, or a collection of the account that is complete.
func (target *target) begin(account Collected) (Manifest, error) {
	manifest, err := target.manifest()
	if err != nil {
		return Manifest{}, err
	}
	for _, known := range manifest.Accounts {
		if known.Cloud != account.Cloud || known.Account != account.Account {
			continue
		}
		if known.Complete {
			return Manifest{}, fmt.Errorf("bundle: %w: %s holds a complete collection of %s/%s of %s: name another folder, or remove it",
				graph.ErrInvalid, target.folder, account.Cloud, account.Account, known.Time.Format("2006-01-02 15:04 MST"))
		}
		account.Time = known.Time
		account.Regions = graph.Sorted(append(account.Regions, known.Regions...))
	}
	manifest = manifest.withAccount(account)
	return manifest, target.writeManifest(manifest)
}

func (target *target) manifest() (Manifest, error) {
	body, ok, err := target.read(manifestName)
	if err != nil {
		return Manifest{}, err
	}
	if ok {
		manifest, err := decodeManifest(body)
		if err != nil {
			return Manifest{}, fmt.Errorf("bundle: %s/%s: %w", target.folder, manifestName, err)
		}
		return manifest, nil
	}
	entries, err := fs.ReadDir(target.root.FS(), ".")
	if err != nil {
		return Manifest{}, fmt.Errorf("bundle: %w", err)
	}
	if len(entries) > 0 {
		return Manifest{}, fmt.Errorf("bundle: %w: %s is not empty and holds no %s: name a new folder", graph.ErrInvalid, target.folder, manifestName)
	}
	return Manifest{Version: manifestVersion}, nil
}

func (target *target) writeManifest(manifest Manifest) error {
	body, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return err
	}
	return target.write(manifestName, append(body, '\n'))
}

// read gives a file, and false when there is none.
func (target *target) read(name string) ([]byte, bool, error) {
	opened, err := target.root.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("bundle: %w", err)
	}
	body, err := io.ReadAll(opened)
	if err = errors.Join(err, opened.Close()); err != nil {
		return nil, false, fmt.Errorf("bundle: %s: %w", name, err)
	}
	return body, true, nil
}

// write puts a file in its place when all of it is on the disk, so that no crash leaves half of it there.
func (target *target) write(name string, body []byte) error {
	folder := path.Dir(name)
	if err := target.root.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	temporary := path.Join(folder, "."+path.Base(name)+".part")
	opened, err := target.root.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	_, err = io.Copy(opened, bytes.NewReader(body))
	if err == nil {
		err = opened.Sync()
	}
	if err = errors.Join(err, opened.Close()); err != nil {
		return fmt.Errorf("bundle: %s: %w", name, errors.Join(err, target.root.Remove(temporary)))
	}
	if err := target.root.Rename(temporary, name); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	return target.sync(folder)
}

// sync makes a folder's new names last. Systems that cannot sync a folder keep them without.
func (target *target) sync(folder string) error {
	opened, err := target.root.Open(folder)
	if err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	_ = opened.Sync()
	return opened.Close()
}
