// Makes system calls of the host, through a runtime that was corrupted to let it
// (runtime-shim/src/corrupt.rs). Each call is its number and up to six arguments;
// "--" divides calls. An argument is a number, "=" for the previous call's result,
// "@TEXT" for the address of a C string, "#HEX" for that of bytes. Prints what each
// call returns.
package main

import (
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"unsafe"
)

// The clock that stands for a system call.
const backdoor = 0xbad

//go:wasmimport wasi_snapshot_preview1 clock_res_get
//go:noescape
func clock_res_get(id uint32, at unsafe.Pointer) uint32

// request is what the corrupted runtime reads: number, arguments, and a bit for
// each argument that is an address in linear memory. The result replaces the number.
type request struct {
	number    uint64
	arguments [6]uint64
	addresses uint64
}

// kept holds the values whose addresses were taken, so that they stay in memory.
var kept [][]byte

func main() {
	var r request
	var previous uint64
	index := -1
	for _, arg := range os.Args[1:] {
		if arg == "--" {
			call(&r)
			previous = r.number
			r, index = request{}, -1
			continue
		}
		value, isAddress := parse(arg, previous)
		if index < 0 {
			r.number = value
		} else {
			r.arguments[index] = value
			if isAddress {
				r.addresses |= 1 << index
			}
		}
		index++
	}
	call(&r)
}

func call(r *request) {
	if errno := clock_res_get(backdoor, unsafe.Pointer(r)); errno != 0 {
		fmt.Println("the runtime is not corrupted: errno", errno)
		os.Exit(99)
	}
	fmt.Println(int64(r.number))
}

func parse(arg string, previous uint64) (value uint64, isAddress bool) {
	switch arg[0] {
	case '=':
		return previous, false
	case '@':
		return address([]byte(arg[1:] + "\x00")), true
	case '#':
		bytes, err := hex.DecodeString(arg[1:])
		check(err)
		return address(bytes), true
	}
	number, err := strconv.ParseInt(arg, 0, 64)
	check(err)
	return uint64(number), false
}

func address(bytes []byte) uint64 {
	kept = append(kept, bytes)
	return uint64(uintptr(unsafe.Pointer(&bytes[0])))
}

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(99)
	}
}
