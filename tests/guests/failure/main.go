// Ways in which a Go program fails, and recovers.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
)

type node struct {
	next  *node
	value int
}

//go:noinline
func follow(n *node) int { return n.next.value }

//go:noinline
func divide(a, b int) int { return a / b }

//go:noinline
func at(s []int, i int) int { return s[i] }

//go:noinline
func convert(x any) string { return x.(string) }

var commands map[string]func(arg int)

// Not an initializer: some commands call others by name.
func init() {
	commands = map[string]func(arg int){
		"panic":           func(int) { panic("went wrong") },
		"panic-error":     func(int) { panic(fmt.Errorf("wrapped: %w", os.ErrNotExist)) },
		"panic-value":     func(int) { panic(node{value: 3}) },
		"nil":             func(int) { fmt.Println(follow(&node{})) },
		"nil-map":         func(int) { var m map[string]int; m["a"] = 1 },
		"nil-func":        func(int) { var f func(); f() },
		"divide":          func(arg int) { fmt.Println(divide(1, arg)) },
		"index":           func(arg int) { fmt.Println(at([]int{1, 2, 3}, arg)) },
		"slice":           func(arg int) { fmt.Println([]int{1, 2, 3}[arg:2]) },
		"assertion":       func(arg int) { fmt.Println(convert(arg)) },
		"close-closed":    func(int) { c := make(chan int); close(c); close(c) },
		"deadlock":        func(int) { <-make(chan int) },
		"goroutine-panic": func(int) { go panic("in a goroutine"); select {} },
		"all-goexit":      func(int) { runtime.Goexit() },
		"recursion":       func(arg int) { fmt.Println("depth", recurse(arg)) },
		"infinite":        func(int) { fmt.Println(forever(0)) },
		"memory":          memory,
		"recover":         func(int) { recovered() },
		"repanic":         func(int) { repanic() },
		"goexit":          func(int) { goexit() },
		"deep-recover":    deepRecover,
		"throw":           func(int) { var m sync.Mutex; m.Unlock() },
	}
}

func main() {
	arg := 0
	if len(os.Args) > 2 {
		arg, _ = strconv.Atoi(os.Args[2])
	}
	command, found := commands[os.Args[1]]
	if !found {
		fmt.Fprintln(os.Stderr, "unknown command")
		os.Exit(99)
	}
	fmt.Println("before")
	command(arg)
	fmt.Println("after")
}

//go:noinline
func recurse(n int) int {
	if n == 0 {
		return 0
	}
	return recurse(n-1) + 1
}

//go:noinline
func forever(n int) int { return forever(n+1) + 1 }

// memory keeps arg MiB, each page touched.
func memory(arg int) {
	var kept [][]byte
	for i := 0; i < arg; i++ {
		block := make([]byte, 1<<20)
		for j := 0; j < len(block); j += 4096 {
			block[j] = byte(i)
		}
		kept = append(kept, block)
	}
	fmt.Println("kept", len(kept))
}

// try gives the value that f panics with.
func try(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return "nothing"
}

func recovered() {
	for _, name := range []string{"panic", "panic-error", "nil", "nil-map", "divide", "index", "slice", "assertion", "close-closed"} {
		arg := map[string]int{"index": 7, "slice": 3}[name]
		value := try(func() { commands[name](arg) })
		_, isRuntime := value.(runtime.Error)
		fmt.Printf("%s: %v %v\n", name, value, isRuntime)
	}
	fmt.Println(try(func() {}))
	if err, ok := try(func() { commands["panic-error"](0) }).(error); ok {
		fmt.Println(errors.Is(err, os.ErrNotExist))
	}
	fmt.Println(results(3))
	fmt.Println(strings.Join(order(), " "))
	total := 0
	for i := 0; i < 100000; i++ {
		if try(func() { at(nil, i) }) != "nothing" {
			total++
		}
	}
	fmt.Println("recovered", total)
}

// results shows that a recovered function returns its named results.
func results(n int) (a int, b string, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("from %v", value)
		}
	}()
	a, b = n, "set before"
	panic("the panic")
}

// order records deferred calls across nested panics.
func order() (log []string) {
	note := func(s string) { log = append(log, s) }
	defer func() { note(fmt.Sprint("outer:", recover())) }()
	defer note("second")
	for i := 0; i < 3; i++ {
		defer func(i int) { note(strconv.Itoa(i)) }(i)
	}
	defer func() {
		defer func() { note(fmt.Sprint("inner:", recover())) }()
		note("deferred")
		panic("nested")
	}()
	panic("first")
}

func repanic() {
	defer fmt.Println("deferred in repanic")
	defer func() {
		value := recover()
		fmt.Println("caught", value)
		panic(fmt.Sprint("again: ", value))
	}()
	panic("first")
}

func goexit() {
	done := make(chan string)
	go func() {
		defer close(done)
		defer func() { done <- fmt.Sprint("recover in Goexit: ", recover()) }()
		func() {
			defer func() { done <- "deferred" }()
			runtime.Goexit()
		}()
		done <- "never"
	}()
	for message := range done {
		fmt.Println(message)
	}
}

// deepRecover unwinds a panic through arg frames, each with a deferred call.
func deepRecover(arg int) {
	calls := 0
	var down func(n int)
	down = func(n int) {
		defer func() { calls++ }()
		if n == 0 {
			panic("bottom")
		}
		down(n - 1)
	}
	fmt.Println(try(func() { down(arg) }), calls)
}
