// Mandelbrot counts iterations over a grid of complex numbers: float64
// arithmetic held in registers, one data-dependent loop.
package main

import (
	"fmt"

	"bench/internal/gen"
)

const (
	width, height = 1600, 1200
	limit         = 450
)

func escape(cr, ci float64) int {
	var zr, zi float64
	for n := 0; n < limit; n++ {
		r2, i2 := zr*zr, zi*zi
		if r2+i2 > 4 {
			return n
		}
		zi = 2*zr*zi + ci
		zr = r2 - i2 + cr
	}
	return limit
}

func main() {
	sum, inside := gen.NewSum(), 0
	for y := 0; y < height; y++ {
		for x := 0; x < width; x++ {
			n := escape(float64(x)*3/width-2.2, float64(y)*2.4/height-1.2)
			if n == limit {
				inside++
			}
			sum.Add(uint64(n))
		}
	}
	fmt.Printf("%d %016x\n", inside, uint64(sum))
}
