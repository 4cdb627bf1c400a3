// Fannkuch flips prefixes of all permutations of 10 numbers until 1 is in
// front: small integer arrays, swaps, unpredictable branches.
package main

import "fmt"

const (
	size   = 10
	rounds = 2
)

// next makes the next permutation in the order in which ever longer prefixes
// are rotated left; count holds how often each was. It tells when all are done.
func next(perm, count []int) bool {
	for i := 1; i < len(perm); i++ {
		first := perm[0]
		copy(perm[:i], perm[1:i+1])
		perm[i] = first
		count[i]++
		if count[i] <= i {
			return true
		}
		count[i] = 0
	}
	return false
}

// flips counts the reversals of perm until its first element is 0.
func flips(perm, work []int) int {
	copy(work, perm)
	n := 0
	for k := work[0]; k != 0; k = work[0] {
		for i, j := 0, k; i < j; i, j = i+1, j-1 {
			work[i], work[j] = work[j], work[i]
		}
		n++
	}
	return n
}

func main() {
	most, checksum := 0, 0
	for r := 0; r < rounds; r++ {
		perm, count, work := make([]int, size), make([]int, size), make([]int, size)
		for i := range perm {
			perm[i] = i
		}
		sign := 1
		for more := true; more; more = next(perm, count) {
			n := flips(perm, work)
			if n > most {
				most = n
			}
			checksum += sign * n
			sign = -sign
		}
	}
	fmt.Println(checksum, most)
}
