// Logstat makes a table of a web server's access log: how often each path, status,
// client or hour was asked for, with which result, how many bytes, and how fast.
//
// It reads the common and the combined log format of Apache and nginx, from files (also
// compressed with gzip) or from standard input. A number after the last quoted field is
// the time that the request took, in seconds, as nginx's $request_time.
package main

import (
	"bufio"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	by := flag.String("by", "path", "what a row is: path, status, client or hour")
	top := flag.Int("top", 10, "show only so many rows; 0 is all")
	status := flag.String("status", "", "count only requests whose status begins so, like 5 or 404")
	asJSON := flag.Bool("json", false, "write JSON")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: logstat [FLAGS] [FILE]...")
		flag.PrintDefaults()
	}
	flag.Parse()
	if err := run(*by, *status, *top, *asJSON, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "logstat:", err)
		os.Exit(1)
	}
}

func run(by, status string, top int, asJSON bool, files []string) error {
	key, ok := keys[by]
	if !ok {
		return fmt.Errorf("-by %s: not path, status, client or hour", by)
	}
	report := newReport(key, status)
	if len(files) == 0 {
		if err := report.read("standard input", os.Stdin); err != nil {
			return err
		}
	}
	for _, file := range files {
		if err := readFile(report, file); err != nil {
			return err
		}
	}
	output := bufio.NewWriter(os.Stdout)
	write := report.writeTable
	if asJSON {
		write = report.writeJSON
	}
	if err := write(output, by, top); err != nil {
		return err
	}
	return output.Flush()
}

func readFile(report *report, name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if !strings.HasSuffix(name, ".gz") {
		return report.read(name, file)
	}
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return report.read(name, unpacked)
}

// read adds the lines of one log. Lines that are no requests are counted, not fatal.
func (r *report) read(name string, input io.Reader) error {
	lines := bufio.NewScanner(input)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if len(lines.Bytes()) == 0 {
			continue
		}
		if request, ok := parse(lines.Text()); ok {
			r.add(request)
		} else {
			r.unreadable++
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
