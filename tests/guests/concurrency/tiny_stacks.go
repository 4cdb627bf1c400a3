package main

import (
	"fmt"
	"runtime"
)

// A goroutine that gives way at the beginning of a function without a stack check may have
// its stack scanned, shrunk and moved there. The collector must find and keep what the
// function's arguments point to, pointers into the stack must follow the move, and the
// function's result must be right.

const collections = 200

type node struct {
	next  *node
	value int
}

type shared struct {
	collected int
	junk      []*node
}

// through has an empty frame, and pointers as arguments and result.
//
//go:noinline
func through(p *node, count *int) *node {
	*count += p.value
	return p.next
}

type walker interface {
	walk(p *node, count *int) *node
}

type step struct{ times int }

func (s *step) walk(p *node, count *int) *node {
	s.times++
	*count += p.value
	return p.next
}

// ring returns a ring of n nodes that nothing else points to.
func ring(n int) *node {
	first := &node{value: 1}
	last := first
	for i := 1; i < n; i++ {
		last.next = &node{value: 1}
		last = last.next
	}
	last.next = first
	return first
}

// turns are computations that walk from n on until the next collection and add the nodes'
// values to *count. The variable that count points to is in a caller's frame.
var turns = []func(s *shared, n *node, count *int) (*node, int){
	func(s *shared, n *node, count *int) (*node, int) {
		turns := 0
		for seen := s.collected; s.collected == seen; turns++ {
			n = through(n, count)
		}
		return n, turns
	},
	func(s *shared, n *node, count *int) (*node, int) {
		steps := [2]step{}
		ways := [2]walker{&steps[0], &steps[1]}
		turns := 0
		for seen := s.collected; s.collected == seen; turns++ {
			n = ways[turns&1].walk(n, count)
		}
		return n, steps[0].times + steps[1].times
	},
	func(s *shared, n *node, count *int) (*node, int) {
		turns, here := 0, n
		// Both closures, and the variables that they share, are in this frame.
		ways := [2]func(){
			func() { *count += here.value; here = here.next; turns++ },
			func() { *count += here.value; turns++; here = here.next },
		}
		for i, seen := 0, s.collected; s.collected == seen; i++ {
			ways[i&1]()
		}
		return here, turns
	},
}

// deep makes a stack of n frames, each with the address of a variable in its caller's
// frame, and calls f in the last.
func deep(n int, up *int, f func(count *int)) int {
	here := *up + 1
	if n == 0 {
		f(&here)
		return here
	}
	below := deep(n-1, &here, f)
	return below + here - *up - 1
}

// widen makes the stack large, so that it can shrink.
func widen(n int) byte {
	var pad [256]byte
	pad[n%256] = byte(n)
	if n == 0 {
		return 0
	}
	return widen(n-1) + pad[(n+1)%256]
}

func tinyStacks() {
	s := &shared{}
	wrong := make(chan int)
	go func() {
		bad := 0
		for i := 0; s.collected < collections; i++ {
			widen(100)
			n := ring(100)
			start, turned := i, 0
			sum := deep(50, &start, func(count *int) {
				n, turned = turns[i%len(turns)](s, n, count)
			})
			if sum != start+51+turned {
				bad++
			}
			for j := 0; j < 100; j++ {
				if n.value != 1 {
					bad++
				}
				n = n.next
			}
		}
		wrong <- bad
	}()
	for i := 0; i < collections; i++ {
		runtime.GC()
		// New nodes take the memory of any node that was freed by mistake.
		s.junk = nil
		for j := 0; j < 1000; j++ {
			s.junk = append(s.junk, &node{value: -1})
		}
		s.collected++
		runtime.Gosched()
	}
	fmt.Println("wrong:", <-wrong)
}
