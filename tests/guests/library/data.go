package main

import (
	"container/heap"
	"container/list"
	"container/ring"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand"
	"reflect"
	"slices"
	"sort"
	"strings"
)

func maps() {
	counts := map[string]int{}
	for _, word := range words(50000) {
		counts[word]++
	}
	keys := make([]string, 0, len(counts))
	for key := range counts {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	fmt.Println(len(keys))
	for _, key := range keys[:20] {
		fmt.Println(key, counts[key])
	}
	type point struct{ x, y int32 }
	points := map[point]float64{}
	for i := int32(0); i < 10000; i++ {
		points[point{i % 100, i / 100}] += float64(i)
	}
	for i := int32(0); i < 50; i++ {
		delete(points, point{i, i})
	}
	sum := 0.0
	for p, v := range points {
		sum += v * float64(p.x)
	}
	fmt.Println(len(points), sum)
	mixed := map[any]string{1: "int", "1": "string", 1.0: "float", [2]int{1, 2}: "array", true: "bool"}
	fmt.Println(mixed[1], mixed["1"], mixed[1.0], mixed[[2]int{1, 2}], mixed[true], len(mixed))
	fmt.Println(map[string]int{"c": 3, "a": 1, "b": 2})
}

type byLength []string

func (s byLength) Len() int           { return len(s) }
func (s byLength) Less(i, j int) bool { return len(s[i]) < len(s[j]) }
func (s byLength) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }

type intHeap []int

func (h intHeap) Len() int           { return len(h) }
func (h intHeap) Less(i, j int) bool { return h[i] < h[j] }
func (h intHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *intHeap) Push(x any)        { *h = append(*h, x.(int)) }
func (h *intHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

func sorts() {
	source := rand.New(rand.NewSource(5))
	numbers := source.Perm(20000)
	sort.Ints(numbers)
	fmt.Println(sort.IntsAreSorted(numbers), numbers[19999], sort.SearchInts(numbers, 777))
	some := words(2000)
	sort.Stable(byLength(some))
	fmt.Println(some[:5], some[1995:])
	slices.SortFunc(some, func(a, b string) int { return -strings.Compare(a, b) })
	fmt.Println(some[:5], slices.Index(some, "kato"), len(slices.Compact(some)))
	h := &intHeap{}
	for _, n := range source.Perm(1000) {
		heap.Push(h, n)
	}
	for i := 0; i < 5; i++ {
		fmt.Print(heap.Pop(h), " ")
	}
	l, r := list.New(), ring.New(5)
	for i := 0; i < 5; i++ {
		l.PushFront(i)
		r.Value = i
		r = r.Next()
	}
	for e := l.Front(); e != nil; e = e.Next() {
		fmt.Print(e.Value, " ")
	}
	r.Do(func(v any) { fmt.Print(v, " ") })
	fmt.Println()
}

type record struct {
	ID       int               `json:"id"`
	Name     string            `json:"name"`
	Tags     []string          `json:"tags,omitempty"`
	Score    float64           `json:"score"`
	Extra    map[string]any    `json:"extra"`
	Parent   *record           `json:"parent,omitempty"`
	Raw      json.RawMessage   `json:"raw"`
	Labels   map[string]string `json:"labels"`
	Excluded int               `json:"-"`
}

func jsons() {
	var all []record
	for i, word := range words(500) {
		all = append(all, record{ID: i, Name: word, Tags: words(i % 5), Score: float64(i) / 7, Raw: json.RawMessage(`{"a":[1,2]}`),
			Extra: map[string]any{"deep": []any{nil, true, "x\u2028<&>"}, "n": i}, Parent: &record{ID: -i, Raw: json.RawMessage("null")}})
	}
	encoded, err := json.Marshal(all)
	fmt.Println(len(encoded), err)
	var back []record
	fmt.Println(json.Unmarshal(encoded, &back))
	again, _ := json.Marshal(back)
	fmt.Println(string(again) == string(encoded), string(encoded[:400]))
	var generic any
	fmt.Println(json.Unmarshal([]byte(`{"b": [1, 2.5e3, "\ud83d\ude00"], "a": {"c": null}}`), &generic), generic)
	indented, _ := json.MarshalIndent(generic, ">", "  ")
	fmt.Println(string(indented))
	for _, bad := range []string{"", "{", `{"a":}`, "[1,]", `"\x"`, `{"id":"text"}`, "nul"} {
		fmt.Println(json.Unmarshal([]byte(bad), &record{}))
	}
	decoder := json.NewDecoder(strings.NewReader(`{"id":1} {"id":2,"unknown":3}`))
	decoder.DisallowUnknownFields()
	for i := 0; i < 2; i++ {
		var r record
		fmt.Println(decoder.Decode(&r), r.ID)
	}
}

func bigs() {
	factorial := big.NewInt(1)
	for i := int64(2); i <= 1000; i++ {
		factorial.Mul(factorial, big.NewInt(i))
	}
	fmt.Println(factorial)
	p, _ := new(big.Int).SetString("170141183460469231731687303715884105727", 10)
	fmt.Println(p.ProbablyPrime(20), new(big.Int).Exp(big.NewInt(3), factorial, p), new(big.Int).ModInverse(big.NewInt(12345), p))
	quotient, remainder := new(big.Int).QuoRem(factorial, p, new(big.Int))
	fmt.Println(quotient.BitLen(), remainder, new(big.Int).Sqrt(factorial).BitLen(), new(big.Int).GCD(nil, nil, quotient, remainder))
	fmt.Println(new(big.Rat).Add(big.NewRat(1, 3), big.NewRat(-5, 7)), big.NewRat(22, 7).FloatString(50))
	two := new(big.Float).SetPrec(500).SetInt64(2)
	fmt.Println(two.Sqrt(two).Text('f', 140))
	a, b := big.NewInt(0), big.NewInt(1)
	for i := 0; i < 5000; i++ {
		a.Add(a, b)
		a, b = b, a
	}
	fmt.Println(a.Text(36))
}

type shape interface{ Area() float64 }
type square struct {
	Side float64 `unit:"m"`
	name string
}

func (s square) Area() float64          { return s.Side * s.Side }
func (s *square) Scale(f float64) error { s.Side *= f; return nil }

func reflects() {
	value := reflect.ValueOf(&square{2, "hidden"})
	t := value.Type()
	for i := 0; i < t.NumMethod(); i++ {
		fmt.Println(t.Method(i).Name, t.Method(i).Type)
	}
	fmt.Println(value.MethodByName("Scale").Call([]reflect.Value{reflect.ValueOf(1.5)})[0].IsNil(), value.MethodByName("Area").Call(nil)[0])
	field, _ := t.Elem().FieldByName("Side")
	fmt.Println(field.Tag.Get("unit"), field.Type, value.Elem().Field(1).CanSet(), t.Implements(reflect.TypeOf((*shape)(nil)).Elem()))
	add := reflect.MakeFunc(reflect.TypeOf(func(int, string) (string, float64) { return "", 0 }), func(args []reflect.Value) []reflect.Value {
		return []reflect.Value{reflect.ValueOf(fmt.Sprint(args[0], args[1])), reflect.ValueOf(float64(args[0].Int()) / 2)}
	})
	fmt.Println(add.Interface().(func(int, string) (string, float64))(3, "x"))
	m := reflect.MakeMap(reflect.TypeOf(map[string]int{}))
	m.SetMapIndex(reflect.ValueOf("k"), reflect.ValueOf(9))
	fmt.Println(m.Interface(), reflect.DeepEqual(m.Interface(), map[string]int{"k": 9}))
	s := reflect.MakeSlice(reflect.SliceOf(reflect.StructOf([]reflect.StructField{{Name: "A", Type: reflect.TypeOf(int8(0))}, {Name: "B", Type: reflect.TypeOf("")}})), 2, 2)
	s.Index(1).Field(0).SetInt(-5)
	fmt.Printf("%+v %v\n", s.Interface(), s.Type())
	c := reflect.MakeChan(reflect.TypeOf(make(chan int)), 1)
	chosen, _, _ := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: c}, {Dir: reflect.SelectSend, Chan: c, Send: reflect.ValueOf(1)}})
	fmt.Println(chosen, c.Len())
}

func rands() {
	source := rand.New(rand.NewSource(42))
	fmt.Println(source.Int63(), source.Float64(), source.Perm(10), source.NormFloat64(), source.ExpFloat64(), source.Uint32(), source.Intn(1000))
	sum := 0.0
	for i := 0; i < 100000; i++ {
		sum += source.NormFloat64()
	}
	fmt.Println(sum)
}
