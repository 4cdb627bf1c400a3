//! jsonnet, a language that generates configurations.

use crate::program::{Program, Stdin, USE, Use};

pub const PROGRAM: Program = Program {
    package: "github.com/google/go-jsonnet/cmd/jsonnet@v0.21.0",
    since: "1.24",
    grants: &["--dir", ".", "--env", "TIER"],
    mixes_stderr: false,
    uses: [
        Use {
            name: "a file with an import",
            files: FILES,
            args: &["app.jsonnet"],
            says: &["\"port\": 8081"],
            ..USE
        },
        Use {
            name: "an expression",
            args: &["-e", "[x * x for x in std.range(1, 12) if x % 3 == 0]"],
            says: &["144"],
            ..USE
        },
        Use {
            name: "from a pipe",
            args: &["-"],
            stdin: Stdin::Text(
                "local f(n) = if n < 2 then n else f(n - 1) + f(n - 2); { fib: f(18) }",
            ),
            says: &["2584"],
            ..USE
        },
        Use {
            name: "several files",
            files: FILES,
            args: &[
                "-c",
                "-m",
                "out",
                "-e",
                "{ 'a.json': { n: 1 }, 'd/b.json': import 'app.jsonnet' }",
            ],
            says: &["out/d/b.json"],
            ..USE
        },
        Use {
            name: "a string into a file",
            args: &[
                "-S",
                "-o",
                "out.ini",
                "-e",
                "std.manifestIni({ sections: { a: { x: 1, y: ['p', 'q'] } } })",
            ],
            ..USE
        },
        Use {
            name: "documents of YAML",
            args: &["-y", "-e", "[{ a: 1 }, ['x', 'ü'], 'text']"],
            says: &["---"],
            ..USE
        },
        Use {
            name: "variables from outside",
            files: &[("n.json", "{\"n\": 7}")],
            env: &[("TIER", "back")],
            args: &[
                "-V",
                "TIER",
                "--ext-code-file",
                "n=n.json",
                "--tla-code",
                "k=[1, 2]",
                "-A",
                "s=x",
                "-e",
                "function(k, s) [std.extVar('TIER'), std.extVar('n').n, k, s]",
            ],
            says: &["\"back\""],
            ..USE
        },
        Use {
            name: "a library's directory",
            files: &[(
                "lib/deep/m.libsonnet",
                "{ hash: std.md5('x'), pi: std.acos(-1) }",
            )],
            args: &[
                "-J",
                "lib",
                "-e",
                "(import 'deep/m.libsonnet') { t: importstr 'deep/m.libsonnet' }",
            ],
            says: &["9dd4e461268c8034f5c8564e155c67a6"],
            ..USE
        },
        Use {
            name: "an error with a trace",
            files: &[(
                "bad.jsonnet",
                "local check(x) = assert x > 0 : 'not positive: %d' % x; x;\n{ a: check(1), b: check(-1) }\n",
            )],
            args: &["bad.jsonnet"],
            code: 1,
            says: &["RUNTIME ERROR: not positive: -1"],
            ..USE
        },
        Use {
            name: "a file that isn't there",
            args: &["-e", "import 'nowhere.jsonnet'"],
            code: 1,
            says: &["couldn't open import"],
            ..USE
        },
    ],
};

const FILES: &[(&str, &str)] = &[
    (
        "app.jsonnet",
        "local base = import 'base.libsonnet';\nbase { name: 'app', port+: 1, env: { [k]: std.asciiUpper(k) for k in ['a', 'b'] } }\n",
    ),
    (
        "base.libsonnet",
        "{ port: 8080, url: 'http://%s:%d/' % [self.name, self.port], hidden:: true }\n",
    ),
];
