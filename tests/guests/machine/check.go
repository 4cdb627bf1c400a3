package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// patience is how long a program may take; machines are slow.
const patience = 100 * time.Second

// A check of the plan: a program runs in an empty directory, and its outcome is compared
// with that of a native program, or with the fields below.
type check struct {
	Name string
	// The program with its arguments, and the kind of check: it "run"s to its end; it does
	// the "same" as Native; it is "fenced" by Number filters while it waits for input; it
	// "serves" the client Native; it "sleeps" in the system call Number.
	Kind    string
	Program []string
	Env     []string
	Native  []string
	// The program's exit code, or the signal that ends it if Signal isn't 0.
	Exit   int
	Signal int
	// Texts that its outputs contain.
	Stdout string
	Stderr string
	// The number in the last line of the output: this negative number, or for 0 any number
	// that isn't negative. Nil if the last line isn't checked.
	Last   *int
	Number int
}

func (c *check) run() error {
	dir, err := os.MkdirTemp("/tmp", "check")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	switch c.Kind {
	case "run":
		return c.ends(dir)
	case "same":
		return c.same(dir)
	case "fenced":
		return c.fenced(dir)
	case "serves":
		return c.serves(dir)
	case "sleeps":
		return c.sleeps(dir)
	}
	return fmt.Errorf("unknown kind %q", c.Kind)
}

func (c *check) command(dir string, program []string) (*exec.Cmd, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	cmd := exec.CommandContext(ctx, program[0], program[1:]...)
	cmd.Dir = dir
	cmd.Env = append([]string{"PWD=" + dir}, c.Env...)
	return cmd, cancel
}

type outcome struct {
	exit, signal   int
	stdout, stderr string
}

func (o outcome) String() string {
	return fmt.Sprintf("exit %d, signal %d, says %q and %q", o.exit, o.signal, tail(o.stdout), tail(o.stderr))
}

func tail(text string) string {
	if len(text) > 600 {
		return "..." + text[len(text)-600:]
	}
	return text
}

// outcome runs program to its end.
func (c *check) outcome(dir string, program []string) (outcome, error) {
	cmd, cancel := c.command(dir, program)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return outcome{}, err
	}
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	o := outcome{stdout: stdout.String(), stderr: stderr.String()}
	if status.Signaled() {
		o.signal = int(status.Signal())
	} else {
		o.exit = status.ExitStatus()
	}
	return o, nil
}

func (c *check) ends(dir string) error {
	o, err := c.outcome(dir, c.Program)
	if err != nil {
		return err
	}
	return c.expected(o)
}

// expected compares an outcome with the fields of the check.
func (c *check) expected(o outcome) error {
	if o.exit != c.Exit || o.signal != c.Signal ||
		!strings.Contains(o.stdout, c.Stdout) || !strings.Contains(o.stderr, c.Stderr) {
		return errors.New(o.String())
	}
	if c.Last == nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(o.stdout), "\n")
	last, err := strconv.Atoi(lines[len(lines)-1])
	if err != nil || min(last, 0) != *c.Last {
		return errors.New(o.String())
	}
	return nil
}

// same compares the program's outcome with the fields of the check and with a native program
// that runs in a directory of its own: how both end, and what both print on standard output,
// except for the directory's name.
func (c *check) same(dir string) error {
	var said []string
	for _, program := range [][]string{c.Program, c.Native} {
		own, err := os.MkdirTemp(dir, "own")
		if err != nil {
			return err
		}
		o, err := c.outcome(own, program)
		if err != nil {
			return err
		}
		if err := c.expected(o); err != nil {
			return fmt.Errorf("%s: %w", program[0], err)
		}
		said = append(said, strings.ReplaceAll(o.stdout, own, "DIR"))
	}
	if said[0] != said[1] {
		return fmt.Errorf("ours says %q, native %q", tail(said[0]), tail(said[1]))
	}
	return nil
}
