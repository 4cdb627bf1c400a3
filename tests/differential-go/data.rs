//! Random functions with data that Go's runtime and library manage: strings, slices, maps,
//! structs behind interfaces.

use crate::expr::{Expressions, INTEGERS};
use std::fmt::Write as _;

pub fn strings(e: &mut Expressions<'_>, out: &mut String, number: usize) {
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

pub fn slices(e: &mut Expressions<'_>, out: &mut String, number: usize) {
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

pub fn maps(e: &mut Expressions<'_>, out: &mut String, number: usize) {
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
pub fn values(e: &mut Expressions<'_>, out: &mut String, number: usize) {
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
