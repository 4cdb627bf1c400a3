package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

func stat([]string) {
	put("f", "12345")
	must(os.Mkdir("d", 0o755))
	must(os.Symlink("f", "l"))
	must(os.Symlink("nowhere", "dangling"))
	for _, name := range []string{"f", "d", "l", "dangling", "absent", "f/x", "d/", "."} {
		for call, function := range map[string]func(string) (fs.FileInfo, error){"Stat": os.Stat} {
			describe(call, name, function)
		}
		describe("Lstat", name, os.Lstat)
	}
	a, _ := os.Stat("f")
	b, _ := os.Stat("l")
	c, _ := os.Stat("d")
	fmt.Println(os.SameFile(a, b), os.SameFile(a, c))
}

func describe(call, name string, function func(string) (fs.FileInfo, error)) {
	info, err := function(name)
	if err != nil {
		say(call+" "+name, kind(err))
		return
	}
	size := info.Size()
	if !info.Mode().IsRegular() {
		size = 0
	}
	say(call+" "+name, info.Mode().Type(), size, info.IsDir())
}

func mkdir([]string) {
	say("MkdirAll", kind(os.MkdirAll("a/b/c/d", 0o755)))
	say("again", kind(os.MkdirAll("a/b/c/d", 0o755)))
	say("Mkdir on one that is there", kind(os.Mkdir("a", 0o755)))
	say("Mkdir without parent", kind(os.Mkdir("x/y", 0o755)))
	put("file", "")
	say("below a file", kind(os.MkdirAll("file/b", 0o755)))
	put("a/b/c/d/leaf", "leaf")
	say("dots", kind(os.MkdirAll("a/../z/./y", 0o755)))
}

func readDir([]string) {
	must(os.Mkdir("sub", 0o755))
	put("b", "")
	put("a", "aa")
	put("sub/inner", "")
	must(os.Symlink("a", "link"))
	entries, err := os.ReadDir(".")
	fmt.Println(err)
	for _, entry := range entries {
		info, err := entry.Info()
		must(err)
		fmt.Println(entry.Name(), entry.Type(), entry.IsDir(), info.Name())
	}
	dir, err := os.Open(".")
	must(err)
	var names []string
	for {
		some, err := dir.Readdirnames(1)
		names = append(names, some...)
		if err != nil {
			fmt.Println(err)
			break
		}
	}
	sort.Strings(names)
	fmt.Println(names)
	_, err = dir.Seek(0, io.SeekStart)
	again, _ := dir.Readdirnames(-1)
	fmt.Println(err, len(again))
	_, err = dir.Read(make([]byte, 1))
	say("Read", err != nil)
	_, err = os.ReadDir("a")
	say("of a file", kind(err))
	_, err = os.ReadDir("absent")
	say("absent", kind(err))
}

func rename([]string) {
	put("a", "A")
	put("b", "B")
	must(os.MkdirAll("d/e", 0o755))
	must(os.Mkdir("empty", 0o755))
	put("d/e/f", "F")
	say("over a file", kind(os.Rename("a", "b")))
	fmt.Println(get("b"))
	say("into a directory", kind(os.Rename("b", "d/b")))
	say("a directory", kind(os.Rename("d", "moved")))
	fmt.Println(get("moved/b"), get("moved/e/f"))
	say("absent", kind(os.Rename("absent", "x")))
	say("into itself", kind(os.Rename("moved", "moved/inside")))
	say("file over directory", os.Rename("moved/b", "moved/e") != nil)
	say("directory over an empty one", kind(os.Rename("moved/e", "empty")))
}

func remove([]string) {
	put("f", "")
	must(os.MkdirAll("d/e/f", 0o755))
	put("d/e/g", "")
	must(os.Symlink("..", "d/up"))
	say("file", kind(os.Remove("f")))
	say("again", kind(os.Remove("f")))
	say("full directory", kind(os.Remove("d")))
	say("empty directory", kind(os.Remove("d/e/f")))
	say("RemoveAll", kind(os.RemoveAll("d")))
	say("RemoveAll of nothing", kind(os.RemoveAll("d")))
	_, err := os.Stat("d")
	say("gone", kind(err))
	put("open", "still readable")
	f, err := os.Open("open")
	must(err)
	must(os.Remove("open"))
	content, err := io.ReadAll(f)
	fmt.Println(string(content), err)
}

func links([]string) {
	put("target", "content")
	must(os.Mkdir("d", 0o755))
	say("Symlink", kind(os.Symlink("target", "soft")), kind(os.Symlink("../target", "d/up")), kind(os.Symlink("target", "soft")))
	say("Link", kind(os.Link("target", "hard")), kind(os.Link("absent", "x")))
	fmt.Println(get("soft"), get("d/up"), get("hard"))
	put("hard", "changed")
	fmt.Println(get("target"))
	for _, name := range []string{"soft", "d/up", "target", "absent"} {
		to, err := os.Readlink(name)
		fmt.Println(name, to, kind(err))
	}
	must(os.Symlink("loop", "loop"))
	_, err := os.Open("loop")
	say("loop", kind(err))
	must(os.Symlink("d", "to-d"))
	put("to-d/through", "x")
	fmt.Println(get("d/through"))
	resolved, err := filepath.EvalSymlinks("to-d/up")
	say("EvalSymlinks", resolved, kind(err))
	say("removing a link", kind(os.Remove("to-d")))
	put("soft", "through the link")
	fmt.Println(get("target"))
}

func walk([]string) {
	for i := 0; i < 5; i++ {
		for j := 0; j < 5; j++ {
			dir := fmt.Sprintf("w/%d/%d", i, j)
			must(os.MkdirAll(dir, 0o755))
			put(dir+"/file", strings.Repeat("x", i*j))
		}
	}
	must(os.Symlink("0", "w/link"))
	err := filepath.WalkDir("w", func(path string, entry fs.DirEntry, err error) error {
		fmt.Println(path, entry.Type(), err)
		if path == "w/3" {
			return fs.SkipDir
		}
		return nil
	})
	fmt.Println(err)
	total := int64(0)
	must(filepath.Walk("w", func(_ string, info fs.FileInfo, err error) error {
		if info.Mode().IsRegular() {
			total += info.Size()
		}
		return err
	}))
	matches, err := filepath.Glob("w/*/3/f*")
	fmt.Println(total, matches, err)
	matches, err = fs.Glob(os.DirFS("w"), "[12]/?/file")
	fmt.Println(matches, err)
}

func largeDir([]string) {
	must(os.Mkdir("large", 0o755))
	for i := 0; i < 5000; i++ {
		// Long names make the listing take many calls.
		f, err := os.Create(fmt.Sprintf("large/entry-%s-%04d", strings.Repeat("n", i%100), i))
		must(err)
		must(f.Close())
	}
	entries, err := os.ReadDir("large")
	seen := map[string]bool{}
	for _, entry := range entries {
		seen[entry.Name()] = true
	}
	fmt.Println(len(entries), len(seen), err, entries[0].Name(), entries[4999].Name())
	dir, err := os.Open("large")
	must(err)
	count := 0
	for {
		some, err := dir.ReadDir(700)
		count += len(some)
		if err != nil {
			fmt.Println(err)
			break
		}
	}
	fmt.Println(count)
	say("RemoveAll", kind(os.RemoveAll("large")))
}

func temp([]string) {
	must(os.Mkdir("tmp", 0o755))
	names := map[string]bool{}
	for i := 0; i < 20; i++ {
		f, err := os.CreateTemp("tmp", "x*.txt")
		must(err)
		names[f.Name()] = true
		f.Close()
		must(os.Remove(f.Name()))
	}
	dir, err := os.MkdirTemp("tmp", "d")
	must(err)
	fmt.Println(len(names), strings.HasPrefix(dir, "tmp/d"))
	must(os.Remove(dir))
}

func copyTree(args []string) {
	must(filepath.WalkDir(args[0], func(path string, entry fs.DirEntry, err error) error {
		must(err)
		target := filepath.Join(args[1], strings.TrimPrefix(path, args[0]))
		if entry.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		from, err := os.Open(path)
		must(err)
		defer from.Close()
		to, err := os.Create(target)
		must(err)
		n, err := io.Copy(to, from)
		fmt.Println(target, n, err)
		return to.Close()
	}))
}

func chdir([]string) {
	start, err := os.Getwd()
	must(err)
	must(os.MkdirAll("a/b", 0o755))
	put("a/b/f", "in b")
	say("Chdir", kind(os.Chdir("a")), kind(os.Chdir("b")))
	fmt.Println(get("f"), get("../b/f"))
	here, err := os.Getwd()
	fmt.Println(strings.TrimPrefix(here, start), err)
	must(os.Chdir("../.."))
	say("absent", kind(os.Chdir("absent")))
	say("a file", kind(os.Chdir("a/b/f")))
}

func list(args []string) {
	for _, name := range args {
		entries, err := os.ReadDir(name)
		fmt.Println(name, kind(err))
		for _, entry := range entries {
			fmt.Println(" ", entry.Name(), entry.Type())
		}
	}
}

// escape tries to read and write through each of the names.
func escape(args []string) {
	for _, name := range args {
		content, err := os.ReadFile(name)
		fmt.Printf("read %s: %q %v\n", name, content, err != nil)
		fmt.Printf("write %s: %v\n", name, os.WriteFile(name+".new", []byte("x"), 0o644) != nil)
	}
}

func oddNames([]string) {
	for _, name := range []string{"with space", "ünïcödé", "-dash", "quote\"'", "new\nline", "...", "..x", strings.Repeat("l", 255)} {
		put(name, name)
		if get(name) != name {
			fmt.Printf("lost: %q\n", name)
		}
	}
	entries, err := os.ReadDir(".")
	for _, entry := range entries {
		fmt.Printf("%.20q\n", entry.Name())
	}
	fmt.Println(err)
	say("too long", kind(os.WriteFile(strings.Repeat("l", 256), nil, 0o644)))
	say("NUL", os.WriteFile("a\x00b", nil, 0o644) != nil)
}
