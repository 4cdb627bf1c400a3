// Goroutines, channels, select, timers and package sync. The output of each
// command is the same on every run.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

var commands = map[string]func(){
	"pipeline":   pipeline,
	"unbuffered": unbuffered,
	"selects":    selects,
	"workers":    workers,
	"stacks":     stacks,
	"collector":  collector,
	"timers":     timers,
	"tickers":    tickers,
	"context":    contexts,
	"mutex":      mutexes,
	"cond":       conds,
	"once":       onces,
	"pool":       pools,
	"syncmap":    syncMap,
	"atomic":     atomics,
	"generics":   generics,
	"preempted":  preempted,
	"frames":     frames,
	"tiny":       tiny,
	"tinystacks": tinyStacks,
}

func main() {
	command, found := commands[os.Args[1]]
	if !found {
		fmt.Fprintln(os.Stderr, "unknown command")
		os.Exit(99)
	}
	command()
}

// pipeline is the prime sieve: a goroutine for each prime.
func pipeline() {
	filter := func(in <-chan int, out chan<- int, prime int) {
		for n := range in {
			if n%prime != 0 {
				out <- n
			}
		}
		close(out)
	}
	numbers := make(chan int)
	go func() {
		for n := 2; n < 2000; n++ {
			numbers <- n
		}
		close(numbers)
	}()
	var primes []string
	in := numbers
	for prime, open := <-in; open; prime, open = <-in {
		primes = append(primes, fmt.Sprint(prime))
		out := make(chan int)
		go filter(in, out, prime)
		in = out
	}
	fmt.Println(len(primes), strings.Join(primes, " "))
}

func unbuffered() {
	ping, pong := make(chan int), make(chan int)
	go func() {
		for n := range ping {
			pong <- n + 1
		}
		close(pong)
	}()
	n := 0
	for i := 0; i < 20000; i++ {
		ping <- n
		n = <-pong
	}
	close(ping)
	_, open := <-pong
	fmt.Println(n, open)
}

func selects() {
	a, b, quit := make(chan int), make(chan int), make(chan bool)
	go func() {
		for i := 0; i < 1000; i++ {
			a <- i
		}
		quit <- true
	}()
	go func() {
		for i := 0; i < 1000; i++ {
			b <- -i
		}
		quit <- true
	}()
	sum, received, left := 0, 0, 2
	for left > 0 {
		select {
		case v := <-a:
			sum += v
			received++
		case v := <-b:
			sum += v
			received++
		case <-quit:
			left--
		}
	}
	fmt.Println(sum, received)
	var none chan int
	select {
	case <-none:
		fmt.Println("never")
	default:
		fmt.Println("default")
	}
	full := make(chan int, 1)
	full <- 1
	select {
	case full <- 2:
		fmt.Println("never")
	case v := <-full:
		fmt.Println("got", v)
	}
}

func workers() {
	jobs, results := make(chan int, 10), make(chan [2]int, 10)
	for w := 0; w < 50; w++ {
		go func() {
			for n := range jobs {
				runtime.Gosched()
				results <- [2]int{n, n * n}
			}
		}()
	}
	go func() {
		for i := 0; i < 5000; i++ {
			jobs <- i
		}
		close(jobs)
	}()
	sum, seen := 0, map[int]bool{}
	for i := 0; i < 5000; i++ {
		r := <-results
		seen[r[0]] = true
		sum += r[1]
	}
	fmt.Println(sum, len(seen))
}

// stacks makes many goroutine stacks grow, with pointers into themselves that
// must follow when the stack moves, and lets them yield at depth.
func stacks() {
	var deep func(n int, up *int) int
	deep = func(n int, up *int) int {
		here := *up + 1
		var pad [64]byte
		pad[n%64] = byte(n)
		if n%100 == 0 {
			runtime.Gosched()
		}
		if n > 0 {
			here = deep(n-1, &here)
		}
		return here + int(pad[(n+1)%64])
	}
	results := make(chan int)
	for i := 0; i < 200; i++ {
		go func(i int) {
			start := i
			results <- deep(500+i, &start) - start
		}(i)
	}
	sum := 0
	for i := 0; i < 200; i++ {
		sum += <-results
	}
	fmt.Println(sum)
}
