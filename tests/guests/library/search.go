package main

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"io"
	"strings"
)

// searches compares bytes and looks for a byte, at all lengths, offsets and places that
// make a difference. It checks the results against loops and prints a digest of them.
func searches() {
	digest := fnv.New64a()
	const most = 150
	left, right := make([]byte, most+16), make([]byte, most+16)
	for n := 0; n <= most; n++ {
		for offset := 0; offset < 8; offset++ {
			other := (offset*3 + n) % 8
			fill(left, 0)
			fill(right, 0x55)
			a, b := left[offset:offset+n], right[other:other+n]
			copy(b, a)
			searchOnce(digest, a, b, 'x')
			for i := 0; i < n; i++ {
				kept := b[i]
				for _, value := range []byte{0, 1, kept + 1, kept - 1, kept ^ 0x80, 255} {
					b[i] = value
					searchOnce(digest, a, b, value)
				}
				b[i] = kept
			}
		}
	}
	fmt.Printf("%x\n", digest.Sum64())
	searchLarge()
	searchStrings()
}

func fill(bytes []byte, salt byte) {
	for i := range bytes {
		bytes[i] = byte(i*7%251) ^ salt
	}
}

func searchOnce(digest io.Writer, a, b []byte, value byte) {
	order, equal, at := 0, true, -1
	for i := range b {
		if equal && a[i] != b[i] {
			equal = false
			order = 1
			if a[i] < b[i] {
				order = -1
			}
		}
		if at < 0 && b[i] == value {
			at = i
		}
	}
	got := []int{bytes.Compare(a, b), bytes.IndexByte(b, value), strings.IndexByte(string(b), value), strings.Compare(string(a), string(b))}
	if bytes.Equal(a, b) != equal || (string(a) == string(b)) != equal || got[0] != order || got[1] != at || got[2] != at || got[3] != order {
		fmt.Println("wrong:", len(a), value, got, order, at)
	}
	digest.Write([]byte{byte(order), byte(at), byte(len(a))})
}

// searchLarge works in memory that was grown, up to its end or near it.
func searchLarge() {
	const size = 40 << 20
	a, b := make([]byte, size), make([]byte, size)
	for _, i := range []int{0, 1, 4095, 4096, size / 2, size - 17, size - 16, size - 1} {
		b[i] = 200
		fmt.Println(i, bytes.Equal(a, b), bytes.Compare(a, b), bytes.Compare(b, a), bytes.IndexByte(b, 200), bytes.IndexByte(a, 200))
		fmt.Println(bytes.Compare(a[i:], b[i:]), bytes.Compare(a[i+1:], b[i+1:]), bytes.Compare(a, b[:i]), bytes.IndexByte(b[i:], 200))
		b[i] = 0
	}
	fmt.Println(bytes.Equal(a, b), bytes.Compare(a, b), bytes.Compare(a, a[:size-1]), bytes.IndexByte(a[:0], 0))
}

func searchStrings() {
	text := strings.Join(words(3000), " ")
	for _, needle := range []string{"", "k", "z", "mire", "kato mi", "linolino", "pepepepepe", text[2000:2070], text[len(text)-40:]} {
		fmt.Println(strings.Index(text, needle), bytes.Index([]byte(text), []byte(needle)), strings.LastIndex(text, needle), strings.Count(text, needle), strings.HasSuffix(text, needle))
	}
	counts := map[string]int{}
	for _, field := range strings.Fields(text) {
		counts[field]++
	}
	for _, word := range words(20) {
		fmt.Println(word, counts[word], counts[word+"?"])
	}
}
