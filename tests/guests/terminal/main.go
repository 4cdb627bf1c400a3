// What the functions of wasi_aot_os_1 for terminals do. Each argument is a step. The tests around
// it look at the terminal.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
	"unsafe"
)

//go:wasmimport wasi_aot_os_1 terminal_open
//go:noescape
func terminal_open(fd unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 terminal_size
//go:noescape
func terminal_size(fd uint32, size unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 terminal_get_mode
//go:noescape
func terminal_get_mode(fd uint32, mode unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 terminal_set_mode
func terminal_set_mode(fd, mode uint32) uint32

//go:wasmimport wasi_aot_os_1 signal_open
//go:noescape
func signal_open(fd unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 signal_set
func signal_set(signal, action uint32) uint32

var errnos = map[uint32]string{
	0: "ok", 8: "EBADF", 21: "EFAULT", 28: "EINVAL", 59: "ENOTTY", 60: "ENXIO", 69: "EROFS",
	76: "ENOTCAPABLE",
}

func name(errno uint32) string {
	if name, known := errnos[errno]; known {
		return name
	}
	return fmt.Sprint("errno ", errno)
}

// say goes to descriptor 2, so that standard input and output may be something else.
func say(parts ...any) { fmt.Fprintln(os.Stderr, parts...) }

func number(text string) uint32 {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		panic(err)
	}
	return uint32(n)
}

// The descriptor that the steps are about.
var fd uint32

func mode() string {
	var mode uint32
	if errno := terminal_get_mode(fd, unsafe.Pointer(&mode)); errno != 0 {
		return name(errno)
	}
	return fmt.Sprint(mode)
}

func size() string {
	var size [2]uint16
	if errno := terminal_size(fd, unsafe.Pointer(&size)); errno != 0 {
		return name(errno)
	}
	return fmt.Sprintf("%dx%d", size[0], size[1])
}

func step(what, arg string) {
	switch what {
	case "fd":
		fd = number(arg)
	case "open":
		var opened uint32
		errno := terminal_open(unsafe.Pointer(&opened))
		say("open", name(errno))
		if errno == 0 {
			fd = opened
		}
	case "path":
		file, err := os.Open(arg)
		if err != nil {
			panic(err)
		}
		fd = uint32(file.Fd())
		kept = append(kept, file)
	case "size":
		say("size", size())
	case "mode":
		say("mode", mode())
	case "set":
		errno := terminal_set_mode(fd, number(arg))
		say("set", arg, name(errno), mode())
	case "hostile":
		past := uintptr(0xffff_fffd)
		at := *(*unsafe.Pointer)(unsafe.Pointer(&past))
		say("hostile", name(terminal_open(at)), name(terminal_size(fd, at)), name(terminal_get_mode(fd, at)))
	case "read":
		buffer := make([]byte, 64)
		file := os.NewFile(uintptr(fd), "terminal")
		n, err := file.Read(buffer)
		say(fmt.Sprintf("read %q %v", buffer[:n], err))
		kept = append(kept, file)
	case "write":
		file := os.NewFile(uintptr(fd), "terminal")
		file.WriteString(arg + "\n")
		kept = append(kept, file)
	case "catch":
		var signals uint32
		say("catch", name(signal_open(unsafe.Pointer(&signals))), name(signal_set(number(arg), 1)))
	case "default":
		say("default", name(signal_set(number(arg), 0)))
	case "wait":
		say("ready")
		time.Sleep(time.Minute)
	case "spin":
		for i := 0; ; i++ {
			sink += i
		}
	case "exit":
		os.Exit(int(number(arg)))
	case "panic":
		panic("on purpose")
	case "nil":
		say(*(*int)(unsafe.Pointer(uintptr(1 << 31))))
	case "broken":
		for {
			if _, err := os.Stdout.WriteString("x\n"); err != nil {
				panic(err)
			}
		}
	default:
		panic(what)
	}
}

var (
	sink int
	// Files that no finaliser closes.
	kept []*os.File
)

func main() {
	for _, arg := range os.Args[1:] {
		what, arg, _ := strings.Cut(arg, "=")
		step(what, arg)
	}
	say("end")
}
