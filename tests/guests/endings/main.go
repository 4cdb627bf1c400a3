// Waits or computes, as the argument says, while other goroutines wait for different things. It
// prints "ready" right before that, and is ended by a signal.
package main

import (
	"fmt"
	"os"
	"time"
)

func main() {
	never, other := make(chan int), make(chan int)
	go receives(never)
	go selects(never, other)
	go sleeps()
	// The goroutines wait by then.
	time.Sleep(20 * time.Millisecond)
	fmt.Println("ready")
	switch os.Args[1] {
	case "computes":
		computes()
	case "loops":
		loops()
	case "sleeps":
		sleeps()
	case "receives":
		receives(never)
	case "selects":
		selects(never, other)
	case "switches":
		switches()
	case "reads":
		reads(os.Stdin)
	case "opens":
		opens(os.Args[2])
	}
}

//go:noinline
func receives(never chan int) {
	<-never
}

//go:noinline
func selects(never, other chan int) {
	select {
	case <-never:
	case <-other:
	}
}

//go:noinline
func sleeps() {
	time.Sleep(time.Hour)
}

//go:noinline
func reads(file *os.File) {
	file.Read(make([]byte, 10))
}

// A FIFO that nobody reads.
//
//go:noinline
func opens(name string) {
	os.OpenFile(name, os.O_WRONLY, 0)
}

// Counts primes.
//
//go:noinline
func computes() {
	count := 0
	for n := 2; ; n++ {
		if isPrime(n % 1000003) {
			count++
		}
	}
}

//go:noinline
func isPrime(n int) bool {
	for i := 2; i*i <= n; i++ {
		if n%i == 0 {
			return false
		}
	}
	return true
}

var sum uint32

// Calls nothing, so there is no place to give way at.
//
//go:noinline
func loops() {
	for i := uint32(1); ; i++ {
		sum += sum*i ^ i
	}
}

// Two goroutines that wait for one another all the time.
//
//go:noinline
func switches() {
	ball := make(chan int)
	go func() {
		for {
			ball <- 1
		}
	}()
	for {
		<-ball
	}
}
