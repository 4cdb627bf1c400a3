// Wordmap counts, cuts, joins and replaces words: maps with string, integer
// and struct keys, string building and scanning.
package main

import (
	"fmt"
	"sort"
	"strings"

	"bench/internal/gen"
)

const textSize = 5 << 20

type pair struct{ first, second string }

// count returns how often each word comes, and how often each two in a row.
func count(text string) (map[string]int, map[pair]int) {
	words, pairs := map[string]int{}, map[pair]int{}
	last := ""
	for _, line := range strings.Split(text, "\n") {
		for _, w := range strings.Fields(line) {
			words[w]++
			if len(w) <= 4 {
				pairs[pair{last, w}]++
			}
			last = w
		}
	}
	return words, pairs
}

// numbers fills, shrinks and refills a map of integers.
func numbers(r *gen.Rand, sum *gen.Sum) {
	m := map[int]int{}
	for i := 0; i < 700_000; i++ {
		m[r.Intn(1<<17)] += i
		if i%3 == 0 {
			delete(m, r.Intn(1<<17))
		}
	}
	total := 0
	for k, v := range m {
		total += k ^ v
	}
	sum.Add(uint64(len(m)))
	sum.Add(uint64(total))
}

func main() {
	r := gen.Rand(7)
	text := string(r.Text(textSize))
	sum := gen.NewSum()
	words, pairs := count(text)

	keys := make([]string, 0, len(words))
	for w := range words {
		keys = append(keys, w)
	}
	sort.Strings(keys)
	for _, w := range keys {
		fmt.Fprintf(&sum, "%s=%d,", w, words[w])
	}
	common := 0
	for p, n := range pairs {
		if n > 100 && strings.HasPrefix(p.second, p.first[:min(len(p.first), 1)]) {
			common += n
		}
	}
	sum.Add(uint64(common))

	swapped := strings.NewReplacer("ba", "-", "ce", "<>", "noti", "NOTI").Replace(text)
	sum.Add(uint64(len(swapped)))
	sum.Add(uint64(strings.Count(strings.ToUpper(swapped), "ZU")))
	sum.Add(uint64(strings.LastIndex(text, "vovo")))
	numbers(&r, &sum)
	fmt.Printf("%d words, %d pairs, %016x\n", len(words), len(pairs), uint64(sum))
}
