// Sorts orders integers, strings and structs: package slices' generic code,
// package sort's interface and closure calls, and a heap.
package main

import (
	"container/heap"
	"fmt"
	"slices"
	"sort"

	"bench/internal/gen"
)

type person struct {
	name string
	age  int
	id   uint64
}

type byAge []person

func (p byAge) Len() int           { return len(p) }
func (p byAge) Less(i, j int) bool { return p[i].age < p[j].age }
func (p byAge) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }

type queue []int

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i] < q[j] }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(v any)        { *q = append(*q, v.(int)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	v := (*q)[last]
	*q = (*q)[:last]
	return v
}

func ints(r *gen.Rand, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = int(r.Next() >> 20)
	}
	return out
}

func main() {
	r := gen.Rand(3)
	sum := gen.NewSum()

	a := ints(&r, 2_200_000)
	slices.Sort(a)
	b := ints(&r, 800_000)
	sort.Ints(b)
	for i := 0; i < len(b); i += 1000 {
		at, _ := slices.BinarySearch(a, b[i])
		sum.Add(uint64(at))
	}

	people := make([]person, 280_000)
	for i := range people {
		people[i] = person{r.Word() + r.Word(), r.Intn(100), r.Next()}
	}
	sort.Slice(people, func(i, j int) bool { return people[i].name < people[j].name })
	sort.Stable(byAge(people))
	for i := 0; i < len(people); i += 100 {
		sum.Write([]byte(people[i].name))
		sum.Add(uint64(people[i].age))
	}
	slices.SortFunc(people, func(x, y person) int {
		if x.id < y.id {
			return -1
		}
		return 1
	})
	sum.Write([]byte(people[0].name))

	q := queue(ints(&r, 280_000))
	heap.Init(&q)
	for q.Len() > 0 {
		sum.Add(uint64(heap.Pop(&q).(int)))
	}
	fmt.Printf("%016x\n", uint64(sum))
}
