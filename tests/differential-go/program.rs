//! A random Go program. Each of its functions computes something of one kind and
//! gives a digest of it; `main` prints them, or the panic that a function ends in.

use crate::expr::{Expressions, INTEGERS, Variable};
use harness::rng::Rng;
use std::fmt::Write as _;

/// What a function is about; the text that `main` and all functions share is
/// [`PRELUDE`].
const TEMPLATES: &[fn(&mut Expressions<'_>, &mut String, usize)] = &[
    arithmetic, arithmetic, arithmetic, floats, floats, machine, machine, strings, slices, maps,
    values, closures, recovery, recovery, channels, generics, recursion,
];

/// The source of the program of a seed.
pub fn source(seed: u64, functions: usize) -> String {
    let mut rng = Rng::new(seed);
    let mut text = String::from(PRELUDE);
    edges(&mut rng, &mut text);
    let mut main = String::from("func main() {\n");
    for number in 0..functions {
        let template = *rng.pick(TEMPLATES);
        let mut expressions = Expressions { rng: &mut rng };
        template(&mut expressions, &mut text, number);
        writeln!(main, "\trun({number}, f{number})").expect("a string takes everything");
    }
    let end = match rng.below(4) {
        0 => "\tvar m map[string]int\n\tm[\"x\"] = 1\n",
        1 => "\tos.Exit(3)\n",
        2 => "\tpanic(fmt.Sprint(\"the end \", total))\n",
        _ => "",
    };
    text + &main + end + "}\n"
}

const PRELUDE: &str = r#"package main

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
)

var _ = errors.New
var _ = os.Exit
var _ = sort.Ints
var _ = strconv.Itoa
var _ = strings.Split
var _ sync.Mutex
var _ = math.Sqrt
var _ = bits.Len

var total uint64

type digest struct{ h uint64 }

func (d *digest) add(x uint64) {
	d.h = (d.h ^ x) * 0x9e3779b97f4a7c15
	d.h ^= d.h >> 29
}

func (d *digest) float(x float64) {
	if x != x {
		d.add(0x7ff8)
		return
	}
	d.add(math.Float64bits(x))
}

func (d *digest) text(s string) {
	for i := 0; i < len(s); i++ {
		d.add(uint64(s[i]))
	}
}

func run(number int, f func(d *digest)) {
	d := &digest{uint64(number)}
	defer func() {
		total ^= d.h
		if r := recover(); r != nil {
			fmt.Printf("f%d %016x panics: %v\n", number, d.h, r)
			return
		}
		fmt.Printf("f%d %016x\n", number, d.h)
	}()
	f(d)
}

func mulhi(x uint64) uint64 {
	hi, lo := bits.Mul64(x, x^0x9e3779b97f4a7c15)
	sum, carry := bits.Add64(hi, lo, x&1)
	return sum + carry
}

func rotate(x uint64) uint64 { return bits.RotateLeft64(x, int(x&63)) }

type integer interface {
	~int8 | ~int16 | ~int32 | ~int64 | ~int | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uint
}

func fold[T any, R any](s []T, start R, f func(R, T) R) R {
	for _, x := range s {
		start = f(start, x)
	}
	return start
}

func largest[T integer](s ...T) (m T) {
	for i, x := range s {
		if i == 0 || x > m {
			m = x
		}
	}
	return
}

type stack[T any] struct{ items []T }

func (s *stack[T]) push(x T) { s.items = append(s.items, x) }
func (s *stack[T]) pop() T {
	x := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return x
}

type shape interface{ area() int64 }
type square struct{ side int32 }
type box struct {
	square
	depth int16
	tag   [3]uint8
}
type scaled struct {
	shape
	by int64
}

func (s square) area() int64  { return int64(s.side) * int64(s.side) }
func (b *box) area() int64    { return b.square.area() * int64(b.depth) }
func (s scaled) area() int64  { return s.shape.area() * s.by }

type failure struct{ code int }

func (f failure) Error() string { return "failure " + strconv.Itoa(f.code) }

type node struct {
	value       int64
	left, right *node
}

func (n *node) insert(v int64) *node {
	if n == nil {
		return &node{value: v}
	}
	if v < n.value {
		n.left = n.left.insert(v)
	} else {
		n.right = n.right.insert(v)
	}
	return n
}

func (n *node) walk(f func(int64)) {
	if n != nil {
		n.left.walk(f)
		f(n.value)
		n.right.walk(f)
	}
}

"#;

/// Arrays of values that are hard on operators.
fn edges(rng: &mut Rng, out: &mut String) {
    for ty in INTEGERS {
        let bits = match ty {
            "int8" | "uint8" => 8,
            "int16" | "uint16" => 16,
            "int32" | "uint32" => 32,
            _ => 64,
        };
        let values: Vec<String> = (0..8)
            .map(|_| {
                let value = rng.integer() >> (64 - bits);
                let value = if rng.chance(50) {
                    value
                } else {
                    rng.integer() & (u64::MAX >> (64 - bits))
                };
                if ty.starts_with('u') {
                    value.to_string()
                } else {
                    ((value << (64 - bits)).cast_signed() >> (64 - bits)).to_string()
                }
            })
            .collect();
        writeln!(out, "var edge_{ty} = [8]{ty}{{{}}}", values.join(", "))
            .expect("a string takes everything");
    }
    for (ty, bits) in [("float32", 32), ("float64", 64)] {
        let values: Vec<String> = (0..8)
            .map(|_| match bits {
                32 => format!("math.Float32frombits({:#x})", rng.float32()),
                _ => format!("math.Float64frombits({:#x})", rng.float64()),
            })
            .collect();
        writeln!(out, "var edge_{ty} = [8]{ty}{{{}}}\n", values.join(", "))
            .expect("a string takes everything");
    }
}

/// Declares variables of random types, and uses them.
fn variables(
    e: &mut Expressions<'_>,
    types: &[&'static str],
    count: usize,
    out: &mut String,
) -> Vec<Variable> {
    let mut variables: Vec<Variable> = Vec::new();
    for number in 0..count {
        let ty = *e.rng.pick(types);
        let value = match ty {
            "float32" | "float64" => e.float(ty, 0, &variables),
            _ => e.integer(ty, 0, &variables),
        };
        let name = format!("v{number}");
        let _ = writeln!(out, "\tvar {name} {ty} = {value}\n\t_ = {name}");
        variables.push((name, ty));
    }
    variables
}

fn add(variable: &Variable) -> String {
    match variable.1 {
        "float32" | "float64" => format!("d.float(float64({}))", variable.0),
        _ => format!("d.add(uint64({}))", variable.0),
    }
}

fn assign(e: &mut Expressions<'_>, variables: &[Variable], depth: u32) -> String {
    let (name, ty) = e.rng.pick(variables).clone();
    let value = match ty {
        "float32" | "float64" => e.float(ty, depth, variables),
        _ => e.integer(ty, depth, variables),
    };
    format!("{name} = {value}")
}

fn arithmetic(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let _ = writeln!(out, "func f{number}(d *digest) {{");
    let variables = variables(e, &INTEGERS, 5, out);
    let _ = writeln!(out, "\tfor i := 0; i < {}; i++ {{", 10 + e.rng.below(60));
    for _ in 0..4 + e.rng.below(5) {
        let statement = assign(e, &variables, 3);
        if e.rng.chance(30) {
            let (condition, other) = (e.condition(1, &variables), assign(e, &variables, 2));
            let _ = writeln!(
                out,
                "\t\tif {condition} {{\n\t\t\t{statement}\n\t\t}} else {{\n\t\t\t{other}\n\t\t}}"
            );
        } else {
            let _ = writeln!(out, "\t\t{statement}");
        }
    }
    for variable in &variables {
        let _ = writeln!(out, "\t\t{}", add(variable));
    }
    out.push_str("\t}\n}\n\n");
}

fn floats(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let _ = writeln!(out, "func f{number}(d *digest) {{");
    let types = ["float64", "float32", "float64", "int32", "uint64"];
    let variables = variables(e, &types, 6, out);
    let _ = writeln!(out, "\tfor i := 0; i < {}; i++ {{", 5 + e.rng.below(40));
    for _ in 0..4 + e.rng.below(4) {
        let statement = assign(e, &variables, 2);
        let _ = writeln!(out, "\t\t{statement}");
    }
    let value = e.float("float64", 2, &variables);
    let to = *e.rng.pick(&INTEGERS);
    let _ = writeln!(
        out,
        "\t\tif x := {value}; x > 0 && x < 100 {{\n\t\t\td.add(uint64({to}(x)))\n\t\t}} else {{\n\t\t\td.text(fmt.Sprint(x, float32(x)))\n\t\t}}"
    );
    for variable in &variables {
        let _ = writeln!(out, "\t\t{}", add(variable));
    }
    out.push_str("\t}\n}\n\n");
}

/// Random control flow: a state machine with gotos by number.
fn machine(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let _ = writeln!(out, "func f{number}(d *digest) {{");
    let variables = variables(e, &INTEGERS, 4, out);
    let states = 3 + e.rng.below(8);
    let _ = writeln!(
        out,
        "\tstate := {}\nouter:\n\tfor step := 0; step < {}; step++ {{\n\t\tif step < 0 {{\n\t\t\tbreak outer\n\t\t}}\n\t\tswitch state {{",
        e.rng.below(states),
        20 + e.rng.below(200)
    );
    for state in 0..states {
        let _ = writeln!(out, "\t\tcase {state}:\n\t\t\t{}", assign(e, &variables, 2));
        let (condition, next) = (e.condition(1, &variables), e.rng.below(states));
        let then = match e.rng.below(8) {
            0 => "continue outer".to_string(),
            1 => format!(
                "for k := 0; k < {}; k++ {{ if k == {} {{ continue outer }}; d.add(uint64(k)) }}",
                3 + e.rng.below(5),
                e.rng.below(8)
            ),
            2 if state > 1 => "break outer".to_string(),
            3 => "step += 3; fallthrough".to_string(),
            _ => format!("state = {next}"),
        };
        // Only the last statement of a case may fall through.
        if then.ends_with("fallthrough") && state + 1 < states {
            let _ = writeln!(out, "\t\t\tstep += 3\n\t\t\tfallthrough");
        } else {
            let then = then.replace("; fallthrough", "");
            let _ = writeln!(
                out,
                "\t\t\tif {condition} {{\n\t\t\t\t{then}\n\t\t\t}} else {{\n\t\t\t\tstate = {}\n\t\t\t}}",
                e.rng.below(states)
            );
        }
    }
    out.push_str("\t\t}\n");
    for variable in &variables {
        let _ = writeln!(out, "\t\t{}", add(variable));
    }
    out.push_str("\t}\n}\n\n");
}

fn strings(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let words = [
        "alpha",
        "βeta",
        "日本",
        "x\\x00y",
        "",
        "long-ish word",
        "\\xff\\xfe",
    ];
    let picked: Vec<String> = (0..4)
        .map(|_| format!("\"{}\"", e.rng.pick(&words)))
        .collect();
    let (n, cut) = (3 + e.rng.below(30), e.rng.below(12));
    let _ = writeln!(
        out,
        r#"func f{number}(d *digest) {{
	words := []string{{{}}}
	s := ""
	var b strings.Builder
	for i := 0; i < {n}; i++ {{
		w := words[i%len(words)]
		s += w
		b.WriteString(w)
		b.WriteByte(byte(i))
		if len(s) > {cut} && strings.Contains(s, w) {{
			d.add(uint64(strings.Index(s, w)))
			s = s[{cut}:]
		}}
		for j, r := range s {{
			d.add(uint64(j)<<32 | uint64(r))
		}}
		d.text(strconv.Itoa(len(s) * i))
	}}
	d.text(strings.ToUpper(b.String()))
	for _, part := range strings.Split(b.String(), words[0]+"\x01") {{
		d.text(strconv.Quote(part))
	}}
	bytes := []byte(s)
	sort.Slice(bytes, func(i, j int) bool {{ return bytes[i] < bytes[j] }})
	d.text(string(bytes))
	r := []rune(b.String())
	d.text(string(r[{}:]))
}}
"#,
        picked.join(", "),
        e.rng.below(40)
    );
}

fn slices(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let ty = *e.rng.pick(&INTEGERS);
    let locals = [("x".to_string(), ty), ("i".to_string(), "int")];
    let (value, index) = (e.integer(ty, 2, &locals), e.integer("int", 1, &locals));
    let _ = writeln!(
        out,
        r#"func f{number}(d *digest) {{
	s := make([]{ty}, {}, {})
	var x {ty} = edge_{ty}[{}]
	for i := 0; i < {}; i++ {{
		x = {value}
		s = append(s, x, x+1)
		k := int(uint({index}) % uint(len(s)))
		t := s[k/2 : k : k]
		t = append(t, x)
		copy(s[k:], t)
		if i%7 == {} {{
			s = append(s[:k], s[k+1:]...)
		}}
		d.add(uint64(len(s))<<32 | uint64(len(t)))
	}}
	sort.Slice(s, func(i, j int) bool {{ return s[i] < s[j] }})
	for _, y := range s {{
		d.add(uint64(y))
	}}
	var grid [5][7]{ty}
	for i, y := range s {{
		grid[i%5][(i*3)%7] += y
	}}
	other := grid
	other[1][1]++
	for i := range grid {{
		for j := range grid[i] {{
			d.add(uint64(grid[i][j] ^ other[j%5][i]))
		}}
	}}
	clear(s[:len(s)/2])
	d.add(uint64(s[len(s)-1-{}]))
}}
"#,
        e.rng.below(4),
        4 + e.rng.below(20),
        e.rng.below(8),
        3 + e.rng.below(60),
        e.rng.below(7),
        e.rng.below(30)
    );
}

fn maps(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let ty = *e.rng.pick(&["int", "uint8", "int64", "uint32"]);
    let locals = [("i".to_string(), "int")];
    let (key, value) = (e.integer(ty, 2, &locals), e.integer("int64", 2, &locals));
    let _ = writeln!(
        out,
        r#"func f{number}(d *digest) {{
	m := map[{ty}]int64{{}}
	names := map[string][]{ty}{{}}
	for i := 0; i < {}; i++ {{
		k := {key}
		m[k] += {value}
		name := strconv.FormatInt(int64(k)&{}, 3)
		names[name] = append(names[name], k)
		if i%{} == 0 {{
			delete(m, k/2)
		}}
		if v, ok := m[k+1]; ok {{
			d.add(uint64(v))
		}}
	}}
	keys := make([]{ty}, 0, len(m))
	for k := range m {{
		keys = append(keys, k)
	}}
	sort.Slice(keys, func(i, j int) bool {{ return keys[i] < keys[j] }})
	for _, k := range keys {{
		d.add(uint64(k))
		d.add(uint64(m[k]))
	}}
	d.text(fmt.Sprint(names))
	type point struct{{ x, y {ty} }}
	points := map[point]string{{}}
	for i, k := range keys {{
		points[point{{k, keys[len(keys)-1-i]}}] += "p"
	}}
	d.text(fmt.Sprint(len(points), points[point{{keys[0], keys[len(keys)-1]}}]))
}}
"#,
        5 + e.rng.below(150),
        e.rng.pick(&[1, 3, 7, 15]),
        2 + e.rng.below(5)
    );
}

/// Structs, methods and interfaces.
fn values(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let locals = [("i".to_string(), "int"), ("v".to_string(), "int64")];
    let value = e.integer("int64", 2, &locals);
    let _ = writeln!(
        out,
        r#"func f{number}(d *digest) {{
	var shapes []shape
	var v int64
	var root *node
	for i := 0; i < {}; i++ {{
		v = {value}
		switch uint64(v) % 5 {{
		case 0:
			shapes = append(shapes, square{{int32(v)}})
		case 1:
			shapes = append(shapes, &box{{square{{int32(i)}}, int16(v), [3]uint8{{1, 2, uint8(v)}}}})
		case 2:
			if len(shapes) > 0 {{
				shapes = append(shapes, scaled{{shapes[len(shapes)/2], v}})
			}}
		default:
			root = root.insert(v)
		}}
	}}
	for _, s := range shapes {{
		d.add(uint64(s.area()))
		switch s := s.(type) {{
		case square:
			d.add(uint64(s.side))
		case *box:
			c := *s
			c.side++
			c.tag[2] ^= 0x55
			d.text(fmt.Sprintf("%v %v", c, s.square == c.square))
		case scaled:
			_, ok := s.shape.(*box)
			d.text(fmt.Sprint(ok))
		}}
	}}
	root.walk(func(v int64) {{ d.add(uint64(v)) }})
	var any interface{{}} = shapes
	if {} {{
		d.add(uint64(len(any.(string))))
	}}
	d.text(fmt.Sprintf("%T", any))
}}
"#,
        5 + e.rng.below(80),
        e.rng.chance(15)
    );
}

fn closures(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let locals = [
        ("x".to_string(), "int64"),
        ("count".to_string(), "int"),
        ("i".to_string(), "int"),
    ];
    let (a, b) = (
        e.integer("int64", 2, &locals),
        e.integer("int64", 2, &locals),
    );
    let _ = writeln!(
        out,
        r#"func f{number}(d *digest) {{
	count := {}
	var fs []func(int64) int64
	for i := 0; i < {}; i++ {{
		fs = append(fs, func(x int64) int64 {{
			count++
			return {a}
		}})
		if i%3 == 0 {{
			inner := fs[len(fs)-1]
			fs = append(fs, func(x int64) int64 {{
				defer func() {{ count += i }}()
				return inner({b}) + inner(x)
			}})
		}}
	}}
	x := int64({})
	for _, f := range fs {{
		x = f(x)
		d.add(uint64(x))
	}}
	method := (&box{{square{{3}}, int16(x), [3]uint8{{}}}}).area
	d.add(uint64(method()) + uint64(count))
}}
"#,
        e.rng.below(100),
        2 + e.rng.below(30),
        e.rng.below(1000)
    );
}

/// Panics of each kind at random places, recovered and not.
fn recovery(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let locals = [("i".to_string(), "int"), ("n".to_string(), "int")];
    let value = e.integer("int", 2, &locals);
    let _ = writeln!(
        out,
        r#"func g{number}(d *digest, i int, depth int) (n int, err error) {{
	n = i
	defer func() {{
		if r := recover(); r != nil {{
			n += 1000
			err = fmt.Errorf("recovered at %d: %v", depth, r)
			if depth > {} {{
				panic(err)
			}}
		}}
		d.add(uint64(n))
	}}()
	for k := 0; k < depth%3; k++ {{
		defer func() {{ n += k * i }}()
	}}
	if depth > 0 {{
		m, err := g{number}(d, i, depth-1)
		n += m
		if err != nil {{
			d.text(err.Error())
		}}
	}}
	var p *node
	var s []int
	var a any = n
	switch uint({value}) % {} {{
	case 0:
		return int(p.value), nil
	case 1:
		return s[n], nil
	case 2:
		return n / (n - n), nil
	case 3:
		return len(a.(string)), nil
	case 4:
		panic(failure{{n}})
	case 5:
		return len(make([]int, 4)[n&7 : 3]), nil
	case 6:
		var m map[int]int
		m[n] = n
	case 7:
		return n, fmt.Errorf("wrapped: %w", failure{{n}})
	}}
	return n * 3, nil
}}

func f{number}(d *digest) {{
	for i := 0; i < {}; i++ {{
		n, err := g{number}(d, i, i%{})
		d.add(uint64(n))
		var f failure
		if errors.As(err, &f) {{
			d.add(uint64(f.code))
		}}
	}}
}}
"#,
        2 + e.rng.below(6),
        8 + e.rng.below(8),
        3 + e.rng.below(20),
        1 + e.rng.below(8)
    );
}

/// Goroutines whose results don't depend on the order they run in.
fn channels(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let locals = [("x".to_string(), "int64"), ("w".to_string(), "int")];
    let (a, b) = (
        e.integer("int64", 2, &locals),
        e.integer("int64", 1, &locals),
    );
    let _ = writeln!(
        out,
        r#"func f{number}(d *digest) {{
	const workers = {}
	jobs := make(chan int64, {})
	results := make([]int64, workers)
	var sum int64
	var mutex sync.Mutex
	var group sync.WaitGroup
	for w := 0; w < workers; w++ {{
		group.Add(1)
		go func() {{
			defer group.Done()
			for x := range jobs {{
				y := func() (y int64) {{
					defer func() {{
						if recover() != nil {{
							y = -1
						}}
					}}()
					w := int(x)
					_ = w
					return {a}
				}}()
				mutex.Lock()
				sum += y
				mutex.Unlock()
			}}
			x := int64(w)
			_ = x
			results[w] = {b} | 1
		}}()
	}}
	for x := int64(0); x < {}; x++ {{
		jobs <- x * x
	}}
	close(jobs)
	group.Wait()
	d.add(uint64(sum))
	for _, r := range results {{
		d.add(uint64(r))
	}}
	stages := make(chan int64)
	first := stages
	for s := 0; s < {}; s++ {{
		next := make(chan int64)
		go func(in <-chan int64, out chan<- int64) {{
			for x := range in {{
				out <- x*3 + int64(s)
			}}
			close(out)
		}}(stages, next)
		stages = next
	}}
	done := make(chan struct{{}})
	go func() {{
		for x := int64(0); x < 20; x++ {{
			first <- x
		}}
		close(first)
		close(done)
	}}()
	for open := true; open; {{
		select {{
		case x, ok := <-stages:
			open = ok
			d.add(uint64(x))
		}}
	}}
	<-done
	select {{
	case <-done:
		d.add(1)
	case <-make(chan int):
		d.add(2)
	}}
}}
"#,
        1 + e.rng.below(6),
        e.rng.below(5),
        5 + e.rng.below(60),
        1 + e.rng.below(12)
    );
}

fn generics(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let (a, b) = (*e.rng.pick(&INTEGERS), *e.rng.pick(&INTEGERS));
    let locals = [("x".to_string(), a), ("y".to_string(), b)];
    let (to_b, back) = (e.integer(b, 2, &locals), e.integer(a, 2, &locals));
    let _ = writeln!(
        out,
        r#"func f{number}(d *digest) {{
	var s stack[{a}]
	var t stack[{b}]
	var y {b}
	for _, x := range edge_{a} {{
		s.push(x)
		y = {to_b}
		t.push(y)
		s.push({back})
	}}
	d.add(uint64(largest(s.items...)))
	d.add(uint64(largest(t.items...)))
	d.add(fold(s.items, uint64(1), func(h uint64, x {a}) uint64 {{ return h*31 + uint64(x) }}))
	d.text(fold(t.items, "", func(s string, y {b}) string {{ return s + fmt.Sprint(y) }}))
	for i := 0; i < {}; i++ {{
		d.add(uint64(t.pop()))
	}}
}}
"#,
        5 + e.rng.below(5)
    );
}

/// Deep recursion with frames that make the stack grow.
fn recursion(e: &mut Expressions<'_>, out: &mut String, number: usize) {
    let locals = [("x".to_string(), "int64"), ("n".to_string(), "int")];
    let value = e.integer("int64", 2, &locals);
    let len = *e.rng.pick(&[1, 7, 32, 100]);
    let _ = writeln!(
        out,
        r#"func g{number}(n int, x int64, seen *int64) int64 {{
	var room [{len}]int64
	room[uint(n)%{len}] = x
	p := &room
	if n == 0 {{
		return *seen
	}}
	x = {value}
	y := g{number}(n-1, x, &room[uint(n)%{len}])
	*seen += y
	return y ^ p[uint(n)%{len}] + x
}}

func f{number}(d *digest) {{
	var seen int64
	for i := 1; i < 4; i++ {{
		done := make(chan int64)
		go func() {{
			defer func() {{
				if r := recover(); r != nil {{
					d.text(fmt.Sprint(r))
					done <- 0
				}}
			}}()
			done <- g{number}(i*{}, int64(i), &seen)
		}}()
		d.add(uint64(<-done))
		d.add(uint64(seen))
	}}
}}
"#,
        10 + e.rng.below(2000)
    );
}
