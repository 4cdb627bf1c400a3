// Standard input, output and error.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

func main() {
	switch os.Args[1] {
	case "echo":
		n, err := io.Copy(os.Stdout, os.Stdin)
		fmt.Fprintln(os.Stderr, n, err)
	case "lines":
		scanner := bufio.NewScanner(os.Stdin)
		for i := 1; scanner.Scan(); i++ {
			fmt.Printf("%d: %s\n", i, strings.ToUpper(scanner.Text()))
		}
		fmt.Println("end", scanner.Err())
	case "timers":
		timers()
	case "println":
		println(text())
		println("end", 1<<40, -7, 0x1p-3, true, 'x')
	case "print":
		n, err := os.Stdout.WriteString(text())
		fmt.Fprintln(os.Stderr, n, err)
	case "both":
		for i := 0; i < 2000; i++ {
			fmt.Println("out", i)
			fmt.Fprintln(os.Stderr, "err", i)
		}
	case "endless":
		for i := 0; ; i++ {
			fmt.Println("line", i)
		}
	case "endless-stderr":
		for i := 0; ; i++ {
			fmt.Fprintln(os.Stderr, "line", i)
		}
	case "stat":
		info, err := os.Stdin.Stat()
		fmt.Println(info.Mode().Type(), err)
	case "closed":
		fmt.Println(os.Stdin.Close())
		_, err := os.Stdin.Read(make([]byte, 1))
		fmt.Println(err)
	default:
		fmt.Fprintln(os.Stderr, "unknown command")
		os.Exit(99)
	}
}

// text is 1 MiB of numbered lines, the last newline left out.
func text() string {
	var b strings.Builder
	for i := 0; b.Len() < 1<<20; i++ {
		fmt.Fprintf(&b, "line %d of the text\n", i)
	}
	return b.String()[:1<<20]
}

// timers: the tester sends a line when it has read "ticks done", so this ends
// only if the ticks go on while the main goroutine waits for its input.
func timers() {
	ticked := make(chan int)
	go func() {
		ticker := time.NewTicker(5 * time.Millisecond)
		for i := 0; i < 20; i++ {
			<-ticker.C
		}
		fmt.Println("ticks done")
		close(ticked)
	}()
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	<-ticked
	fmt.Printf("%q %v\n", line, err)
}
