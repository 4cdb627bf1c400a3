//! tengo, an interpreter of a script language.

use crate::program::{Before, By, Difference, Part, Program, Stdin, USE, Use};

pub const PROGRAM: Program = Program {
    package: "github.com/d5/tengo/v2/cmd/tengo@v2.17.0",
    since: "1.21",
    grants: &["--dir", "."],
    mixes_stderr: false,
    uses: [
        Use {
            name: "closures and strings",
            files: &[(
                "x.tengo",
                "fmt := import(\"fmt\")
text := import(\"text\")
counter := func() { n := 0; return func() { n += 1; return n } }
c := counter(); c(); c()
fmt.println(c(), text.to_upper(\"straße\"), text.fields(\" a b  c \"))
fmt.printf(\"%v %5.2f %x|%-6s|\\n\", {a: [1, 2]}, 3.14159, 255, \"ab\")
",
            )],
            args: &["x.tengo"],
            says: &["STRAßE"],
            ..USE
        },
        Use {
            name: "recursion",
            files: &[(
                "fib.tengo",
                "fib := func(n) { if n < 2 { return n }; return fib(n - 1) + fib(n - 2) }
fmt := import(\"fmt\")
fmt.println(fib(24))
",
            )],
            args: &["fib.tengo"],
            says: &["46368"],
            ..USE
        },
        Use {
            name: "sorting a large array",
            files: &[("sort.tengo", SORT)],
            args: &["sort.tengo"],
            says: &["true"],
            ..USE
        },
        Use {
            name: "a file that is read and one that is written",
            files: &[
                ("in.txt", "one\ntwo\nthree\n"),
                (
                    "copy.tengo",
                    "os := import(\"os\"); text := import(\"text\"); fmt := import(\"fmt\")
lines := text.split(string(os.read_file(\"in.txt\")), \"\\n\")
f := os.create(\"out.txt\")
for i, line in lines { f.write_string(text.repeat(line, i) + \";\") }
f.close()
os.mkdir(\"d\", 493); os.rename(\"in.txt\", \"d/moved\")
fmt.println(os.stat(\"out.txt\").size)
",
                ),
            ],
            args: &["copy.tengo"],
            says: &["17"],
            ..USE
        },
        Use {
            name: "a line at a time",
            stdin: Stdin::Turns(&[
                ("a := 6 * 7\n", ">> "),
                ("a + 1\n", "43"),
                ("undefined_name\n", "unresolved reference"),
                ("\"é\" + a\n", "é42"),
            ]),
            ..USE
        },
        Use {
            name: "JSON, base64 and regular expressions",
            files: &[(
                "j.tengo",
                "json := import(\"json\"); fmt := import(\"fmt\"); text := import(\"text\"); base64 := import(\"base64\")
v := json.decode(`{\"a\": [1, 2.5, null, \"\\u00e9\"]}`)
fmt.println(v.a[3], string(json.indent(json.encode(v), \"\", \" \")))
fmt.println(base64.encode(bytes(\"x\" + v.a[3])))
fmt.println(text.re_replace(`(\\w+)@(\\w+)`, \"tom@example, rex@home\", \"$2:$1\"))
",
            )],
            args: &["j.tengo"],
            says: &["example:tom, home:rex"],
            ..USE
        },
        Use {
            name: "compiled by the other one",
            files: &[(
                "x.tengo",
                "fmt := import(\"fmt\"); math := import(\"math\")
fmt.println(math.sqrt(2.0), [1, 2, 3][1:])
",
            )],
            before: &[Before {
                by: By::Other,
                args: &["-o", "x.out", "x.tengo"],
            }],
            args: &["x.out"],
            says: &["1.4142135623730951"],
            random: &["x.out"],
            ..USE
        },
        Use {
            name: "arguments and a module in a file",
            files: &[
                (
                    "main.tengo",
                    "m := import(\"./lib/m\"); fmt := import(\"fmt\"); os := import(\"os\")
args := os.args()
fmt.println(m.twice(len(args)), args[len(args)-2:])
",
                ),
                ("lib/m.tengo", "export { twice: func(x) { return 2 * x } }\n"),
            ],
            args: &["-resolve", "main.tengo", "a", "ü"],
            says: &["[\"a\", \"ü\"]"],
            ..USE
        },
        Use {
            name: "an error with a trace",
            files: &[(
                "bad.tengo",
                "f := func(x) {\n  return x.missing.deeper + 1\n}\nf({})\n",
            )],
            args: &["bad.tengo"],
            code: 1,
            says: &["Runtime Error"],
            ..USE
        },
        Use {
            name: "another program",
            files: &[(
                "exec.tengo",
                "os := import(\"os\"); fmt := import(\"fmt\")
cmd := os.exec(\"/bin/echo\", \"from outside\")
fmt.println(is_error(cmd) ? cmd : cmd.output())
",
            )],
            args: &["exec.tengo"],
            says: &["from outside"],
            differs: &[Difference {
                part: Part::Stdout(
                    "from outside\n\n",
                    "error: \"pipe: Not implemented on wasip1\"\n",
                ),
                why: "a program on wasip1 starts no other one",
            }],
            ..USE
        },
    ],
};

/// Heapsort of numbers from a small generator.
const SORT: &str = "fmt := import(\"fmt\")
a := []; x := 12345
for i := 0; i < 20000; i++ { x = (x * 1103515245 + 12345) % 2147483648; a = append(a, x) }
sift := func(start, end) {
  root := start
  for 2 * root + 1 <= end {
    child := 2 * root + 1
    if child < end && a[child] < a[child + 1] { child++ }
    if a[root] >= a[child] { return }
    t := a[root]; a[root] = a[child]; a[child] = t
    root = child
  }
}
for start := len(a) / 2 - 1; start >= 0; start-- { sift(start, len(a) - 1) }
for end := len(a) - 1; end > 0; end-- {
  t := a[end]; a[end] = a[0]; a[0] = t
  sift(0, end - 1)
}
sorted := true
for i := 1; i < len(a); i++ { if a[i - 1] > a[i] { sorted = false } }
fmt.println(sorted, a[0], a[9999], a[19999])
";
