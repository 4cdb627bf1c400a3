// Package gen makes the inputs of the benchmark programs: the same on every
// machine and every run, with nothing read from outside.
package gen

import (
	"fmt"
	"strings"
)

// Rand is an xorshift64* generator (Vigna 2016). Its state must not be zero.
type Rand uint64

// Next returns 64 pseudo-random bits.
func (r *Rand) Next() uint64 {
	x := uint64(*r)
	x ^= x >> 12
	x ^= x << 25
	x ^= x >> 27
	*r = Rand(x)
	return x * 0x2545F4914F6CDD1D
}

// Intn returns a number in [0, n).
func (r *Rand) Intn(n int) int { return int(r.Next()>>33) % n }

// Float returns a number in [0, 1).
func (r *Rand) Float() float64 { return float64(r.Next()>>11) / (1 << 53) }

// Word returns a lower-case word of 2 to 12 letters. Short words come often, so
// that a text of them repeats itself as prose does.
func (r *Rand) Word() string {
	syllables := [...]string{"ba", "ce", "di", "fo", "gu", "ka", "le", "mi", "no", "pu", "ra", "se", "ti", "vo", "zu", "en"}
	var b strings.Builder
	n := 1 + r.Intn(2)
	if r.Intn(4) == 0 {
		n += r.Intn(5)
	}
	for i := 0; i < n; i++ {
		b.WriteString(syllables[r.Intn(len(syllables))])
	}
	return b.String()
}

// Text returns at least size bytes of words in lines of about 70 columns.
func (r *Rand) Text(size int) []byte {
	out := make([]byte, 0, size+100)
	column := 0
	for len(out) < size {
		w := r.Word()
		out = append(out, w...)
		column += len(w) + 1
		if column > 70 {
			out = append(out, '\n')
			column = 0
		} else {
			out = append(out, ' ')
		}
	}
	return append(out, '\n')
}

// Log returns n lines as a web server writes them.
func (r *Rand) Log(n int) string {
	methods := [...]string{"GET", "GET", "GET", "POST", "PUT", "DELETE"}
	codes := [...]int{200, 200, 200, 200, 204, 301, 404, 500}
	var b strings.Builder
	for i := 0; i < n; i++ {
		fmt.Fprintf(&b, "%d.%d.%d.%d - - [%02d/Mar/2024:%02d:%02d:%02d +0000] \"%s /%s/%s?id=%d HTTP/1.1\" %d %d \"%s@example.org\"\n",
			10+r.Intn(4), r.Intn(8), r.Intn(256), 1+r.Intn(254),
			1+r.Intn(28), r.Intn(24), r.Intn(60), r.Intn(60),
			methods[r.Intn(len(methods))], r.Word(), r.Word(), r.Intn(100000),
			codes[r.Intn(len(codes))], r.Intn(1<<16), r.Word())
	}
	return b.String()
}

// Sum is a running 64-bit FNV-1a checksum.
type Sum uint64

// NewSum returns the checksum of nothing.
func NewSum() Sum { return 0xcbf29ce484222325 }

// Add mixes one 64-bit value in, as one unit rather than byte by byte: the
// checksum must not be what a program spends its time on.
func (s *Sum) Add(v uint64) { *s = (*s ^ Sum(v)) * 0x100000001b3 }

// Write mixes bytes in; it makes Sum an io.Writer.
func (s *Sum) Write(p []byte) (int, error) {
	h := *s
	for _, c := range p {
		h = (h ^ Sum(c)) * 0x100000001b3
	}
	*s = h
	return len(p), nil
}
