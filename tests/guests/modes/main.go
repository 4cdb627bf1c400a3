// Creates files and directories in each way that takes a mode, and prints nothing that depends on
// the modes: those are looked at from outside.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

var failed bool

func check(what string, err error) {
	if err != nil {
		fmt.Println(what, err)
		failed = true
	}
}

// open creates a file with this mode.
func open(name string, flags int, mode os.FileMode) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|flags, mode)
	check(name, err)
	check(name, file.Close())
}

func main() {
	for _, mode := range []os.FileMode{0o600, 0o644, 0o640, 0o755, 0o777, 0o400, 0o200, 0} {
		name := fmt.Sprintf("%03o", mode)
		check(name, os.WriteFile("written-"+name, []byte("text"), mode))
		open("appended-"+name, os.O_APPEND, mode)
		open("exclusive-"+name, os.O_EXCL, mode)
		fd, err := syscall.Open("called-"+name, syscall.O_CREAT|syscall.O_RDWR, uint32(mode))
		check(name, err)
		check(name, syscall.Close(fd))
	}
	for _, mode := range []os.FileMode{0o700, 0o755, 0o750, 0o777} {
		name := fmt.Sprintf("%03o", mode)
		check(name, os.Mkdir("made-"+name, mode))
		check(name, os.MkdirAll(filepath.Join("all-"+name, "below", "deeper"), mode))
		check(name, syscall.Mkdir("called-"+name+"-directory", uint32(mode)))
	}
	file, err := os.Create("created")
	check("created", err)
	check("created", file.Close())
	file, err = os.CreateTemp(".", "temporary-file-*")
	check("a temporary file", err)
	check("a temporary file", file.Close())
	_, err = os.MkdirTemp(".", "temporary-directory-*")
	check("a temporary directory", err)
	// A file that exists keeps its mode.
	check("written-600", os.WriteFile("written-600", []byte("more"), 0o666))
	// Only the permissions of these count.
	open("odd", 0, 0o640|os.ModeSetuid|os.ModeSticky)
	_, err = os.ReadFile("missing")
	if !os.IsNotExist(err) {
		check("missing", fmt.Errorf("%v", err))
	}
	// A directory is opened once more, with fewer rights, where that is needed.
	_, err = os.ReadDir("made-700")
	check("made-700", err)
	root()
	if failed {
		os.Exit(1)
	}
	fmt.Println("made")
}
