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

// end closes the program's input, after which the program must end with exit 0.
func (l *live) end() error {
	l.stdin.Close()
	io.Copy(io.Discard, l.lines)
	if err := l.cmd.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, l.stderr.String())
	}
	return nil
}

// fenced reads /proc/PID/status of the guest `stdio lines` while the guest waits for its
// second line: the number of seccomp filters must be c.Number, and the memory small.
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

// spends checks that a program that does little takes at most 16 MiB of memory. Large pages
// and reserved addresses must not increase that.
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

// sleeps waits until the program sleeps in the system call that opens the FIFO `fifo`.
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
