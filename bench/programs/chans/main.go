// Chans lets goroutines hand values around: an unbuffered ping-pong, a
// buffered pipeline, a select between several senders, a contended mutex.
package main

import (
	"fmt"
	"runtime"
	"sync"
)

func pingPong(n int) int {
	ping, pong := make(chan int), make(chan int)
	go func() {
		for v := range ping {
			pong <- v + 1
		}
		close(pong)
	}()
	v := 0
	for i := 0; i < n; i++ {
		ping <- v
		v = <-pong
	}
	close(ping)
	return v
}

// pipeline is a prime sieve: one goroutine per prime found.
func pipeline(n int) int {
	in := make(chan int, 64)
	go func(out chan<- int) {
		for i := 2; i < n; i++ {
			out <- i
		}
		close(out)
	}(in)
	sum := 0
	for {
		prime, ok := <-in
		if !ok {
			return sum
		}
		sum += prime
		out := make(chan int, 64)
		go func(in <-chan int, out chan<- int) {
			for v := range in {
				if v%prime != 0 {
					out <- v
				}
			}
			close(out)
		}(in, out)
		in = out
	}
}

func fanIn(n int) int {
	a, b, done := make(chan int), make(chan int, 8), make(chan bool)
	send := func(c chan<- int) {
		for i := 0; i < n; i++ {
			c <- i
		}
		done <- true
	}
	go send(a)
	go send(b)
	sum := 0
	for open := 2; open > 0; {
		select {
		case v := <-a:
			sum += v
		case v := <-b:
			sum += 2 * v
		case <-done:
			open--
		}
	}
	// b is buffered: its sender may be done before all of it is received.
	for len(b) > 0 {
		sum += 2 * <-b
	}
	return sum
}

func mutex(workers, n int) int {
	var lock sync.Mutex
	var all sync.WaitGroup
	total := 0
	for w := 0; w < workers; w++ {
		all.Add(1)
		go func(w int) {
			defer all.Done()
			for i := 0; i < n; i++ {
				lock.Lock()
				total += w
				if i%16 == 0 {
					runtime.Gosched()
				}
				lock.Unlock()
			}
		}(w)
	}
	all.Wait()
	return total
}

func main() {
	fmt.Println("ping-pong", pingPong(800_000))
	fmt.Println("pipeline", pipeline(13_000))
	fmt.Println("fan-in", fanIn(500_000))
	fmt.Println("mutex", mutex(8, 200_000))
}
