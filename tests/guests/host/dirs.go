package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// tally counts names, and those seen twice.
type tally struct {
	seen  map[string]bool
	twice int
}

func (t *tally) add(entries []fs.DirEntry) {
	for _, entry := range entries {
		if t.seen[entry.Name()] {
			t.twice++
		}
		t.seen[entry.Name()] = true
	}
}

func newTally() *tally { return &tally{seen: map[string]bool{}} }

// batches lists the remaining entries of an open directory, size entries at a time.
func (t *tally) batches(dir *os.File, size int, between func([]fs.DirEntry)) {
	for {
		entries, err := dir.ReadDir(size)
		t.add(entries)
		if between != nil {
			between(entries)
		}
		if err != nil {
			if err != io.EOF {
				fmt.Println("ReadDir", kind(err))
			}
			return
		}
	}
}

func list(args []string) {
	entries, err := os.ReadDir(args[0])
	all := newTally()
	all.add(entries)
	fmt.Println("ReadDir", len(entries), len(all.seen), all.twice, kind(err))
	dir, err := os.Open(args[0])
	must(err)
	some := newTally()
	some.batches(dir, 999, nil)
	fmt.Println("batches", len(some.seen), some.twice)
	for _, count := range []int{1, 5_000} {
		_, err = dir.Seek(0, io.SeekStart)
		names, readErr := dir.Readdirnames(count)
		fmt.Println("rewound", kind(err), len(names), kind(readErr))
	}
	_, err = dir.Seek(0, io.SeekStart)
	must(err)
	again := newTally()
	again.batches(dir, 100_001, nil)
	fmt.Println("again", len(again.seen), again.twice)
}

// stable lists a directory over and over while others add and remove entries;
// those called "stable" are always there. Ends with the input.
func stable(args []string) {
	fmt.Println("ready")
	input := make(chan error, 1)
	go func() {
		_, err := os.Stdin.Read(make([]byte, 1))
		input <- err
	}()
	complete, rounds := 0, 0
	for ended := false; !ended; rounds++ {
		select {
		case <-input:
			ended = true
		default:
		}
		t := newTally()
		dir, err := os.Open(args[0])
		must(err)
		t.batches(dir, 50, nil)
		must(dir.Close())
		count := 0
		for name := range t.seen {
			if strings.HasPrefix(name, "stable") {
				count++
			}
		}
		if t.twice != 0 {
			fmt.Println("twice", t.twice)
		}
		if fmt.Sprint(count) == args[1] {
			complete++
		} else {
			fmt.Println("stable entries:", count)
		}
	}
	fmt.Println("all complete:", complete == rounds)
}

// consume removes the entries of each batch before it reads the next.
func consume(args []string) {
	dir, err := os.Open(args[0])
	must(err)
	t := newTally()
	t.batches(dir, 10, func(entries []fs.DirEntry) {
		for _, entry := range entries {
			must(os.Remove(args[0] + "/" + entry.Name()))
		}
	})
	left, err := os.ReadDir(args[0])
	fmt.Println(len(t.seen), t.twice, "left", len(left), kind(err))
}

// names uses names of every byte and every length there may be.
func names([]string) {
	var all []string
	for b := 1; b < 256; b++ {
		if b != '/' && b != '.' {
			all = append(all, string([]byte{byte(b)}), "x"+string([]byte{byte(b), 0xff, '\n'}))
		}
	}
	all = append(all, strings.Repeat("\xc3", 255), strings.Repeat("é", 127), strings.Repeat("\n", 254))
	for _, name := range all {
		must(os.WriteFile(name, []byte(name), 0o644))
	}
	entries, err := os.ReadDir(".")
	must(err)
	for _, entry := range entries {
		content, err := os.ReadFile(entry.Name())
		fmt.Printf("%q %s %v\n", entry.Name(), kind(err), string(content) == entry.Name())
	}
	for _, entry := range entries {
		must(os.Rename(entry.Name(), "renamed"))
		must(os.Remove("renamed"))
	}
	fmt.Println(len(entries) == len(all))
	for _, length := range []int{256, 300, 4095, 4096, 70_000} {
		name := strings.Repeat("n", length)
		_, err := os.Stat(name)
		fmt.Println(length, kind(os.WriteFile(name, nil, 0o644)), kind(err), kind(os.Mkdir(name, 0o755)))
	}
}

// paths makes the longest path there may be.
func paths([]string) {
	segment := strings.Repeat("d", 255)
	path := segment
	must(os.Mkdir(path, 0o755))
	for len(path)+256 < 4000 {
		path += "/" + segment
		must(os.Mkdir(path, 0o755))
	}
	for _, length := range []int{4094, 4095, 4096, 4097} {
		name := path + "/" + strings.Repeat("f", length-len(path)-1)
		err := os.WriteFile(name, []byte("deep"), 0o644)
		content, readErr := os.ReadFile(name)
		_, statErr := os.Stat(name)
		fmt.Println(length, kind(err), string(content), kind(readErr), kind(statErr))
	}
	must(os.Symlink(path, "link"))
	entries, err := os.ReadDir("link")
	fmt.Println(len(entries), kind(err))
}

// deep goes down further than a path can name, directory by directory.
func deep([]string) {
	segment := strings.Repeat("d", 200)
	root, err := os.OpenRoot(".")
	must(err)
	for i := 0; i < 60; i++ {
		must(root.Mkdir(segment, 0o755))
		below, err := root.OpenRoot(segment)
		must(err)
		must(root.Close())
		root = below
	}
	f, err := root.Create("bottom")
	must(err)
	_, err = f.WriteString("12,000 bytes down")
	must(err)
	must(f.Close())
	f, err = root.Open("bottom")
	must(err)
	content, err := io.ReadAll(f)
	fmt.Printf("%s %s\n", content, kind(err))
	info, err := root.Stat("bottom")
	must(err)
	fmt.Println(info.Size())
	_, err = root.Open("../bottom")
	fmt.Println(err != nil, errors.Is(err, fs.ErrNotExist))
	must(root.Remove("bottom"))
	must(root.Close())
}
