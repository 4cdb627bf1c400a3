// Spectral approximates the largest singular value of an infinite matrix:
// divisions in nested loops over float64 slices.
package main

import (
	"fmt"
	"math"
)

const size = 3300

// entry is the matrix, 1 / ((i+j)(i+j+1)/2 + i+1).
func entry(i, j int) float64 {
	d := i + j
	return 1 / float64(d*(d+1)/2+i+1)
}

func multiply(out, in []float64) {
	for i := range out {
		sum := 0.0
		for j, v := range in {
			sum += entry(i, j) * v
		}
		out[i] = sum
	}
}

func multiplyTransposed(out, in []float64) {
	for i := range out {
		sum := 0.0
		for j, v := range in {
			sum += entry(j, i) * v
		}
		out[i] = sum
	}
}

func main() {
	u, v, t := make([]float64, size), make([]float64, size), make([]float64, size)
	for i := range u {
		u[i] = 1
	}
	for i := 0; i < 10; i++ {
		multiply(t, u)
		multiplyTransposed(v, t)
		multiply(t, v)
		multiplyTransposed(u, t)
	}
	var uv, vv float64
	for i := range u {
		uv += u[i] * v[i]
		vv += v[i] * v[i]
	}
	fmt.Printf("%.10f\n", math.Sqrt(uv/vv))
}
