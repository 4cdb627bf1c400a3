package main

import (
	"fmt"
	"unsafe"
)

// frames has goroutines that compute until they are told to give way. They notice in the
// prologue of a function whose frame doesn't fit into their stack. The prologue must both
// give way and grow the stack, even if stackguard0 plus the frame's size, which prologues
// compute on wasm, wraps around 2^32.
func frames() {
	calls := []func(byte, chan bool){
		late[[100]byte], late[[1200]byte], late[[1500]byte],
		late[[2000]byte], late[[9000]byte], late[[60000]byte],
	}
	for round := 0; round < 3; round++ {
		for i, call := range calls {
			whole := make(chan bool)
			go call(byte(i+1), whole)
			if !<-whole {
				fmt.Println("frame", i, "was overwritten")
			}
		}
	}
	fmt.Println("all frames were whole")
}

var random uint32 = 1

// compute takes the processor for longer than 10 ms and calls nothing.
//
//go:noinline
func compute(fill byte) {
	x := uint32(fill)
	for i := 0; i < 50_000_000; i++ {
		x = x*1664525 + random
	}
	random = x | 1
}

func late[T any](fill byte, whole chan bool) {
	compute(fill)
	whole <- frame[T](fill)
}

// frame fills a T in its own frame, calls functions, and says whether the T is unchanged.
//
//go:noinline
func frame[T any](fill byte) bool {
	var data T
	return within(unsafe.Slice((*byte)(unsafe.Pointer(&data)), unsafe.Sizeof(data)), fill)
}

//go:noinline
func within(frame []byte, fill byte) bool {
	for i := range frame {
		frame[i] = fill
	}
	depth(50)
	for _, b := range frame {
		if b != fill {
			return false
		}
	}
	return true
}

//go:noinline
func depth(n int) int {
	if n == 0 {
		return 0
	}
	return depth(n-1) + 1
}
