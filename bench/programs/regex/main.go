// Regex runs package regexp over a web server's log: the one-pass, the
// backtracking and the general matcher, submatches and replacement.
package main

import (
	"fmt"
	"regexp"
	"strings"

	"bench/internal/gen"
)

var (
	request = regexp.MustCompile(`^(\S+) \S+ \S+ \[([^\]]+)\] "(GET|POST|PUT) ([^ ?]+)(?:\?id=(\d+))? HTTP/[\d.]+" (\d{3}) (\d+)`)
	address = regexp.MustCompile(`[a-z]+@[a-z]+\.(?:org|net)`)
	repeats = regexp.MustCompile(`(?i)(ba|ce|di)+(no|pu)?[a-z]*/[a-m]+\?`)
	numbers = regexp.MustCompile(`\b\d{3,5}\b`)
)

func main() {
	r := gen.Rand(5)
	text := r.Log(38_000)
	sum := gen.NewSum()
	hits := 0
	for _, line := range strings.Split(text, "\n") {
		if m := request.FindStringSubmatch(line); m != nil {
			hits++
			for _, group := range m[1:] {
				sum.Write([]byte(group))
			}
		}
		if repeats.MatchString(line) {
			sum.Add(1)
		}
	}
	found := address.FindAllStringIndex(text, -1)
	for _, f := range found {
		sum.Add(uint64(f[0]))
	}
	masked := numbers.ReplaceAllStringFunc(text, func(s string) string { return strings.Repeat("#", len(s)) })
	sum.Write([]byte(masked))
	fmt.Printf("%d requests, %d addresses, %016x\n", hits, len(found), uint64(sum))
}
