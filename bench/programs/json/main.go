// Json encodes and decodes documents with encoding/json, as structs, as any,
// and as a stream: reflection, small allocations, string escapes.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"

	"bench/internal/gen"
)

type order struct {
	ID       int               `json:"id"`
	Customer string            `json:"customer"`
	Note     string            `json:"note,omitempty"`
	Total    float64           `json:"total"`
	Paid     bool              `json:"paid"`
	Tags     []string          `json:"tags"`
	Lines    []line            `json:"lines"`
	Extra    map[string]string `json:"extra,omitempty"`
}

type line struct {
	Article string  `json:"article"`
	Count   int     `json:"count"`
	Price   float64 `json:"price"`
	Parent  *int    `json:"parent"`
}

func orders(r *gen.Rand, n int) []order {
	out := make([]order, n)
	for i := range out {
		o := order{ID: i, Customer: r.Word() + " \"" + r.Word() + "\"", Total: r.Float() * 1000, Paid: r.Intn(2) == 0}
		if r.Intn(3) == 0 {
			o.Note = "caf\u00e9 <" + r.Word() + ">\n\t" + r.Word()
		}
		for j := r.Intn(4); j > 0; j-- {
			o.Tags = append(o.Tags, r.Word())
		}
		for j := 1 + r.Intn(5); j > 0; j-- {
			l := line{Article: r.Word(), Count: r.Intn(100), Price: float64(r.Intn(10000)) / 100}
			if j%2 == 0 {
				parent := r.Intn(1000)
				l.Parent = &parent
			}
			o.Lines = append(o.Lines, l)
		}
		if r.Intn(2) == 0 {
			o.Extra = map[string]string{r.Word(): r.Word(), "k" + r.Word(): r.Word()}
		}
		out[i] = o
	}
	return out
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func main() {
	r := gen.Rand(11)
	sum := gen.NewSum()
	list := orders(&r, 2500)
	for round := 0; round < 9; round++ {
		text, err := json.Marshal(list)
		check(err)
		sum.Write(text)
		list = nil
		check(json.Unmarshal(text, &list))

		var free any
		check(json.Unmarshal(text, &free))
		again, err := json.MarshalIndent(free, "", "  ")
		check(err)
		sum.Add(uint64(len(again)))

		var stream bytes.Buffer
		encoder := json.NewEncoder(&stream)
		for _, o := range list {
			check(encoder.Encode(o))
		}
		for decoder := json.NewDecoder(&stream); ; {
			var o order
			if err := decoder.Decode(&o); err == io.EOF {
				break
			} else {
				check(err)
			}
			sum.Add(uint64(o.ID))
		}
	}
	fmt.Printf("%d orders, %016x\n", len(list), uint64(sum))
}
