package main

import (
	"fmt"
	"sync/atomic"
	"time"
)

// A small script engine of a common design: an instruction is a value behind an interface,
// and the loop that executes instructions checks only whether to stop.

type machine struct {
	pc    int
	count uint32
	stop  atomic.Bool
}

type instruction interface{ exec(m *machine) }

type add struct{ n uint32 }

func (a *add) exec(m *machine) { m.count += a.n; m.pc++ }

type jump struct{ to int }

func (j *jump) exec(m *machine) { m.pc = j.to }

func (m *machine) run(code []instruction) {
	for !m.stop.Load() {
		code[m.pc].exec(m)
	}
}

// runWithout is run without an atomic: it calls only methods of the interface.
func (m *machine) runWithout(code []instruction, stop *bool) {
	for !*stop {
		code[m.pc].exec(m)
	}
}

type flag struct{ raised bool }

//go:noinline
func (f *flag) isRaised() bool { return f.raised }

type getter[T any] interface{ isRaised() T }

// spinGeneric calls its getter through a generic dictionary.
func spinGeneric[T comparable, G getter[T]](g G, until T) {
	for g.isRaised() != until {
	}
}

// loops are computations that end when another goroutine says so. They call only functions
// that don't check for stack space.
var loops = []struct {
	name string
	make func() (spin, stop func())
}{
	{"an interface and an atomic", func() (func(), func()) {
		var m machine
		code := []instruction{&add{1}, &add{2}, &jump{0}}
		return func() { m.run(code) }, func() { m.stop.Store(true) }
	}},
	{"an interface", func() (func(), func()) {
		var m machine
		var stop bool
		code := []instruction{&add{1}, &jump{0}}
		return func() { m.runWithout(code, &stop) }, func() { stop = true }
	}},
	{"an atomic and a switch", func() (func(), func()) {
		var stop int64
		code := []byte("+-0+j")
		spin := func() {
			sum, pc := 0, 0
			for atomic.LoadInt64(&stop) == 0 {
				switch code[pc] {
				case '+':
					sum++
				case '-':
					sum--
				case '0':
					sum = 0
				case 'j':
					pc = -1
				}
				pc++
			}
			fmt.Print(map[bool]string{true: "", false: "!"}[sum < 3])
		}
		return spin, func() { atomic.StoreInt64(&stop, 1) }
	}},
	{"a closure", func() (func(), func()) {
		f := new(flag)
		tests := []func() bool{func() bool { return f.raised }, f.isRaised}
		spin := func() {
			for i := 0; !tests[i](); i ^= 1 {
			}
		}
		return spin, func() { f.raised = true }
	}},
	{"a function value", func() (func(), func()) {
		f := new(flag)
		test := (*flag).isRaised
		spin := func() {
			for !test(f) {
			}
		}
		return spin, func() { f.raised = true }
	}},
	{"a getter", func() (func(), func()) {
		f := new(flag)
		spin := func() {
			for !f.isRaised() {
			}
		}
		return spin, func() { f.raised = true }
	}},
	{"a generic getter", func() (func(), func()) {
		f := new(flag)
		return func() { spinGeneric(f, true) }, func() { f.raised = true }
	}},
	{"a compare-and-swap", func() (func(), func()) {
		var word atomic.Uint32
		spin := func() {
			for !word.CompareAndSwap(1, 2) {
			}
		}
		return spin, func() { word.Store(1) }
	}},
	{"an atomic pointer", func() (func(), func()) {
		var pointer atomic.Pointer[flag]
		spin := func() {
			for pointer.Load() == nil {
			}
		}
		return spin, func() { pointer.Store(new(flag)) }
	}},
	{"a comparison of strings", func() (func(), func()) {
		state, last := "running", fmt.Sprint("stopped")
		spin := func() {
			for state != last {
			}
		}
		return spin, func() { state = last }
	}},
	{"an order of strings", func() (func(), func()) {
		state := "running"
		spin := func() {
			for state < "s" {
			}
		}
		return spin, func() { state = "stopped" }
	}},
	{"the time", func() (func(), func()) {
		start, rang := time.Now(), false
		spin := func() {
			for time.Since(start) < 5*time.Second && !rang {
			}
		}
		return spin, func() { rang = true }
	}},
	{"runes", func() (func(), func()) {
		text := "äöü"
		spin := func() {
			for text != "" {
				for _, r := range text {
					if r == 'x' {
						return
					}
				}
			}
		}
		return spin, func() { text = "äöxü" }
	}},
}

// tiny starts each of the loops, which a timer ends.
func tiny() {
	for _, loop := range loops {
		spin, stop := loop.make()
		ended := make(chan bool)
		time.AfterFunc(15*time.Millisecond, stop)
		go func() {
			spin()
			close(ended)
		}()
		<-ended
		fmt.Println("ended:", loop.name)
	}
}
