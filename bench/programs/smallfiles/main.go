// Smallfiles makes, lists, reads, renames and removes many small files in a
// directory of its own below the one named as its argument.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"bench/internal/gen"
)

const files, perDirectory = 2000, 100

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	top := filepath.Join(os.Args[1], "tree")
	check(os.RemoveAll(top))
	r := gen.Rand(29)
	for i := 0; i < files; i++ {
		dir := filepath.Join(top, fmt.Sprint(i/perDirectory))
		if i%perDirectory == 0 {
			check(os.MkdirAll(dir, 0o755))
		}
		check(os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.txt", i)), r.Text(r.Intn(2000)), 0o644))
	}
	sum, count := gen.NewSum(), 0
	// Walk goes in the order of the names.
	check(filepath.Walk(top, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		count += bytes.Count(text, []byte("\n"))
		sum.Write([]byte(info.Name()))
		sum.Add(uint64(info.Size()))
		return os.Rename(path, path+".old")
	}))
	check(os.RemoveAll(top))
	fmt.Printf("%d lines, %016x\n", count, uint64(sum))
}
