// Packages of the standard library at work. Every command's output depends on
// its input alone.
package main

import (
	"fmt"
	"os"
)

var commands = map[string]func(){
	"maps":     maps,
	"sort":     sorts,
	"json":     jsons,
	"regexp":   regexps,
	"gzip":     gzips,
	"png":      pngs,
	"template": templates,
	"big":      bigs,
	"hashes":   hashes,
	"crypto":   cryptos,
	"encoding": encodings,
	"time":     times,
	"text":     texts,
	"reflect":  reflects,
	"rand":     rands,
	"archive":  archives,
	"parser":   parsers,
	"errors":   errorChains,
	"logs":     logs,
	"search":   searches,
}

func main() {
	command, found := commands[os.Args[1]]
	if !found {
		fmt.Fprintln(os.Stderr, "unknown command")
		os.Exit(99)
	}
	command()
}

// words is a deterministic text of n words.
func words(n int) []string {
	syllables := []string{"ka", "to", "mi", "re", "su", "no", "li", "pe"}
	out := make([]string, n)
	state := uint32(1)
	for i := range out {
		for j := 0; j < 2+int(state>>28)%3; j++ {
			state = state*1664525 + 1013904223
			out[i] += syllables[state>>29]
		}
	}
	return out
}
