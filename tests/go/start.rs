//! Does a Go program get its arguments, environment, clocks and random numbers, and does its exit
//! code arrive?

use harness::case::{CASE, Case, Input, Reference};
use harness::run::Ends;
use harness::suite::Family;

/// The guest `start` with one of its commands.
const START: Case = Case {
    guest: "start",
    ..CASE
};

pub const FAMILY: Family = Family {
    name: "start",
    cases: &[
        Case {
            name: "hello",
            guest: "hello",
            flags: &["--env", "USER"],
            env: &[("USER", "gopher")],
            reference: Reference::Wasmtime(&[]),
            says: &["hello, gopher\n", " wasip1/wasm\n"],
            sample: true,
            ..CASE
        },
        Case {
            name: "empty",
            guest: "empty",
            ..CASE
        },
        Case {
            name: "counter",
            guest: "counter",
            args: &["config.txt"],
            flags: &["--dir", "."],
            inputs: &[Input::File("work/config.txt", "a = 1\nb = 2\n\nlast")],
            says: &["lines: 4\n"],
            sample: true,
            ..CASE
        },
        Case {
            name: "counter on a missing file",
            guest: "counter",
            args: &["missing.txt"],
            flags: &["--dir", "."],
            // Not compared with native Go: Go's text of an errno differs between platforms.
            reference: Reference::Wasmtime(&[]),
            ends: Ends::Exit(1),
            says: &["open missing.txt: No such file or directory\n"],
            ..CASE
        },
        Case {
            name: "no arguments",
            ..START
        },
        Case {
            name: "arguments",
            args: &[
                "args",
                "",
                "with space",
                "quote\"",
                "ünï",
                "-flag",
                "--",
                "*",
                "new\nline",
            ],
            ..START
        },
        Case {
            name: "the program's own name",
            args: &["argv0"],
            ..START
        },
        Case {
            name: "environment",
            args: &["env"],
            flags: &["--inherit-env"],
            env: &[
                ("A", "1"),
                ("EMPTY", ""),
                ("EQUALS", "a=b=c"),
                ("LINES", "x\ny"),
                ("Ü", "ü"),
            ],
            says: &["\"EQUALS=a=b=c\"\n"],
            ..START
        },
        Case {
            name: "setenv",
            args: &["setenv"],
            ..START
        },
        Case {
            name: "exit 0",
            args: &["exit", "0"],
            ..START
        },
        Case {
            name: "exit 7",
            args: &["exit", "7"],
            ends: Ends::Exit(7),
            sample: true,
            ..START
        },
        Case {
            name: "exit 255",
            args: &["exit", "255"],
            ends: Ends::Exit(255),
            ..START
        },
        Case {
            // The kernel keeps the lower eight bits, for native programs too.
            name: "exit 256 + 3",
            args: &["exit", "259"],
            ends: Ends::Exit(3),
            ..START
        },
        Case {
            name: "current directory",
            args: &["cwd"],
            flags: &["--dir", "."],
            says: &["{root}/work <nil>\n"],
            ..START
        },
        Case {
            name: "clocks",
            args: &["clock"],
            says: &["slept enough: true not too long: true\nthis century: true\n"],
            ..START
        },
        Case {
            name: "random numbers",
            args: &["random"],
            ..START
        },
    ],
};
