// Gotypes parses and type-checks net/http from source: function bodies of
// net/http itself, declarations of the packages it imports. The argument is a
// GOROOT. Packages are read as for linux/amd64 without cgo wherever this runs,
// so that every runtime sees the same files.
package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"log"
	"os"
	"path/filepath"

	"bench/internal/gen"
)

const target = "net/http"

type loader struct {
	context build.Context
	files   *token.FileSet
	done    map[string]*types.Package
}

// directory finds an import path in GOROOT/src, or among what it vendors.
func (l *loader) directory(path string) string {
	src := filepath.Join(l.context.GOROOT, "src")
	if dir := filepath.Join(src, path); exists(dir) {
		return dir
	}
	return filepath.Join(src, "vendor", path)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (l *loader) parse(path string) ([]*ast.File, error) {
	pkg, err := l.context.ImportDir(l.directory(path), 0)
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, name := range pkg.GoFiles {
		file, err := parser.ParseFile(l.files, filepath.Join(pkg.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

func (l *loader) check(path string, info *types.Info) (*types.Package, error) {
	files, err := l.parse(path)
	if err != nil {
		return nil, err
	}
	config := types.Config{
		Importer:         l,
		IgnoreFuncBodies: info == nil,
		FakeImportC:      true,
		Sizes:            types.SizesFor("gc", "amd64"),
	}
	return config.Check(path, l.files, files, info)
}

// Import makes loader a types.Importer.
func (l *loader) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if pkg := l.done[path]; pkg != nil {
		return pkg, nil
	}
	pkg, err := l.check(path, nil)
	l.done[path] = pkg
	return pkg, err
}

func main() {
	context := build.Default
	context.GOROOT = os.Args[1]
	context.GOOS, context.GOARCH = "linux", "amd64"
	context.CgoEnabled = false
	context.ToolTags = nil
	l := &loader{context, token.NewFileSet(), map[string]*types.Package{}}
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{},
		Defs:  map[*ast.Ident]types.Object{},
		Uses:  map[*ast.Ident]types.Object{},
	}
	pkg, err := l.check(target, info)
	if err != nil {
		log.Fatal(err)
	}
	sum := gen.NewSum()
	for _, name := range pkg.Scope().Names() {
		sum.Write([]byte(pkg.Scope().Lookup(name).String()))
	}
	fmt.Printf("%s: %d packages imported, %d types, %d definitions, %d uses, %016x\n",
		pkg.Path(), len(l.done), len(info.Types), len(info.Defs), len(info.Uses), uint64(sum))
}
