package main

import (
	"fmt"
	"math"
)

// Operands reach these through parameters, so that nothing is folded.

//go:noinline
func int64s(a, b int64) string {
	s := fmt.Sprint(a+b, a-b, a*b, a&b, a|b, a^b, a&^b, -a, ^a, a < b, a == b)
	if b != 0 {
		s += fmt.Sprint(" ", a/b, a%b)
	}
	return s
}

//go:noinline
func uint64s(a, b uint64) string {
	s := fmt.Sprint(a+b, a-b, a*b, a < b, a >= b)
	if b != 0 {
		s += fmt.Sprint(" ", a/b, a%b)
	}
	return s
}

//go:noinline
func narrow(a, b int64) string {
	s := fmt.Sprint(int32(a)+int32(b), int32(a)*int32(b), uint32(a)-uint32(b), int16(a)*int16(b), uint16(a)+uint16(b),
		int8(a)-int8(b), uint8(a)*uint8(b), uint32(a) < uint32(b), int8(a) < int8(b))
	if int32(b) != 0 {
		s += fmt.Sprint(" ", int32(a)/int32(b), int32(a)%int32(b), uint32(a)/uint32(b), uint32(a)%uint32(b))
	}
	if int8(b) != 0 {
		s += fmt.Sprint(" ", int8(a)/int8(b), int8(a)%int8(b), uint8(a)/uint8(b))
	}
	return s
}

//go:noinline
func shifts(a int64, n uint) string {
	return fmt.Sprint(a<<n, a>>n, uint64(a)>>n, int32(a)<<n, int32(a)>>n, uint32(a)>>n, int8(a)<<n, int8(a)>>n, uint8(a)>>n, uint16(a)<<n)
}

//go:noinline
func constants(a int64, u uint64) string {
	return fmt.Sprint(a/3, a%3, a/-7, a%10, a/8, a%8, a/1000000007, u/3, u%10, u/1000000007, u%(1<<63), int32(a)/7, uint32(u)/641, uint8(u)/5, a*9, a*-15, u<<3+u)
}

func integers() {
	values := []int64{0, 1, -1, 2, -2, 7, -7, 127, 128, -128, -129, 255, 256, 32767, -32768, 65535,
		math.MaxInt32, math.MinInt32, math.MaxUint32, 1 << 32, math.MaxInt64, math.MinInt64, math.MinInt64 + 1, 0x0123456789abcdef, -81985529216486896}
	for _, a := range values {
		for _, b := range values {
			fmt.Println(a, b, int64s(a, b), uint64s(uint64(a), uint64(b)), narrow(a, b))
		}
		for _, n := range []uint{0, 1, 7, 8, 31, 32, 33, 63, 64, 65, 1 << 20} {
			fmt.Println(a, n, shifts(a, n))
		}
		fmt.Println(a, constants(a, uint64(a)))
	}
}
