package main

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
)

var _ = errors.New
var _ = os.Exit
var _ = sort.Ints
var _ = strconv.Itoa
var _ = strings.Split
var _ sync.Mutex
var _ = math.Sqrt
var _ = bits.Len

var total uint64

type digest struct{ h uint64 }

func (d *digest) add(x uint64) {
	d.h = (d.h ^ x) * 0x9e3779b97f4a7c15
	d.h ^= d.h >> 29
}

func (d *digest) float(x float64) {
	if x != x {
		d.add(0x7ff8)
		return
	}
	d.add(math.Float64bits(x))
}

func (d *digest) text(s string) {
	for i := 0; i < len(s); i++ {
		d.add(uint64(s[i]))
	}
}

func run(number int, f func(d *digest)) {
	d := &digest{uint64(number)}
	defer func() {
		total ^= d.h
		if r := recover(); r != nil {
			fmt.Printf("f%d %016x panics: %v\n", number, d.h, r)
			return
		}
		fmt.Printf("f%d %016x\n", number, d.h)
	}()
	f(d)
}

// The sign of a NaN depends on the processor that made it.
func copysign(x, sign float64) float64 {
	if sign != sign {
		sign = 1
	}
	return math.Copysign(x, sign)
}

func mulhi(x uint64) uint64 {
	hi, lo := bits.Mul64(x, x^0x9e3779b97f4a7c15)
	sum, carry := bits.Add64(hi, lo, x&1)
	return sum + carry
}

func rotate(x uint64) uint64 { return bits.RotateLeft64(x, int(x&63)) }

type integer interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~int | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uint
}

func fold[T any, R any](s []T, start R, f func(R, T) R) R {
	for _, x := range s {
		start = f(start, x)
	}
	return start
}

func largest[T integer](s ...T) (m T) {
	for i, x := range s {
		if i == 0 || x > m {
			m = x
		}
	}
	return
}

type stack[T any] struct{ items []T }

func (s *stack[T]) push(x T) { s.items = append(s.items, x) }
func (s *stack[T]) pop() T {
	x := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return x
}

type shape interface{ area() int64 }
type square struct{ side int32 }
type box struct {
	square
	depth int16
	tag   [3]uint8
}
type scaled struct {
	shape
	by int64
}

func (s square) area() int64  { return int64(s.side) * int64(s.side) }
func (b *box) area() int64    { return b.square.area() * int64(b.depth) }
func (s scaled) area() int64  { return s.shape.area() * s.by }

type failure struct{ code int }

func (f failure) Error() string { return "failure " + strconv.Itoa(f.code) }

type node struct {
	value       int64
	left, right *node
}

func (n *node) insert(v int64) *node {
	if n == nil {
		return &node{value: v}
	}
	if v < n.value {
		n.left = n.left.insert(v)
	} else {
		n.right = n.right.insert(v)
	}
	return n
}

func (n *node) walk(f func(int64)) {
	if n != nil {
		n.left.walk(f)
		f(n.value)
		n.right.walk(f)
	}
}

