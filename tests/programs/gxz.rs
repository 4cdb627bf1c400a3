//! gxz, a compressor of files in the formats xz and LZMA.

use crate::program::{Before, By, Program, Stdin, USE, Use};

pub const PROGRAM: Program = Program {
    package: "github.com/ulikunitz/xz/cmd/gxz@v0.5.17",
    since: "1.21",
    grants: &["--dir", "."],
    mixes_stderr: false,
    uses: [
        Use {
            name: "replaces a file",
            files: TEXT,
            args: &["text"],
            ..USE
        },
        Use {
            name: "keeps the file",
            files: TEXT,
            args: &["-k", "-9", "text"],
            ..USE
        },
        Use {
            name: "LZMA",
            files: TEXT,
            args: &["--format", "lzma", "-1", "text"],
            ..USE
        },
        Use {
            name: "to standard output",
            files: TEXT,
            args: &["-c", "text"],
            ..USE
        },
        Use {
            name: "from a pipe",
            stdin: Stdin::Text("a few bytes"),
            ..USE
        },
        Use {
            name: "decompresses what the other one compressed",
            files: TEXT,
            before: &[Before {
                by: By::Other,
                args: &["text"],
            }],
            args: &["-d", "text.xz"],
            ..USE
        },
        Use {
            name: "decompresses LZMA to standard output",
            files: TEXT,
            before: &[Before {
                by: By::Same,
                args: &["-F", "lzma", "text"],
            }],
            args: &["-d", "-c", "text.lzma"],
            says: &["on, and on, and on"],
            ..USE
        },
        Use {
            name: "several files, one of which isn't there",
            files: &[("a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"), ("b", "")],
            args: &["a", "missing", "b"],
            code: 1,
            says: &["missing"],
            ..USE
        },
        Use {
            name: "doesn't overwrite",
            files: &[("text", "new"), ("text.xz", "old")],
            args: &["text"],
            code: 1,
            says: &["text.xz"],
            ..USE
        },
        Use {
            name: "input that isn't compressed",
            files: &[("x.xz", "this is no archive, and it is longer than a header")],
            args: &["-d", "-k", "x.xz"],
            code: 1,
            says: &["x.xz"],
            ..USE
        },
    ],
};

const TEXT: &[(&str, &str)] = &[(
    "text",
    "The river runs on, and on, and on, past hill and mill and weir.
The miller counts his sacks again, as he has done for forty year.
The river runs on, and on, and on; the sacks stand in a row.
What's in them, no one has to ask, for all the children know.
",
)];
