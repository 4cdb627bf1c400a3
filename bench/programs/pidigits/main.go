// Pidigits computes digits of pi with math/big: Machin's formula in fixed
// point, then a spigot that makes them one by one.
package main

import (
	"fmt"
	"math/big"

	"bench/internal/gen"
)

// arccot returns arccot(x) * unit, summed term by term.
func arccot(x int64, unit *big.Int) *big.Int {
	square := big.NewInt(x * x)
	term := new(big.Int).Div(unit, big.NewInt(x))
	sum := new(big.Int).Set(term)
	part, divisor := new(big.Int), new(big.Int)
	for n := int64(3); term.Sign() != 0; n += 2 {
		term.Quo(term, square)
		part.Quo(term, divisor.SetInt64(n))
		if n%4 == 3 {
			sum.Sub(sum, part)
		} else {
			sum.Add(sum, part)
		}
	}
	return sum
}

// machin returns digits decimal digits of pi as one number.
func machin(digits int) *big.Int {
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(digits)+10), nil)
	pi := new(big.Int).Mul(arccot(5, unit), big.NewInt(16))
	pi.Sub(pi, new(big.Int).Mul(arccot(239, unit), big.NewInt(4)))
	return pi.Quo(pi, new(big.Int).Exp(big.NewInt(10), big.NewInt(10), nil))
}

// spigot passes the first n digits of pi on: the unbounded spigot of Gibbons
// (2006). q, r and t are the linear fractional transformation so far.
func spigot(n int, digit func(byte)) {
	q, r, t := big.NewInt(1), big.NewInt(0), big.NewInt(1)
	low, high, tmp := new(big.Int), new(big.Int), new(big.Int)
	for k := int64(1); n > 0; k++ {
		tmp.Lsh(q, 1)
		r.Add(r, tmp).Mul(r, tmp.SetInt64(2*k+1))
		q.Mul(q, tmp.SetInt64(k))
		t.Mul(t, tmp.SetInt64(2*k+1))
		if q.Cmp(r) > 0 {
			continue
		}
		low.Mul(q, tmp.SetInt64(3)).Add(low, r).Quo(low, t)
		high.Lsh(q, 2).Add(high, r).Quo(high, t)
		if low.Cmp(high) != 0 {
			continue
		}
		digit(byte('0' + low.Int64()))
		n--
		r.Sub(r, tmp.Mul(low, t)).Mul(r, tmp.SetInt64(10))
		q.Mul(q, tmp.SetInt64(10))
	}
}

func main() {
	text := machin(30000).String()
	sum := gen.NewSum()
	sum.Write([]byte(text))
	at := 0
	spigot(3500, func(d byte) {
		if text[at] != d {
			panic(fmt.Sprintf("digit %d: %c by spigot, %c by Machin", at, d, text[at]))
		}
		at++
	})
	fmt.Printf("%s...%s %016x\n", text[:20], text[len(text)-10:], uint64(sum))
}
