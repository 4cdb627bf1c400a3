package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// patience is for machines that are slow.
const patience = 100 * time.Second

// A check, as the plan has it: a program is run in an empty directory, and what it does
// is compared with a native program, or with what is stated.
type check struct {
	Name string
	// Program and arguments, and how it is looked at: "run" to its end; "same" as
	// Native; "fenced" while it waits for input; "serves" the client Native; "sleeps" in
	// the system call Number.
	Kind    string
	Program []string
	Env     []string
	Native  []string
	// How it ends: by this exit code, or by this signal if it isn't 0.
	Exit   int
	Signal int
	// What its outputs hold.
	Stdout string
	Stderr string
	// What the guest `corrupt` says last: a negative errno, or 0 for any result that is
	// none. Nil if that isn't looked at.
	Result *int
	// The system call that it sleeps in, or how many filters are around it.
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

// expected compares with what is stated.
func (c *check) expected(o outcome) error {
	if o.exit != c.Exit || o.signal != c.Signal ||
		!strings.Contains(o.stdout, c.Stdout) || !strings.Contains(o.stderr, c.Stderr) {
		return errors.New(o.String())
	}
	if c.Result == nil {
		return nil
	}
	lines := strings.Split(strings.TrimSpace(o.stdout), "\n")
	result, err := strconv.Atoi(lines[len(lines)-1])
	if err != nil || min(result, 0) != *c.Result {
		return errors.New(o.String())
	}
	return nil
}

// same compares with what is stated, and with a native program in a directory of its
// own: how they end, and what they say on standard output but for the directory's name.
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

// live is a program with pipes as standard input and output.
type live struct {
	cmd    *exec.Cmd
	cancel context.CancelFunc
	stdin  io.WriteCloser
	lines  *bufio.Reader
	stderr bytes.Buffer
}

func (c *check) start(dir string) (*live, error) {
	l := &live{}
	l.cmd, l.cancel = c.command(dir, c.Program)
	l.cmd.Stderr = &l.stderr
	var err error
	if l.stdin, err = l.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := l.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	l.lines = bufio.NewReader(stdout)
	return l, l.cmd.Start()
}

func (l *live) expect(line string) error {
	said, err := l.lines.ReadString('\n')
	if err != nil || said != line {
		return fmt.Errorf("says %q (%v), and %q", said, err, l.stderr.String())
	}
	return nil
}

// end closes its input, after which it must end well.
func (l *live) end() error {
	l.stdin.Close()
	io.Copy(io.Discard, l.lines)
	if err := l.cmd.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, l.stderr.String())
	}
	return nil
}

// fenced looks at what the kernel says of the guest `stdio lines` between two lines:
// how many filters are there, and how much memory it takes.
func (c *check) fenced(dir string) error {
	l, err := c.start(dir)
	if err != nil {
		return err
	}
	defer l.cancel()
	if _, err := io.WriteString(l.stdin, "one\n"); err != nil {
		return err
	}
	if err := l.expect("1: ONE\n"); err != nil {
		return err
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", l.cmd.Process.Pid))
	if err != nil {
		return err
	}
	if want := fmt.Sprintf("\nSeccomp_filters:\t%d\n", c.Number); !bytes.Contains(status, []byte(want)) {
		return fmt.Errorf("not %q: %s", want, status)
	}
	if err := spends(status); err != nil {
		return err
	}
	return l.end()
}

// spends holds a program that does little to 16 MiB: neither large pages nor what is
// reserved count.
func spends(status []byte) error {
	for _, line := range strings.Split(string(status), "\n") {
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] == "VmRSS:" {
			kib, err := strconv.Atoi(fields[1])
			if err != nil || kib > 16<<10 {
				return fmt.Errorf("takes %d KiB of memory (%v)", kib, err)
			}
			return nil
		}
	}
	return errors.New("the kernel doesn't say VmRSS")
}

// serves runs the client Native while the guest `server` listens.
func (c *check) serves(dir string) error {
	l, err := c.start(dir)
	if err != nil {
		return err
	}
	defer l.cancel()
	if err := l.expect("ready\n"); err != nil {
		return err
	}
	o, err := c.outcome(dir, c.Native)
	if err != nil {
		return err
	}
	if o.exit != 0 {
		return fmt.Errorf("the client: %s; the server: %s", o, l.stderr.String())
	}
	return l.end()
}

// sleeps waits until the program does in a system call, that to open the FIFO `fifo`.
func (c *check) sleeps(dir string) error {
	if err := syscall.Mkfifo(dir+"/fifo", 0o600); err != nil {
		return err
	}
	l, err := c.start(dir)
	if err != nil {
		return err
	}
	defer l.cancel()
	defer func() {
		l.cmd.Process.Kill()
		l.cmd.Wait()
	}()
	var at []byte
	for i := 0; i < 500; i++ {
		at, err = os.ReadFile(fmt.Sprintf("/proc/%d/syscall", l.cmd.Process.Pid))
		if err != nil {
			return err
		}
		if strings.HasPrefix(string(at), strconv.Itoa(c.Number)+" ") {
			return nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return fmt.Errorf("is not in system call %d: %s", c.Number, at)
}
