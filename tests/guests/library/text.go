package main

import (
	"bufio"
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	htmltemplate "html/template"
	"io"
	"io/fs"
	"log"
	"log/slog"
	"mime"
	"net/netip"
	"net/url"
	"os"
	"path"
	"regexp"
	"strings"
	"text/tabwriter"
	"text/template"
	"time"
	"unicode/utf16"
)

func regexps() {
	text := strings.Join(words(5000), " ")
	for _, expr := range []string{`(ka|to)+mi\b`, `^(\w+) (\w+)`, `[^aeiou ]{1}o?$`, `(?i)KATO`, `(?P<first>re)(?P<rest>\w*)`, `su{1,3}.*?no`, `\p{Greek}`} {
		re := regexp.MustCompile(expr)
		found := re.FindAllStringSubmatchIndex(text, -1)
		fmt.Println(expr, len(found), re.NumSubexp(), re.SubexpNames())
		if len(found) > 0 {
			fmt.Println(found[0], found[len(found)-1])
		}
	}
	dates := regexp.MustCompile(`(\d{4})-(\d\d)-(\d\d)`)
	fmt.Println(dates.ReplaceAllString("on 2024-02-29 and 1999-12-31", "$3.$2.$1"), dates.Split("a2024-02-29b", -1))
	fmt.Println(regexp.MustCompile(`(a*)*b`).MatchString(strings.Repeat("a", 5000)), regexp.QuoteMeta("a.b*c"))
	for _, bad := range []string{"(", "[z-a]", "a**", `\8`, "x{1001}"} {
		_, err := regexp.Compile(bad)
		fmt.Println(err)
	}
}

func templates() {
	funcs := template.FuncMap{"upper": strings.ToUpper, "add": func(a, b int) int { return a + b }}
	t := template.Must(template.New("page").Funcs(funcs).Parse(`{{define "row"}}<{{.Name | upper | printf "%-6s"}}|{{len .Tags}}>{{end -}}
{{range $i, $r := .}}{{if gt $i 0}}, {{end}}{{add $i 1}}{{template "row" $r}}{{with $r.Parent}}{{.ID}}{{else}}-{{end}}{{end}}
{{index . 0 | printf "%v"}} {{slice "abcdef" 1 3}} {{and true 0}} {{not false}} {{html "<&>"}} {{eq 1 2 1}}
`))
	err := t.Execute(os.Stdout, []record{{Name: "ab", Tags: []string{"x"}}, {Name: "cd", Parent: &record{ID: 4}}})
	fmt.Println(err)
	fmt.Println(template.Must(template.New("bad").Parse("{{.Missing.Field}}")).Execute(io.Discard, record{}))
	_, err = template.New("syntax").Parse("{{if}}")
	fmt.Println(err)
	page := htmltemplate.Must(htmltemplate.New("p").Parse(`<a href="{{.}}" onclick="f({{.}})">{{.}}</a>` + "\n"))
	fmt.Println(page.Execute(os.Stdout, `javascript:alert("<x>")`))
	table := tabwriter.NewWriter(os.Stdout, 0, 8, 2, '.', tabwriter.AlignRight)
	fmt.Fprintln(table, "a\tbbbb\tc\nlong cell\tx\ty")
	table.Flush()
}

func times() {
	moment := time.Date(2024, time.February, 29, 13, 4, 5, 678901234, time.UTC)
	for _, layout := range []string{time.RFC3339Nano, time.RFC1123Z, time.Kitchen, "Jan _2 2006 15:04:05.000", "Monday 02-01-06"} {
		s := moment.Format(layout)
		back, err := time.Parse(layout, s)
		fmt.Println(s, back.UTC(), err)
	}
	year, week := moment.ISOWeek()
	fmt.Println(year, week, moment.YearDay(), moment.Weekday(), moment.Unix(), moment.AddDate(1, 0, 0), moment.Truncate(time.Hour), moment.In(time.FixedZone("X", -5400)))
	d, err := time.ParseDuration("1h15m30.918s")
	fmt.Println(d, err, d.Round(time.Minute), d.Hours(), moment.Sub(moment.Add(-d)))
	_, err = time.Parse(time.RFC3339, "2024-02-30T00:00:00Z")
	fmt.Println(err)
}

func texts() {
	scanner := bufio.NewScanner(strings.NewReader("one two\nthree\r\nfour"))
	scanner.Split(bufio.ScanWords)
	for scanner.Scan() {
		fmt.Print(scanner.Text(), ";")
	}
	fmt.Println(bytes.Fields([]byte(" a  b ")), bytes.TrimSuffix([]byte("x.go"), []byte(".go")))
	var a int
	var b string
	n, err := fmt.Sscanf("17 apples", "%d %s", &a, &b)
	fmt.Println(n, err, a, b)
	u, err := url.Parse("https://user:p%20w@host:8080/a%2Fb/../c?q=1&q=x+y#frag")
	fmt.Println(u, err, u.Host, u.Path, u.Query()["q"], u.ResolveReference(&url.URL{Path: "../z"}))
	address, err := netip.ParsePrefix("2001:db8::/33")
	fmt.Println(address, err, address.Contains(netip.MustParseAddr("2001:db8:7fff::1")))
	kind, params, err := mime.ParseMediaType(`text/html; charset="utf-8"`)
	fmt.Println(kind, params, err, mime.TypeByExtension(".png"), path.Clean("/a/../b//c/."), path.Ext("x.tar.gz"))
	fmt.Println(utf16.Encode([]rune("a\U0001F600")))
	set := flag.NewFlagSet("tool", flag.ContinueOnError)
	set.SetOutput(os.Stdout)
	count := set.Int("count", 3, "how `many`")
	wait := set.Duration("wait", time.Second, "how long")
	fmt.Println(set.Parse([]string{"-count=7", "--wait", "2m", "rest"}), *count, *wait, set.Args())
	fmt.Println(set.Parse([]string{"-unknown"}))
}

func parsers() {
	source := "package p\nimport \"fmt\"\n// Doc.\nfunc F[T any](x ...T) (n int) { for i:=range x { n+=i;fmt.Println( x [i]) }; return }\ntype t struct { a,b int `k:\"v\"`; c map[string]func() }\n"
	formatted, err := format.Source([]byte(source))
	fmt.Println(string(formatted), err)
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "p.go", source, parser.ParseComments)
	counts := map[string]int{}
	ast.Inspect(file, func(n ast.Node) bool { counts[fmt.Sprintf("%T", n)]++; return true })
	fmt.Println(err, counts)
	_, err = parser.ParseFile(files, "bad.go", "package p\nfunc {", 0)
	fmt.Println(err)
}

type codeError struct{ code int }

func (e *codeError) Error() string { return fmt.Sprint("code ", e.code) }

func errorChains() {
	inner := &codeError{7}
	err := fmt.Errorf("outer: %w", errors.Join(fmt.Errorf("middle: %w", inner), fs.ErrNotExist))
	var found *codeError
	fmt.Println(err, errors.As(err, &found), found.code, errors.Is(err, os.ErrNotExist), errors.Is(err, io.EOF), errors.Unwrap(inner))
	_, err = os.Open("/no/such/file")
	var pathError *fs.PathError
	fmt.Println(errors.As(err, &pathError), pathError.Op, pathError.Path)
}

func logs() {
	plain := log.New(os.Stdout, "prefix: ", log.Lmsgprefix)
	plain.Println("a message", 3)
	handler := slog.NewJSONHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	slog.New(handler).With("app", "x").WithGroup("g").Debug("debugging", "n", 1, "d", 2*time.Second, "err", errors.New("bad"))
	slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})).Warn("two words", "k", "v w")
	log.SetFlags(0)
	log.Fatal("log.Fatal exits with 1")
}
