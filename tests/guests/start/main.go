// What a program sees when it starts and says when it ends.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Println("no command")
		return
	}
	switch os.Args[1] {
	case "args":
		for i, arg := range os.Args[2:] {
			fmt.Printf("%d %q\n", i, arg)
		}
	case "argv0":
		fmt.Println(len(os.Args[0]) > 0)
	case "env":
		env := os.Environ()
		sort.Strings(env)
		for _, assignment := range env {
			fmt.Printf("%q\n", assignment)
		}
	case "lookup":
		for _, name := range os.Args[2:] {
			value, found := os.LookupEnv(name)
			fmt.Printf("%s %q %v\n", name, value, found)
		}
	case "setenv":
		os.Setenv("ADDED", "a=b")
		os.Unsetenv("BAKED")
		fmt.Println(os.Getenv("ADDED"), os.ExpandEnv("<$BAKED> ${ADDED}"))
	case "exit":
		code, _ := strconv.Atoi(os.Args[2])
		fmt.Println("leaving with", code)
		defer fmt.Println("os.Exit runs no deferred function")
		os.Exit(code)
	case "cwd":
		dir, err := os.Getwd()
		fmt.Println(dir, err)
	case "clock":
		clock()
	case "random":
		random()
	default:
		fmt.Fprintln(os.Stderr, "unknown command")
		os.Exit(99)
	}
}

func clock() {
	start := time.Now()
	time.Sleep(30 * time.Millisecond)
	slept := time.Since(start)
	fmt.Println("slept enough:", slept >= 30*time.Millisecond, "not too long:", slept < 5*time.Second)
	fmt.Println("this century:", time.Now().Year() >= 2025 && time.Now().Year() < 2100)
	last := time.Now()
	for i := 0; i < 100000; i++ {
		now := time.Now()
		if now.Sub(last) < 0 {
			fmt.Println("the monotonic clock went back")
		}
		last = now
	}
}
