package main

import (
	"fmt"
	"unsafe"
)

//go:wasmimport wasi_aot_os_1 signal_open
//go:noescape
func signal_open(fd unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 signal_set
func signal_set(signal, action uint32) uint32

//go:wasmimport wasi_aot_os_1 signal_get
//go:noescape
func signal_get(signal uint32, action unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 path_open
//go:noescape
func path_open(fd, dirflags uint32, path unsafe.Pointer, pathLen, oflags uint32, base, inheriting uint64, fdflags, mode uint32, opened unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 path_create_directory
//go:noescape
func path_create_directory(fd uint32, path unsafe.Pointer, pathLen, mode uint32) uint32

//go:wasmimport wasi_aot_os_1 path_set_mode
//go:noescape
func path_set_mode(fd, flags uint32, path unsafe.Pointer, pathLen, mode uint32) uint32

//go:wasmimport wasi_aot_os_1 fd_set_mode
func fd_set_mode(fd, mode uint32) uint32

//go:wasmimport wasi_aot_os_1 path_stat
//go:noescape
func path_stat(fd, flags uint32, path unsafe.Pointer, pathLen uint32, stat unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 fd_stat
//go:noescape
func fd_stat(fd uint32, stat unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 host_name
//go:noescape
func host_name(buf unsafe.Pointer, bufLen uint32, used unsafe.Pointer) uint32

//go:wasmimport wasi_aot_os_1 process_id
//go:noescape
func process_id(pid unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 proc_raise
func proc_raise(signal uint32) uint32

//go:wasmimport wasi_snapshot_preview1 fd_read
//go:noescape
func fd_read(fd uint32, iovs unsafe.Pointer, iovsLen uint32, nread unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 fd_write
//go:noescape
func fd_write(fd uint32, iovs unsafe.Pointer, iovsLen uint32, nwritten unsafe.Pointer) uint32

//go:wasmimport wasi_snapshot_preview1 fd_close
func fd_close(fd uint32) uint32

//go:wasmimport wasi_snapshot_preview1 poll_oneoff
//go:noescape
func poll_oneoff(in, out unsafe.Pointer, n uint32, events unsafe.Pointer) uint32

// Errnos of preview 1.
const again = 6

var errnos = map[uint32]string{
	0: "ok", 2: "EACCES", 6: "EAGAIN", 8: "EBADF", 10: "EBUSY", 20: "EEXIST", 21: "EFAULT",
	28: "EINVAL", 31: "EISDIR", 32: "ELOOP", 37: "ENAMETOOLONG", 44: "ENOENT", 52: "ENOSYS",
	54: "ENOTDIR", 58: "ENOTSUP", 63: "EPERM", 64: "EPIPE", 68: "ERANGE", 69: "EROFS",
	76: "ENOTCAPABLE",
}

func name(errno uint32) string {
	if name, known := errnos[errno]; known {
		return name
	}
	return fmt.Sprint("errno ", errno)
}

// must ends the program if errno isn't 0.
func must(what string, errno uint32) {
	if errno != 0 {
		panic(what + ": " + name(errno))
	}
}

// iovec is preview 1's.
type iovec struct{ at, len uint32 }

func vector(bytes []byte) iovec {
	return iovec{uint32(uintptr(unsafe.Pointer(unsafe.SliceData(bytes)))), uint32(len(bytes))}
}

func pointer(text string) (unsafe.Pointer, uint32) {
	return unsafe.Pointer(unsafe.StringData(text)), uint32(len(text))
}
