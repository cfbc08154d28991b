package ingest

import (
	"archive/tar"
	"archive/zip"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/inroad-security/inroad/graph"
)

// maxUnpacked is the most that an archive may hold, in bytes, however small it is packed.
const maxUnpacked = 8 << 30

// unpacker writes an archive's files into a folder and lets nothing leave it.
type unpacker struct {
	root    *os.Root
	room    int64
	refused map[string]string
}

// unpack writes the regular files of a .zip, .tar.gz or .tgz into a folder. Names that lead out of it, links, devices and
// files larger than a file of a bundle may be are refused, each with the reason.
func unpack(ctx context.Context, archive, folder string) (refused map[string]string, err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	into := unpacker{root: root, room: maxUnpacked, refused: map[string]string{}}
	switch name := strings.ToLower(archive); {
	case strings.HasSuffix(name, ".zip"):
		err = into.zip(ctx, archive)
	case strings.HasSuffix(name, ".tar.gz"), strings.HasSuffix(name, ".tgz"):
		err = into.tar(ctx, archive)
	default:
		err = fmt.Errorf("%w: neither a folder nor a .zip, .tar.gz or .tgz", graph.ErrInvalid)
	}
	return into.refused, err
}

func (into *unpacker) zip(ctx context.Context, name string) (err error) {
	archive, err := zip.OpenReader(name)
	if archive != nil { // names that lead out are refused one by one
		defer func() { err = errors.Join(err, archive.Close()) }()
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return fmt.Errorf("%w: not a zip archive: %w", graph.ErrInvalid, err)
	}
	for _, entry := range archive.File {
		if err := ctx.Err(); err != nil {
			return err
		}
		if entry.FileInfo().IsDir() {
			continue
		}
		if !entry.Mode().IsRegular() {
			into.refused[entry.Name] = "not a regular file"
			continue
		}
		opened, err := entry.Open()
		if err != nil {
			into.refused[entry.Name] = err.Error()
			continue
		}
		err = errors.Join(into.file(entry.Name, opened), opened.Close())
		if err != nil {
			return err
		}
	}
	return nil
}

func (into *unpacker) tar(ctx context.Context, name string) (err error) {
	opened, err := os.Open(name)
	if err != nil {
		return errors.New(reason(err))
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	unzipped, err := gzip.NewReader(opened)
	if err != nil {
		return fmt.Errorf("%w: not a gzip archive: %w", graph.ErrInvalid, err)
	}
	for archive := tar.NewReader(unzipped); ; {
		entry, err := archive.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			return fmt.Errorf("%w: the archive is broken: %w", graph.ErrInvalid, err)
		case ctx.Err() != nil:
			return ctx.Err()
		}
		switch entry.Typeflag {
		case tar.TypeReg:
			if err := into.file(entry.Name, archive); err != nil {
				return err
			}
		case tar.TypeDir, tar.TypeXGlobalHeader:
		default:
			into.refused[entry.Name] = "not a regular file"
		}
	}
}

// file writes one file, or refuses it. An error means that the archive cannot be read on.
func (into *unpacker) file(name string, from io.Reader) error {
	local := strings.TrimPrefix(name, "./")
	if !filepath.IsLocal(local) || strings.Contains(local, `\`) || path.Clean(local) != local {
		into.refused[name] = "its name leads out of the folder"
		return nil
	}
	if strings.Count(local, "/") > deepestFolder {
		into.refused[name] = "it lies too deep"
		return nil
	}
	if err := into.root.MkdirAll(path.Dir(local), 0o700); err != nil {
		into.refused[name] = reason(err)
		return nil
	}
	to, err := into.root.OpenFile(local, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		into.refused[local] = "the archive holds it twice"
		return nil
	}
	if err != nil {
		into.refused[name] = reason(err)
		return nil
	}
	written, err := io.Copy(to, io.LimitReader(from, min(maxBody+1, into.room+1)))
	err = errors.Join(err, to.Close())
	into.room -= written
	switch {
	case into.room < 0:
		return fmt.Errorf("%w: it unpacks to more than %d GiB", graph.ErrInvalid, maxUnpacked>>30)
	case errors.Is(err, zip.ErrChecksum), errors.Is(err, zip.ErrFormat), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, new(flate.CorruptInputError)):
		into.refused[name] = "broken in the archive: " + err.Error()
	case err != nil:
		return err
	default:
		return nil
	}
	return into.root.Remove(local)
}
