//! Random functions with calls: closures, panics, goroutines, generics, deep stacks.

use crate::expr::{Expressions, INTEGERS};
use std::fmt::Write as _;

pub fn closures(e: &mut Expressions<'_>, out: &mut String, number: usize) {
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

/// Panics of each kind at random places, with and without recovery.
pub fn recovery(e: &mut Expressions<'_>, out: &mut String, number: usize) {
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

/// Goroutines whose results don't depend on the order in which they run.
pub fn channels(e: &mut Expressions<'_>, out: &mut String, number: usize) {
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

pub fn generics(e: &mut Expressions<'_>, out: &mut String, number: usize) {
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
pub fn recursion(e: &mut Expressions<'_>, out: &mut String, number: usize) {
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
