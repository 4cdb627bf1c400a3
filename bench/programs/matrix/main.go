// Matrix multiplies square matrices of float64 (rows as slices) and of int32
// (one flat slice), and solves a linear system by elimination.
package main

import (
	"fmt"
	"math"

	"bench/internal/gen"
)

const size = 600

func random(r *gen.Rand) [][]float64 {
	m := make([][]float64, size)
	for i := range m {
		m[i] = make([]float64, size)
		for j := range m[i] {
			m[i][j] = r.Float() - 0.5
		}
	}
	return m
}

func multiply(a, b [][]float64) [][]float64 {
	out := make([][]float64, size)
	for i := range out {
		row := make([]float64, size)
		for k, v := range a[i] {
			for j, w := range b[k] {
				row[j] += v * w
			}
		}
		out[i] = row
	}
	return out
}

// multiplyFlat walks b by columns, against the order in memory.
func multiplyFlat(a, b []int32) []int32 {
	out := make([]int32, size*size)
	for i := 0; i < size; i++ {
		for j := 0; j < size; j++ {
			var sum int32
			for k := 0; k < size; k++ {
				sum += a[i*size+k] * b[k*size+j]
			}
			out[i*size+j] = sum
		}
	}
	return out
}

// solve returns x with a x = b, by Gaussian elimination with row pivots; it
// overwrites both.
func solve(a [][]float64, b []float64) []float64 {
	for k := range a {
		best := k
		for i := k + 1; i < size; i++ {
			if math.Abs(a[i][k]) > math.Abs(a[best][k]) {
				best = i
			}
		}
		a[k], a[best] = a[best], a[k]
		b[k], b[best] = b[best], b[k]
		for i := k + 1; i < size; i++ {
			f := a[i][k] / a[k][k]
			for j := k; j < size; j++ {
				a[i][j] -= f * a[k][j]
			}
			b[i] -= f * b[k]
		}
	}
	x := make([]float64, size)
	for i := size - 1; i >= 0; i-- {
		sum := b[i]
		for j := i + 1; j < size; j++ {
			sum -= a[i][j] * x[j]
		}
		x[i] = sum / a[i][i]
	}
	return x
}

func main() {
	r := gen.Rand(1)
	product := random(&r)
	for i := 0; i < 2; i++ {
		product = multiply(product, random(&r))
	}
	sum := gen.NewSum()
	for _, row := range product {
		for _, v := range row {
			sum.Add(math.Float64bits(v))
		}
	}
	a, b := make([]int32, size*size), make([]int32, size*size)
	for i := range a {
		a[i], b[i] = int32(r.Intn(1000)), int32(r.Intn(1000))
	}
	for i := 0; i < 2; i++ {
		a = multiplyFlat(a, b)
	}
	for _, v := range a {
		sum.Add(uint64(v))
	}
	rhs := make([]float64, size)
	for i := range rhs {
		rhs[i] = r.Float()
	}
	for _, v := range solve(random(&r), rhs) {
		sum.Add(math.Float64bits(v))
	}
	fmt.Printf("%016x\n", uint64(sum))
}
