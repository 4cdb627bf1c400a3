// Arithmetic at its edges: what the code generator must get exactly right.
package main

import (
	"fmt"
	"math"
	"math/bits"
	"os"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var commands = map[string]func(){
	"convert":  convert,
	"floats":   floats,
	"math":     mathFunctions,
	"integers": integers,
	"bits":     bitFunctions,
	"format":   format,
	"strings":  text,
	"complex":  complexes,
}

func main() {
	command, found := commands[os.Args[1]]
	if !found {
		fmt.Fprintln(os.Stderr, "unknown command")
		os.Exit(99)
	}
	command()
}

var edges = []float64{
	0, math.Copysign(0, -1), 0.5, -0.5, 1, -1, 1.5, 2.5, -2.5, 1e10, -1e10, 1e19, -1e19, 1e300, -1e300,
	math.MaxInt32, math.MaxInt32 + 1, math.MinInt32, math.MinInt32 - 1, math.MaxUint32, math.MaxUint32 + 1,
	math.MaxInt64, math.MinInt64, math.MaxUint64, 1 << 53, 1<<53 + 1, 9.223372036854774e18,
	math.SmallestNonzeroFloat64, math.MaxFloat64, math.MaxFloat32, math.SmallestNonzeroFloat32,
	math.Inf(1), math.Inf(-1), math.NaN(), math.Pi, -math.E, 0x1p-1022, 0x1.fffffffffffffp-1023,
}

// convert: out of range the result is up to the machine; wasm's saturating
// conversions define it.
func convert() {
	for _, f := range edges {
		fmt.Println(f, int64(f), uint64(f), int32(f), uint32(f), int16(f), uint8(f), float32(f))
		g := float32(f)
		fmt.Println(g, int64(g), uint64(g), int32(g), uint32(g), float64(g))
	}
	for _, i := range []int64{0, 1, -1, 1<<53 + 1, -(1<<53 + 1), math.MaxInt64, math.MinInt64, 1 << 62, 16777217} {
		fmt.Println(i, float64(i), float32(i), float64(uint64(i)), float32(uint64(i)), float64(int32(i)), float32(uint32(i)))
	}
}

func floats() {
	for _, a := range edges {
		for _, b := range edges {
			fmt.Println(a+b, a-b, a*b, a/b, a < b, a <= b, a == b, a != b, math.Min(a, b), math.Max(a, b), math.Copysign(a, b))
			x, y := float32(a), float32(b)
			fmt.Println(x+y, x-y, x*y, x/y, x < y, x >= y, x == y)
		}
	}
	// A fused multiply-add must not be made of separate operations or the other way round.
	a, b, c := 0x1.0000000000001p0, 0x1.fffffffffffffp-1, -1.0
	fmt.Printf("%x %x\n", float64(a*b)+c, math.FMA(a, b, c))
}

func mathFunctions() {
	for _, f := range edges {
		fmt.Println(f, math.Floor(f), math.Ceil(f), math.Trunc(f), math.Round(f), math.RoundToEven(f), math.Abs(f), math.Sqrt(math.Abs(f)))
		fmt.Printf("%016x %08x\n", math.Float64bits(f+0), math.Float32bits(float32(f)+0))
		frac, exp := math.Frexp(f)
		whole, part := math.Modf(f)
		fmt.Println(frac, exp, whole, part, math.Signbit(f), math.IsNaN(f), math.Nextafter(f, 1), math.Cbrt(f))
	}
	for i := -20; i < 20; i++ {
		x := float64(i) / 3
		fmt.Printf("%.10g %.10g %.10g %.10g %.10g %.10g\n", math.Sin(x), math.Cos(x), math.Atan(x), math.Exp(x), math.Log(math.Abs(x)+1), math.Pow(2, x))
	}
}

func format() {
	for _, f := range edges {
		fmt.Printf("%v %e %g %.3f %x %b|%8.2f|%-12.4g|%+f\n", f, f, f, f, f, f, f, f, f)
		s := strconv.FormatFloat(f, 'g', -1, 64)
		back, err := strconv.ParseFloat(s, 64)
		fmt.Println(s, back == f, err, strconv.FormatFloat(f, 'g', -1, 32))
	}
	for _, s := range []string{"1e400", "-1e-400", "0x1p-2", "1_000.5", "inf", "nan", ".", "1e", "179769313486231580793e289"} {
		f, err := strconv.ParseFloat(s, 64)
		fmt.Println(f, err)
	}
	fmt.Printf("%d %x %X %o %b %c %q %U %08d %+d %T\n", 42, -42, 255, 8, 5, 'é', 'é', 'é', -42, 7, uint8(3))
	fmt.Printf("%v %+v %#v\n", edges[:3], struct{ A, B int }{1, 2}, map[string][]int{"b": {1}, "a": nil})
	fmt.Printf("%5t|%-5s|%5s|%x|% x|%q\n", true, "ab", "cd", "hi", "hi", "a\n")
	mistakes := "%! %d %z\n"
	fmt.Printf(mistakes, "not a number", 1, 2)
}

func complexes() {
	for _, a := range edges[:12] {
		c := complex(a, -a+1)
		d := complex(2, 3)
		fmt.Println(c+d, c*d, c/d, d/complex(a, a), c == d, real(c), imag(c), complex64(c))
	}
}

func bitFunctions() {
	for _, x := range []uint64{0, 1, 2, 0x80, 0xff00, 1 << 31, 1 << 32, 1 << 63, math.MaxUint64, 0x0123456789abcdef} {
		fmt.Println(x, bits.LeadingZeros64(x), bits.TrailingZeros64(x), bits.OnesCount64(x), bits.Len32(uint32(x)),
			bits.Reverse64(x), bits.ReverseBytes32(uint32(x)), bits.RotateLeft64(x, 13), bits.RotateLeft32(uint32(x), -5), bits.RotateLeft8(uint8(x), 3))
		hi, lo := bits.Mul64(x, 0xfedcba9876543210)
		sum, carry := bits.Add64(x, x, 1)
		difference, borrow := bits.Sub64(x, 0xffffffff, 1)
		fmt.Println(hi, lo, sum, carry, difference, borrow)
		if x > 1 {
			fmt.Println(bits.Div64(1, 5, x))
		}
	}
}

func text() {
	s := "Grüße, 世界! \U0001F600 e\u0301 \xff\xfe"
	fmt.Println(len(s), utf8.RuneCountInString(s), utf8.ValidString(s), []rune(s), []byte(s))
	for i, r := range s {
		fmt.Print(i, ":", string(r), unicode.IsLetter(r), unicode.Is(unicode.Han, r), " ")
	}
	fmt.Println()
	fmt.Println(strings.ToUpper(s), strings.ToLower("ÄÖÜ İ"), strings.Title("straße"), strings.EqualFold("Straße", "STRASSE"))
	fmt.Printf("%q\n", strings.FieldsFunc("a,b;;c", func(r rune) bool { return r == ',' || r == ';' }))
	fmt.Printf("%q %q\n", strings.Split("a,b,,c", ","), strings.SplitN("a,b,c", ",", 2))
	fmt.Println(strings.Index("chicken", "ken"), strings.LastIndex("go gopher", "go"), strings.Count("cheese", "e"), strings.Repeat("ab", 5))
	fmt.Println(strings.Map(func(r rune) rune {
		if r == 'a' {
			return -1
		}
		return r + 1
	}, "banana"), strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace("<b>"), strings.TrimFunc("123abc456", unicode.IsDigit))
	long := strings.Repeat("x", 100000) + "needle" + strings.Repeat("y", 1000)
	fmt.Println(strings.Index(long, "needle"), strings.IndexByte(long, 'y'), strings.Contains(long, "needles"), long > long[1:], strings.Compare(long, long))
	fmt.Println(strconv.Quote(s), strconv.QuoteToASCII(s))
}
