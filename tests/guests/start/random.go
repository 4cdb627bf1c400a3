package main

import (
	"crypto/rand"
	"fmt"
)

// Two reads must differ, and no byte position may be constant over many reads.
func random() {
	var first [32]byte
	if _, err := rand.Read(first[:]); err != nil {
		fmt.Println(err)
	}
	var differs [32]bool
	for i := 0; i < 64; i++ {
		var next [32]byte
		rand.Read(next[:])
		for j := range next {
			differs[j] = differs[j] || next[j] != first[j]
		}
	}
	for j := range differs {
		if !differs[j] {
			fmt.Println("byte", j, "never changes")
		}
	}
	large := make([]byte, 1<<20)
	n, err := rand.Read(large)
	fmt.Println(n, err)
}
