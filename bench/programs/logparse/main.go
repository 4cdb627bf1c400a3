// Logparse reads a web server's log line by line, cuts the fields apart,
// parses numbers and times, and reports the busiest clients and hours.
package main

import (
	"bufio"
	"fmt"
	"log"
	"sort"
	"strconv"
	"strings"
	"time"

	"bench/internal/gen"
)

type entry struct {
	client string
	at     time.Time
	path   string
	code   int
	bytes  int64
}

func parse(line string) (entry, error) {
	client, rest, _ := strings.Cut(line, " ")
	_, rest, _ = strings.Cut(rest, "[")
	stamp, rest, ok := strings.Cut(rest, "] \"")
	if !ok {
		return entry{}, fmt.Errorf("no time in %q", line)
	}
	at, err := time.Parse("02/Jan/2006:15:04:05 -0700", stamp)
	if err != nil {
		return entry{}, err
	}
	request, rest, _ := strings.Cut(rest, "\" ")
	fields := strings.Fields(rest)
	if len(fields) < 2 {
		return entry{}, fmt.Errorf("no code in %q", line)
	}
	code, err := strconv.Atoi(fields[0])
	if err != nil {
		return entry{}, err
	}
	size, err := strconv.ParseInt(fields[1], 10, 64)
	path, _, _ := strings.Cut(strings.Fields(request)[1], "?")
	return entry{client, at, path, code, size}, err
}

type total struct {
	name  string
	hits  int
	bytes int64
}

// top prints the n largest by bytes.
func top(totals map[string]*total, n int) {
	list := make([]*total, 0, len(totals))
	for _, t := range totals {
		list = append(list, t)
	}
	sort.Slice(list, func(i, j int) bool {
		if list[i].bytes != list[j].bytes {
			return list[i].bytes > list[j].bytes
		}
		return list[i].name < list[j].name
	})
	for _, t := range list[:min(n, len(list))] {
		fmt.Printf("%-24s %8d %12d\n", t.name, t.hits, t.bytes)
	}
}

func add(totals map[string]*total, name string, e entry) {
	t := totals[name]
	if t == nil {
		t = &total{name: name}
		totals[name] = t
	}
	t.hits++
	t.bytes += e.bytes
}

func main() {
	r := gen.Rand(17)
	text := r.Log(50_000)
	clients, hours, paths := map[string]*total{}, map[string]*total{}, map[string]*total{}
	codes := map[int]int{}
	for round := 0; round < 9; round++ {
		scanner := bufio.NewScanner(strings.NewReader(text))
		for scanner.Scan() {
			e, err := parse(scanner.Text())
			if err != nil {
				log.Fatal(err)
			}
			add(clients, e.client, e)
			add(hours, e.at.Format("Mon 15h"), e)
			add(paths, strings.ToUpper(e.path), e)
			codes[e.code]++
		}
	}
	top(clients, 5)
	top(hours, 5)
	top(paths, 5)
	// fmt prints maps in the order of their keys.
	fmt.Println(codes)
}
