// Command image compiles the contracts below proto/ into one descriptor image for buf, which lints it, checks it for breaking
// changes and generates Go from it. The validation rules' own proto file is taken from the Go module
// that implements them, so that neither a copy of it nor a schema registry is needed.
//
// Usage: image <proto root> <output.binpb>
package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	_ "buf.build/gen/go/bufbuild/protovalidate/protocolbuffers/go/buf/validate"
	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

// markImport is a buf image file's extension (field 8042) with is_import (field 1) set: buf neither lints nor generates it.
var markImport = protowire.AppendBytes(protowire.AppendTag(nil, 8042, protowire.BytesType), []byte{1 << 3, 1})

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: image <proto root> <output.binpb>")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func run(root, output string) error {
	var names []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".proto") {
			relative, _ := filepath.Rel(root, path)
			names = append(names, filepath.ToSlash(relative))
		}
		return err
	})
	if err != nil {
		return err
	}
	compiler := protocompile.Compiler{
		SourceInfoMode: protocompile.SourceInfoStandard,
		Resolver: protocompile.CompositeResolver{
			&protocompile.SourceResolver{ImportPaths: []string{root}},
			protocompile.ResolverFunc(func(path string) (protocompile.SearchResult, error) {
				file, err := protoregistry.GlobalFiles.FindFileByPath(path)
				if err != nil {
					return protocompile.SearchResult{}, err
				}
				return protocompile.SearchResult{Desc: file}, nil
			}),
		},
	}
	files, err := compiler.Compile(context.Background(), names...)
	if err != nil {
		return err
	}
	set := &descriptorpb.FileDescriptorSet{}
	seen := map[string]bool{}
	var add func(protoreflect.FileDescriptor)
	add = func(file protoreflect.FileDescriptor) {
		if seen[file.Path()] {
			return
		}
		seen[file.Path()] = true
		for i := range file.Imports().Len() {
			add(file.Imports().Get(i).FileDescriptor)
		}
		described := protodesc.ToFileDescriptorProto(file)
		if !slices.Contains(names, file.Path()) {
			described.ProtoReflect().SetUnknown(markImport)
		}
		set.File = append(set.File, described)
	}
	for _, file := range files {
		add(file)
	}
	encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(set)
	if err != nil {
		return err
	}
	return os.WriteFile(output, encoded, 0o644)
}
