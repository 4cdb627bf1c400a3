// Vectors: GOEXPERIMENT=simd, whose packages use WebAssembly's SIMD.
package main

import (
	"fmt"
	"math"
	"runtime"
	"simd"
	"simd/archsimd"
	"sync"
)

func main() {
	portable()
	integers()
	floats()
	bytes()
	goroutines()
}

// portable is about vectors whose length the program doesn't know.
func portable() {
	numbers := make([]float32, 1000)
	for i := range numbers {
		numbers[i] = float32(i%17) - 7.25
	}
	var sums simd.Float32s
	rest := numbers
	for ; len(rest) >= sums.Len(); rest = rest[sums.Len():] {
		v := simd.LoadFloat32s(rest)
		sums = sums.Add(v.Mul(v))
	}
	lanes := make([]float32, sums.Len())
	sums.Store(lanes)
	fmt.Println("squares", lanes, len(rest))
}

var edges = [16]int8{0, 1, -1, 2, -2, 63, -64, 64, -65, 100, -100, 126, 127, -126, -127, -128}

func integers() {
	x := archsimd.LoadInt8x16Array(&edges)
	for _, shift := range []uint64{0, 1, 7, 8, 9} {
		fmt.Println("shift", shift, x.ShiftAllLeft(shift), x.ShiftAllRight(shift))
	}
	for n := range edges {
		y := archsimd.BroadcastInt8x16(edges[n])
		fmt.Println("sums", x.Add(y), x.AddSaturated(y), x.Sub(y), x.SubSaturated(y))
		fmt.Println("order", x.Min(y), x.Max(y), x.Less(y), x.GreaterEqual(y), x.Equal(y))
		fmt.Println("bits", x.And(y), x.Or(y), x.Xor(y), x.Not(), x.OnesCount())
	}
	a := archsimd.LoadInt32x4Array(&[4]int32{math.MinInt32, -1, math.MaxInt32, 0x12345678})
	b := archsimd.LoadInt32x4Array(&[4]int32{-1, math.MinInt32, 3, -0x1234})
	fmt.Println("products", a.Mul(b), a.Abs(), b.Neg())
	fmt.Println("wide", a.ConvertLo2ToFloat64(), a.ToBits(), a.GetElem(3), b.SetElem(2, 77))
	p := archsimd.LoadInt16x8Array(&[8]int16{math.MinInt16, -1, 1, 2, math.MaxInt16, 300, -300, 5})
	fmt.Println("widened", p.MulWidenLo(p), p.MulWidenHi(p), p.Mul(p))
}

func floats() {
	inf, nan := math.Inf(1), math.NaN()
	all := []float64{0, math.Copysign(0, -1), 1.5, 2.5, -2.5, 1e300, -1e300, 5e-324, inf, -inf, nan, 4294967296}
	for _, left := range all {
		for _, right := range all {
			x := archsimd.LoadFloat64x2Array(&[2]float64{left, right})
			y := archsimd.LoadFloat64x2Array(&[2]float64{right, 0.1})
			fmt.Println(x.Add(y), x.Sub(y), x.Mul(y), x.Div(y), x.Min(y), x.Max(y))
			fmt.Println(x.Less(y), x.NotEqual(y), x.Trunc(), x.Abs(), x.Neg(), x.Sqrt())
			z := archsimd.LoadFloat32x4Array(&[4]float32{float32(left), float32(right), 3e9, -3e9})
			fmt.Println(z, z.ConvertToInt32(), z.ConvertToUint32(), z.Trunc())
		}
	}
}

// bytes counts bytes of each value as a program would, in blocks of 16.
func bytes() {
	text := make([]byte, 0, 4096)
	for i := range 4096 {
		text = append(text, byte(i*i>>3))
	}
	for _, wanted := range []byte{0, 1, 127, 128, 200, 255} {
		needle, count, scalar := archsimd.BroadcastUint8x16(wanted), 0, 0
		for at := 0; at < len(text); at += 16 {
			equal := archsimd.LoadUint8x16(text[at:]).Equal(needle).ToInt8x16()
			for lane := range uint8(16) {
				count -= int(get(equal, lane))
			}
		}
		for _, b := range text {
			if b == wanted {
				scalar++
			}
		}
		fmt.Println("bytes", wanted, count, count == scalar)
	}
}

func get(x archsimd.Int8x16, lane uint8) int8 {
	var lanes [16]int8
	x.StoreArray(&lanes)
	return lanes[lane]
}

// goroutines has live vectors where goroutines give way: the vectors must survive until the
// goroutine runs again.
func goroutines() {
	var wait sync.WaitGroup
	results := make([]string, 8)
	for n := range results {
		wait.Go(func() {
			v := archsimd.BroadcastInt32x4(int32(n))
			for turn := range int32(100) {
				product := v.Mul(archsimd.BroadcastInt32x4(turn | 1))
				runtime.Gosched()
				v = product.Add(archsimd.BroadcastInt32x4(turn))
			}
			results[n] = fmt.Sprint(v)
		})
	}
	wait.Wait()
	fmt.Println("goroutines", results)
}
