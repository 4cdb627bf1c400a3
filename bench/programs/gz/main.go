// Gz compresses a text with gzip at two levels and expands it again: byte
// loops, hash chains, bit buffers, CRC-32.
package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log"

	"bench/internal/gen"
)

const textSize = 9 << 20

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	r := gen.Rand(9)
	text := r.Text(textSize)
	sum := gen.NewSum()
	for _, level := range []int{gzip.BestSpeed, gzip.DefaultCompression} {
		var packed bytes.Buffer
		w, err := gzip.NewWriterLevel(&packed, level)
		check(err)
		_, err = w.Write(text)
		check(err)
		check(w.Close())
		sum.Write(packed.Bytes())

		for i := 0; i < 3; i++ {
			unpack, err := gzip.NewReader(bytes.NewReader(packed.Bytes()))
			check(err)
			back, err := io.ReadAll(unpack)
			check(err)
			if !bytes.Equal(back, text) {
				log.Fatal("the text changed")
			}
		}
		fmt.Println(level, packed.Len())
	}
	fmt.Printf("%016x\n", uint64(sum))
}
