//! gojq, a query tool for JSON.

use crate::program::{Difference, Part, Program, Stdin, USE, Use};

pub const PROGRAM: Program = Program {
    package: "github.com/itchyny/gojq/cmd/gojq@v0.12.16",
    since: "1.21",
    grants: &["--arg-files", "ro", "--env", "PLACE"],
    mixes_stderr: false,
    uses: [
        Use {
            name: "fields of a file",
            files: PETS,
            args: &[".pets[] | {name, legs}", "pets.json"],
            says: &["\"Rex\""],
            ..USE
        },
        Use {
            name: "raw strings from a pipe",
            args: &["-r", ".[] | \"\\(.a): \\(.b | @base64)\""],
            stdin: Stdin::Text("[{\"a\": 1, \"b\": \"éß\"}, {\"a\": 2, \"b\": \"\"}]"),
            says: &["1: w6nDnw=="],
            ..USE
        },
        Use {
            name: "groups and sums",
            files: PETS,
            args: &[
                "-c",
                ".pets | group_by(.kind) | map({kind: .[0].kind, legs: map(.legs) | add})",
                "pets.json",
            ],
            says: &["{\"kind\":\"cat\",\"legs\":7}"],
            ..USE
        },
        Use {
            name: "integers without a limit",
            args: &["-n", "[range(1; 60)] | reduce .[] as $n (1; . * $n)"],
            says: &[
                "138683118545689835737939019720389406345902876772687432540821294940160000000000000",
            ],
            ..USE
        },
        Use {
            name: "YAML in and out",
            files: &[(
                "conf.yaml",
                "a: [1, 2]\nb: &x {c: yes}\nd: *x\n---\ne: null\n",
            )],
            args: &["--yaml-input", "--yaml-output", "[paths]", "conf.yaml"],
            says: &["- - a"],
            ..USE
        },
        Use {
            name: "a filter and a module in files",
            files: &[
                ("f.jq", "import \"m\" as m; map(m::double)"),
                ("lib/m.jq", "def double: . * 2;"),
            ],
            args: &["-c", "-L", "lib", "-f", "f.jq"],
            stdin: Stdin::Text("[1, 2.5, 3e400]"),
            says: &["[2,5,"],
            ..USE
        },
        Use {
            name: "arguments and the environment",
            files: &[("slurped.json", "1 2 3")],
            env: &[("PLACE", "here")],
            args: &[
                "-n",
                "-c",
                "--arg",
                "a",
                "x",
                "--slurpfile",
                "s",
                "slurped.json",
                "[$a, $s, $ENV.PLACE, env.HOME, $ENV.PWD, $__prog_args?]",
            ],
            code: 3,
            says: &["variable not defined"],
            ..USE
        },
        Use {
            name: "the working directory in the environment",
            env: &[("PLACE", "here")],
            args: &["-n", "-c", "[$ENV.PLACE, $ENV.HOME, $ENV.PWD]"],
            says: &["[\"here\",null,null]"],
            differs: &[Difference {
                part: Part::Stdout("null]", "\"{root}/work\"]"),
                why: "the runtime sets PWD, by which Go finds the working directory",
            }],
            ..USE
        },
        Use {
            name: "an error in the input",
            args: &[".a"],
            stdin: Stdin::Text("{\"a\": 1}\n{\"a\": tru}\n"),
            code: 5,
            says: &["invalid json"],
            ..USE
        },
        Use {
            name: "an error of the filter",
            files: &[("x.json", "[1, {\"a\": 2}]")],
            args: &["-e", "--stream", "map(.a) | .[0]", "x.json"],
            code: 5,
            says: &["expected an object but got"],
            ..USE
        },
    ],
};

const PETS: &[(&str, &str)] = &[(
    "pets.json",
    r#"{"pets": [
  {"name": "Tom", "kind": "cat", "legs": 4},
  {"name": "Rex", "kind": "dog", "legs": 4},
  {"name": "Émile", "kind": "cat", "legs": 3}
]}"#,
)];
