// Template renders a report with text/template: parsing, reflection, method
// and function calls, pipelines.
package main

import (
	"fmt"
	"log"
	"strings"
	"text/template"

	"bench/internal/gen"
)

const report = `{{define "row"}}| {{.Name | upper | printf "%-16s"}} | {{printf "%8.2f" .Price}} |{{if .Sold}} sold {{.Sold}}{{else}} -{{end}} |
{{end}}# {{.Title}}
{{range $i, $g := .Groups}}
## {{add $i 1}}. {{$g.Name}} ({{len $g.Items}}){{with $g.Note}}, {{. | html}}{{end}}
{{range .Items}}{{template "row" .}}{{end}}Total {{$g.Total | printf "%.2f"}}{{if and (gt (len $g.Items) 5) (not $g.Note)}} *{{end}}
{{- range $k, $v := $g.Labels}} {{$k}}={{$v | printf "%q"}}{{end}}
{{end}}`

type item struct {
	Name  string
	Price float64
	Sold  int
}

type group struct {
	Name, Note string
	Items      []item
	Labels     map[string]string
}

// Total is called by the template.
func (g group) Total() (sum float64) {
	for _, i := range g.Items {
		sum += i.Price * float64(i.Sold)
	}
	return
}

func groups(r *gen.Rand) []group {
	out := make([]group, 40)
	for i := range out {
		g := group{Name: r.Word(), Labels: map[string]string{"a": r.Word(), "b": r.Word()}}
		if i%3 == 0 {
			g.Note = "<" + r.Word() + " & co>"
		}
		for n := 3 + r.Intn(10); n > 0; n-- {
			g.Items = append(g.Items, item{r.Word(), float64(r.Intn(10000)) / 100, r.Intn(5)})
		}
		out[i] = g
	}
	return out
}

func main() {
	functions := template.FuncMap{
		"upper": strings.ToUpper,
		"add":   func(a, b int) int { return a + b },
	}
	r := gen.Rand(23)
	sum := gen.NewSum()
	for round := 0; round < 450; round++ {
		t, err := template.New("report").Funcs(functions).Parse(report)
		if err != nil {
			log.Fatal(err)
		}
		err = t.Execute(&sum, map[string]any{"Title": fmt.Sprint("Round ", round), "Groups": groups(&r)})
		if err != nil {
			log.Fatal(err)
		}
	}
	fmt.Printf("%016x\n", uint64(sum))
}
