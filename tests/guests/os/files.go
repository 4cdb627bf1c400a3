package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"unsafe"
)

// The granted directory.
const dir = 3

func octal(text string) uint32 {
	mode, err := strconv.ParseUint(text, 8, 32)
	if err != nil {
		panic(err)
	}
	return uint32(mode)
}

// modes does one thing to a file for each argument NAME=MODE, and prints the errno.
func modes(args []string) {
	for _, arg := range args[1:] {
		path, mode, _ := strings.Cut(arg, "=")
		fmt.Println(args[0], path, name(one(args[0], path, octal(mode))))
	}
}

func one(what, path string, mode uint32) uint32 {
	at, size := pointer(path)
	switch what {
	case "create", "create-exclusively":
		var fd uint32
		oflags := uint32(1)
		if what == "create-exclusively" {
			oflags |= 4
		}
		return path_open(dir, 1, at, size, oflags, 1<<1|1<<6, 0, 0, mode, unsafe.Pointer(&fd))
	case "mkdir":
		return path_create_directory(dir, at, size, mode)
	case "chmod":
		return path_set_mode(dir, 1, at, size, mode)
	case "lchmod":
		return path_set_mode(dir, 0, at, size, mode)
	case "fchmod":
		file, err := os.Open(path)
		if err != nil {
			panic(err)
		}
		defer file.Close()
		return fd_set_mode(uint32(file.Fd()), mode)
	case "fchmod-stream":
		return fd_set_mode(octal(path), mode)
	}
	panic(what)
}

// stat prints what path_stat and fd_stat say.
func stat(args []string) {
	for _, path := range args {
		var byPath, byFd [80]byte
		at, size := pointer(path)
		must("path_stat", path_stat(dir, 1, at, size, unsafe.Pointer(&byPath)))
		file, err := os.Open(path)
		if err != nil {
			panic(err)
		}
		must("fd_stat", fd_stat(uint32(file.Fd()), unsafe.Pointer(&byFd)))
		word := func(at int) uint32 { return *(*uint32)(unsafe.Pointer(&byPath[at])) }
		fmt.Printf("stat %s %o uid %d gid %d rest %d type %d size %d same %v\n", path, word(64),
			word(68), word(72), word(76), byPath[16], word(32), byPath == byFd)
		file.Close()
	}
}
