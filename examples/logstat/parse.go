package main

import (
	"strconv"
	"strings"
)

// A request is a line of the log.
type request struct {
	client string
	hour   string // 28/Nov/2026:13
	path   string // without a query
	status string
	bytes  int64
	took   float64 // seconds; negative if the log doesn't say
}

// What a row of the report can be.
var keys = map[string]func(request) string{
	"path":   func(r request) string { return r.path },
	"status": func(r request) string { return r.status },
	"client": func(r request) string { return r.client },
	"hour":   func(r request) string { return r.hour },
}

// parse reads a line like
//
//	192.0.2.7 - ada [28/Nov/2026:13:05:09 +0000] "GET /a?b HTTP/1.1" 200 1234 "referer" "agent" 0.012
//
// of which what follows the number of bytes may be missing.
func parse(line string) (request, bool) {
	client, rest, ok := strings.Cut(line, " ")
	if !ok {
		return request{}, false
	}
	_, rest, _ = strings.Cut(rest, "[")
	time, rest, ok := strings.Cut(rest, "] \"")
	if !ok || len(time) < len("28/Nov/2026:13") {
		return request{}, false
	}
	line, rest, ok = cutQuoted(rest)
	if !ok {
		return request{}, false
	}
	words := strings.Fields(line)
	fields := strings.Fields(rest)
	if len(words) < 2 || len(fields) < 2 || len(fields[0]) != 3 {
		return request{}, false
	}
	path, _, _ := strings.Cut(words[1], "?")
	bytes, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil && fields[1] != "-" {
		return request{}, false
	}
	return request{client, time[:len("28/Nov/2026:13")], path, fields[0], bytes, took(fields[2:])}, true
}

// cutQuoted cuts text at the first quote that no backslash is before.
func cutQuoted(text string) (before, after string, ok bool) {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return text[:i], text[i+1:], true
		}
	}
	return "", "", false
}

// took is the number that ends a line, if there is one.
func took(fields []string) float64 {
	if len(fields) == 0 {
		return -1
	}
	seconds, err := strconv.ParseFloat(fields[len(fields)-1], 64)
	if err != nil {
		return -1
	}
	return seconds
}
