// What the functions of wasi_aot_os_1 do: signals, modes of files, the host's name. The tests
// around it make signals happen.
package main

import (
	"fmt"
	"os"
	"strings"
	"unsafe"
)

var commands = map[string]func(args []string){
	"wait":      wait,
	"goroutine": goroutine,
	"busy":      busy,
	"leave":     leave,
	"close":     closed,
	"set":       set,
	"actions":   actions,
	"raise":     raise,
	"refused":   refused,
	"pipe":      pipe,
	"modes":     modes,
	"stat":      stat,
	"host":      host,
	"hostile":   hostile,
}

func main() {
	commands[os.Args[1]](os.Args[2:])
}

func host(args []string) {
	buffer := make([]byte, 64)
	var used, pid uint32
	errno := host_name(unsafe.Pointer(&buffer[0]), 64, unsafe.Pointer(&used))
	fmt.Printf("host %q %s\n", buffer[:used], name(errno))
	if errno == 0 {
		fmt.Println("short", name(host_name(unsafe.Pointer(&buffer[0]), used-1, unsafe.Pointer(&used))))
	}
	must("process_id", process_id(unsafe.Pointer(&pid)))
	fmt.Println("process", pid)
}

// at is an address that no value of Go's has.
func at(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}

// hostile passes what no program means: addresses outside of memory, descriptors that aren't open
// or are something else, names that are no text, huge sizes.
func hostile(args []string) {
	var word uint32
	var record [80]byte
	good, end := unsafe.Pointer(&word), at(0xffff_fffc)
	file, size := pointer("file")
	print := func(what string, errno uint32) { fmt.Println(what, name(errno)) }
	print("signal_open", signal_open(end))
	print("signal_get", signal_get(15, end))
	print("signal_set", signal_set(1<<31, 1))
	print("signal_set", signal_set(15, 1<<31))
	print("signal_set", signal_set(15, 1))
	print("process_id", process_id(end))
	print("host_name", host_name(end, 64, good))
	print("host_name", host_name(unsafe.Pointer(&record), 1<<31, good))
	print("host_name", host_name(unsafe.Pointer(&record), 80, end))
	print("path_stat", path_stat(dir, 1, file, size, at(0xffff_ffb1)))
	print("path_stat", path_stat(dir, 1, file, 1<<31, unsafe.Pointer(&record)))
	print("path_stat", path_stat(dir, 2, file, size, unsafe.Pointer(&record)))
	print("path_stat", path_stat(0, 1, file, size, unsafe.Pointer(&record)))
	print("fd_stat", fd_stat(1<<31, unsafe.Pointer(&record)))
	print("fd_stat", fd_stat(dir, end))
	print("fd_set_mode", fd_set_mode(99, 0o600))
	print("fd_set_mode", fd_set_mode(0, 0o600))
	print("fd_set_mode", fd_set_mode(dir, 0o1777))
	print("path_set_mode", path_set_mode(dir, 1, file, size, 0o4755))
	print("path_set_mode", path_set_mode(dir, 1, end, 5, 0o600))
	print("path_set_mode", path_set_mode(dir, 1, file, 0, 0o600))
	print("path_set_mode", path_set_mode(99, 1, file, size, 0o600))
	for _, path := range []string{"../x", "/etc/passwd", "a\x00b", "\xff\xfe", strings.Repeat("n/", 2500)} {
		at, size := pointer(path)
		print("path_set_mode", path_set_mode(dir, 1, at, size, 0o600))
		print("path_create_directory", path_create_directory(dir, at, size, 0o700))
	}
	print("path_open", path_open(dir, 1, file, size, 1, 1<<6, 0, 0, 1<<31, good))
	print("path_open", path_open(dir, 1, file, size, 1, 1<<6, 0, 0, 0o600, end))
	fmt.Println("untouched", record == [80]byte{})
}
