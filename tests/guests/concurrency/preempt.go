package main

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

//go:noinline
func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

// preempted has two goroutines that only compute and never wait, and a timer. The other
// goroutine and the timer run only if the scheduler takes the processor from the goroutine
// that computes.
func preempted() {
	var turns [2]atomic.Int64
	go func() {
		for {
			fib(15)
			turns[1].Add(1)
		}
	}()
	var rang atomic.Bool
	time.AfterFunc(20*time.Millisecond, func() { rang.Store(true) })
	fmt.Fprintln(os.Stderr, "computing")
	for !rang.Load() || turns[1].Load() == 0 {
		fib(15)
		turns[0].Add(1)
	}
	fmt.Println("both had a turn:", turns[0].Load() > 0 && turns[1].Load() > 0)
}
