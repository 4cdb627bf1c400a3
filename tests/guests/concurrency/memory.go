package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

type tree struct{ left, right *tree }

func grow(depth int) *tree {
	if depth == 0 {
		return &tree{}
	}
	return &tree{grow(depth - 1), grow(depth - 1)}
}

func (t *tree) count() int {
	if t.left == nil {
		return 1
	}
	return 1 + t.left.count() + t.right.count()
}

// collector makes garbage while goroutines hold on to what must survive.
func collector() {
	debug.SetGCPercent(20)
	kept := make(chan *tree, 8)
	for i := 0; i < 8; i++ {
		go func(i int) {
			mine := grow(10)
			for j := 0; j < 20; j++ {
				grow(8)
				runtime.Gosched()
			}
			kept <- mine
		}(i)
	}
	sum := 0
	for i := 0; i < 8; i++ {
		sum += (<-kept).count()
	}
	finalized := make(chan bool, 1)
	func() {
		object := new([100]int)
		runtime.SetFinalizer(object, func(*[100]int) { finalized <- true })
	}()
	for i := 0; i < 10 && len(finalized) == 0; i++ {
		runtime.GC()
		runtime.Gosched()
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Println(sum, <-finalized, stats.NumGC > 0)
}

type number interface{ ~int | ~float64 }

type list[T any] struct {
	value T
	next  *list[T]
}

func (l *list[T]) push(value T) *list[T] { return &list[T]{value, l} }

func fold[T, R any](l *list[T], start R, f func(R, T) R) R {
	for ; l != nil; l = l.next {
		start = f(start, l.value)
	}
	return start
}

func sum[T number](values ...T) (total T) {
	for _, v := range values {
		total += v
	}
	return total
}

func generics() {
	var l *list[string]
	for _, s := range []string{"a", "b", "c"} {
		l = l.push(s)
	}
	fmt.Println(fold(l, "", func(acc, s string) string { return acc + s }))
	fmt.Println(fold(l, 0, func(n int, s string) int { return n + len(s) }))
	fmt.Println(sum(1, 2, 3), sum(0.5, 0.25))
	fmt.Println(min(3, 1, 2), max("a", "b"))
	m := map[string]int{"a": 1}
	clear(m)
	fmt.Println(len(m))
}
