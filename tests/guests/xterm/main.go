// What golang.org/x/term does. Each argument is a step. The tests around it look at the terminal.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/term"
)

// Where the steps look for a terminal.
var file = os.Stdin

// say goes to standard error; a terminal in raw mode takes the line ends as they are.
func say(parts ...any) { fmt.Fprint(os.Stderr, fmt.Sprintln(parts...)) }

// states that were found, to be restored from the end.
var states []*term.State

func step(what, arg string) error {
	fd := int(file.Fd())
	switch what {
	case "tty":
		opened, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
		if err != nil {
			return err
		}
		file = opened
	case "is":
		say("is", term.IsTerminal(fd), term.IsTerminal(99))
	case "size":
		width, height, err := term.GetSize(fd)
		if err != nil {
			return err
		}
		say("size", width, height)
	case "raw":
		state, err := term.MakeRaw(fd)
		if err != nil {
			return err
		}
		states = append(states, state)
		say("raw")
	case "state":
		state, err := term.GetState(fd)
		if err != nil {
			return err
		}
		states = append(states, state)
	case "restore":
		last := len(states) - 1
		if err := term.Restore(fd, states[last]); err != nil {
			return err
		}
		states = states[:last]
		say("restored")
	case "key":
		var key [1]byte
		n, err := file.Read(key[:])
		say(fmt.Sprintf("key %d %q %v", n, key[:n], err))
	case "password":
		fmt.Fprintln(file, "password:")
		password, err := term.ReadPassword(fd)
		say(fmt.Sprintf("password %q %v", password, err))
	case "terminal":
		line, err := term.NewTerminal(file, "> ").ReadLine()
		say(fmt.Sprintf("line %q %v", line, err))
	case "wait":
		say("ready")
		time.Sleep(time.Minute)
	case "exit":
		code, _ := strconv.Atoi(arg)
		os.Exit(code)
	case "panic":
		panic("on purpose")
	}
	return nil
}

func main() {
	for _, arg := range os.Args[1:] {
		what, arg, _ := strings.Cut(arg, "=")
		if err := step(what, arg); err != nil {
			say(what, err)
		}
	}
}
