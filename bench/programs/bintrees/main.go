// Bintrees builds and walks binary trees of many depths: small allocations,
// garbage collection, recursion.
package main

import "fmt"

const depth = 17

type node struct{ left, right *node }

func build(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{build(depth - 1), build(depth - 1)}
}

func (n *node) count() int {
	if n.left == nil {
		return 1
	}
	return 1 + n.left.count() + n.right.count()
}

func main() {
	fmt.Println("stretch", build(depth+1).count())
	kept := build(depth)
	for d := 4; d <= depth; d += 3 {
		trees := 1 << (depth - d + 4)
		sum := 0
		for i := 0; i < trees; i++ {
			sum += build(d).count()
		}
		fmt.Println(d, trees, sum)
	}
	fmt.Println("kept", kept.count())
}
