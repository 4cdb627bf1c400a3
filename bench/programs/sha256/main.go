// Sha256 hashes one buffer over and over. Native Go uses the processor's SHA
// instructions, which wasm does not have: reported beside the headline.
package main

import (
	"crypto/sha256"
	"fmt"

	"bench/internal/gen"
)

const rounds = 700

func main() {
	r := gen.Rand(19)
	buffer := make([]byte, 1<<20)
	for i := range buffer {
		buffer[i] = byte(r.Next() >> 32)
	}
	for i := 0; i < rounds; i++ {
		digest := sha256.Sum256(buffer)
		copy(buffer, digest[:])
	}
	fmt.Printf("%x\n", buffer[:sha256.Size])
}
