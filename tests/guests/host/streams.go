package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// input opens what is named; "-" is standard input.
func input(name string) *os.File {
	if name == "-" {
		return os.Stdin
	}
	f, err := os.Open(name)
	must(err)
	return f
}

// tick says "ticks done" after twenty ticks, and closes the channel.
func tick() chan int {
	done := make(chan int)
	go func() {
		ticker := time.NewTicker(2 * time.Millisecond)
		for i := 0; i < 20; i++ {
			<-ticker.C
		}
		fmt.Println("ticks done")
		close(done)
	}()
	return done
}

// ticks reads a line of the input while the ticks go on; the tester writes it when
// it has read "ticks done".
func ticks(args []string) {
	done := tick()
	line, err := bufio.NewReader(input(args[0])).ReadString('\n')
	<-done
	fmt.Printf("%q %v\n", line, err)
}

// cat reads each name to its end.
func cat(args []string) {
	for i, name := range args {
		fmt.Println("reading", i)
		content, err := io.ReadAll(input(name))
		fmt.Printf("%d: %q %s\n", i, content, kind(err))
	}
}

// catRaw reads a name by system calls, which wait if the descriptor does.
func catRaw(args []string) {
	fd, err := syscall.Open(args[0], syscall.O_RDONLY, 0)
	must(err)
	fmt.Println("reading")
	buf := make([]byte, 100)
	for {
		n, err := syscall.Read(fd, buf)
		if n <= 0 || err != nil {
			fmt.Println("end", n, kind(err))
			return
		}
		fmt.Printf("%q\n", buf[:n])
	}
}

// writeFull writes 1 MiB to a FIFO that nobody empties before the ticks are done.
func writeFull(args []string) {
	f, err := os.OpenFile(args[0], os.O_WRONLY, 0)
	must(err)
	done := tick()
	n, err := f.WriteString(numbered(1 << 20))
	<-done
	fmt.Println(n, kind(err), kind(f.Close()))
}

// openWrite opens a FIFO for writing while the ticks go on. After "ticks done" the tester
// opens the FIFO for reading, or, with a second argument, a goroutine here does.
func openWrite(args []string) {
	done, read := tick(), make(chan string, 1)
	if len(args) > 1 {
		go func() {
			<-done
			content, err := io.ReadAll(input(args[0]))
			read <- fmt.Sprintf("%q %s", content, kind(err))
		}()
	} else {
		close(read)
	}
	f, err := os.OpenFile(args[0], os.O_WRONLY, 0)
	<-done
	must(err)
	n, err := f.WriteString("word")
	fmt.Println(n, kind(err), kind(f.Close()))
	fmt.Println(<-read)
}

// talk sends words through a FIFO from one goroutine to another.
func talk(args []string) {
	var group sync.WaitGroup
	group.Add(1)
	go func() {
		defer group.Done()
		scanner := bufio.NewScanner(input(args[0]))
		for scanner.Scan() {
			fmt.Println("heard", scanner.Text())
		}
		fmt.Println("end", scanner.Err())
	}()
	time.Sleep(10 * time.Millisecond)
	writer, err := os.OpenFile(args[0], os.O_WRONLY, 0)
	must(err)
	for _, word := range []string{"one", "two", "three"} {
		_, err := fmt.Fprintln(writer, word)
		must(err)
		time.Sleep(2 * time.Millisecond)
	}
	must(writer.Close())
	group.Wait()
}

// epipe writes to a FIFO whose reader has left when a line comes in.
func epipe(args []string) {
	f, err := os.OpenFile(args[0], os.O_WRONLY, 0)
	must(err)
	n, err := f.WriteString("heard")
	fmt.Println(n, kind(err))
	bufio.NewReader(os.Stdin).ReadString('\n')
	n, err = f.WriteString("unheard")
	fmt.Println(n, kind(err), errors.Is(err, syscall.EPIPE))
}

// numbered is text of numbered lines, the last one cut.
func numbered(size int) string {
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		fmt.Fprintf(&b, "line %d of the text\n", i)
	}
	return b.String()[:size]
}

func bytesOf(arg string) int {
	n, err := strconv.Atoi(arg)
	must(err)
	return n
}

func flood(args []string) {
	n, err := os.Stdout.WriteString(numbered(bytesOf(args[0])))
	fmt.Fprintln(os.Stderr, n, kind(err))
}

func printlnFlood(args []string) { println(numbered(bytesOf(args[0]))) }

func panicFlood(args []string) { panic(numbered(bytesOf(args[0]))) }

// sleep sleeps, whatever happens to the process meanwhile.
func sleep([]string) {
	fmt.Println("ready")
	start := time.Now()
	time.Sleep(300 * time.Millisecond)
	fmt.Println("slept", time.Since(start) >= 300*time.Millisecond)
}

// standard uses the standard files, and says what they gave in the file "said":
// any of them may be closed.
func standard([]string) {
	n, err := os.Stdin.Read(make([]byte, 10))
	said := fmt.Sprintln("read", n, err)
	n, err = os.Stdout.WriteString("out\n")
	said += fmt.Sprintln("stdout", n, kind(err))
	n, err = os.Stderr.WriteString("err\n")
	said += fmt.Sprintln("stderr", n, kind(err))
	// A file must not get one of their numbers.
	f, err := os.Create("said")
	must(err)
	said += fmt.Sprintln("number below 3:", f.Fd() < 3)
	fmt.Println("more out")
	println("more err")
	_, err = f.WriteString(said)
	must(err)
	must(f.Close())
}

// fullOutput writes to a standard output that has no room.
func fullOutput([]string) {
	n, err := fmt.Println("lost")
	fmt.Fprintln(os.Stderr, n, kind(err))
	w := bufio.NewWriter(os.Stdout)
	fmt.Fprintln(w, "lost as well")
	fmt.Fprintln(os.Stderr, kind(w.Flush()))
	os.Exit(3)
}

func exit(args []string) {
	code, err := strconv.Atoi(args[0])
	must(err)
	fmt.Print("no newline")
	os.Exit(code)
}

// storm does a bit of everything that may wait while signals rain.
func storm([]string) {
	fmt.Println("ready")
	scanner := bufio.NewScanner(os.Stdin)
	for scanner.Scan() {
		fmt.Println("got", scanner.Text())
	}
	fmt.Println("input ends", scanner.Err())
	start := time.Now()
	for i := 0; i < 20; i++ {
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Println("slept", time.Since(start) >= 100*time.Millisecond)
	for i := 0; i < 20; i++ {
		name := fmt.Sprint("file", i)
		must(os.WriteFile(name, []byte(numbered(300_000)), 0o644))
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		must(err)
		must(f.Sync())
		must(f.Truncate(200_000))
		content, err := io.ReadAll(f)
		must(err)
		must(f.Close())
		must(os.Rename(name, name+"x"))
		fmt.Println(name, len(content), string(content) == numbered(200_000))
	}
	entries, err := os.ReadDir(".")
	fmt.Println(len(entries), kind(err))
	content, err := io.ReadAll(input("fifo"))
	fmt.Printf("fifo %q %s\n", content, kind(err))
	n, err := os.Stdout.WriteString(numbered(3 << 20))
	fmt.Fprintln(os.Stderr, n, kind(err))
}

// devices uses what is in /dev.
func devices(args []string) {
	for _, name := range args {
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			fmt.Println(name, "open", kind(err))
			continue
		}
		written, writeErr := f.WriteString("to " + name + "\n")
		buf := make([]byte, 64)
		n, readErr := io.ReadFull(f, buf)
		if readErr == io.ErrUnexpectedEOF || readErr == io.EOF {
			readErr = nil
		}
		zeroes := strings.Count(string(buf[:n]), "\x00")
		fmt.Println(name, written, kind(writeErr), n, kind(readErr), zeroes == n, kind(f.Close()))
	}
}
