//! jd, which compares and patches JSON and YAML.

use crate::program::{Program, Stdin, USE, Use};

pub const PROGRAM: Program = Program {
    package: "github.com/josephburnett/jd/v2/jd@v2.3.0",
    since: "1.24",
    grants: &["--arg-files", "rw"],
    mixes_stderr: false,
    uses: [
        Use {
            name: "two files",
            files: PAIR,
            args: &["a.json", "b.json"],
            code: 1,
            says: &["+ 3"],
            ..USE
        },
        Use {
            name: "two files that are the same",
            files: &[("a.json", "{\"x\": [1, 2]}"), ("b.json", "{ \"x\":[1,2] }")],
            args: &["a.json", "b.json"],
            ..USE
        },
        Use {
            name: "a file and a pipe",
            files: PAIR,
            args: &["a.json"],
            stdin: Stdin::Text("{\"name\": \"Tom\"}"),
            code: 1,
            says: &["-"],
            ..USE
        },
        Use {
            name: "arrays as sets",
            files: PAIR,
            args: &["-set", "a.json", "b.json"],
            code: 1,
            says: &["{}"],
            ..USE
        },
        Use {
            name: "as a JSON Patch into a file",
            files: PAIR,
            args: &["-f", "patch", "-o", "out.patch", "a.json", "b.json"],
            code: 1,
            ..USE
        },
        Use {
            name: "as a merge patch",
            files: &[
                ("a.json", "{\"a\": 1, \"b\": {\"c\": 2, \"d\": 3}}"),
                ("b.json", "{\"a\": 1, \"b\": {\"c\": 4}}"),
            ],
            args: &["-f", "merge", "a.json", "b.json"],
            code: 1,
            says: &["null"],
            ..USE
        },
        Use {
            name: "applies a patch",
            files: &[
                ("a.json", "{\"legs\": [4, 4], \"name\": \"Tom\"}"),
                ("p.jd", "@ [\"name\"]\n- \"Tom\"\n+ \"Rex\"\n"),
            ],
            args: &["-p", "p.jd", "a.json"],
            says: &["Rex"],
            ..USE
        },
        Use {
            name: "YAML in colours",
            files: &[
                ("a.yaml", "name: Tom\nlegs: [4, 4]\n"),
                ("b.yaml", "name: Tom\nlegs: [4, 3]\n"),
            ],
            args: &["-yaml", "-color", "a.yaml", "b.yaml"],
            code: 1,
            says: &["\u{1b}[32m"],
            ..USE
        },
        Use {
            name: "a file with a mistake",
            files: &[("a.json", "{\"a\": }"), ("b.json", "{}")],
            args: &["a.json", "b.json"],
            code: 2,
            says: &["invalid"],
            ..USE
        },
        Use {
            name: "a file outside of all grants",
            files: PAIR,
            args: &["a.json", "/missing/b.json"],
            code: 2,
            says: &["/missing/b.json"],
            ..USE
        },
    ],
};

const PAIR: &[(&str, &str)] = &[
    (
        "a.json",
        "{\"name\": \"Tom\", \"legs\": [4, 4, 2], \"deep\": {\"x\": null, \"y\": [{\"id\": 1}]}}",
    ),
    (
        "b.json",
        "{\"name\": \"Tom\", \"legs\": [4, 2, 3], \"deep\": {\"x\": true, \"y\": [{\"id\": 2}, 0.5]}}",
    ),
];
