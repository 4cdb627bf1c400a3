//! Does a large program work that wasn't written for these tests? Go's own gofmt.

use harness::case::{CASE, Case, Input, Reference};
use harness::run::{Ends, Stdin};
use harness::suite::Family;

/// gofmt, with a grant of Go's sources.
const GOFMT: Case = Case {
    guest: "cmd/gofmt",
    flags: &["--dir-ro", "{goroot}/src", "--dir", "."],
    seconds: 120,
    ..CASE
};

pub const FAMILY: Family = Family {
    name: "gofmt",
    cases: &[
        Case {
            name: "strconv",
            args: &["{goroot}/src/strconv"],
            says: &["package strconv\n"],
            ..GOFMT
        },
        Case {
            name: "net/http",
            args: &["{goroot}/src/net/http"],
            says: &["package http\n"],
            ..GOFMT
        },
        Case {
            name: "rewritten in place",
            args: &["-w", "-s", "-r", "a == b -> b == a", "strconv"],
            inputs: &[Input::Copy {
                from: "{goroot}/src/strconv",
                to: "work/strconv",
            }],
            ..GOFMT
        },
        Case {
            name: "standard input",
            stdin: Stdin::Bytes(b"package  p\nfunc f( ) { x:=[ ]int{1,2 ,3}\nreturn }\n"),
            says: &["func f() {\n\tx := []int{1, 2, 3}\n"],
            ..GOFMT
        },
        Case {
            name: "a syntax error",
            stdin: Stdin::Bytes(b"package p\nfunc {\n"),
            reference: Reference::Native,
            ends: Ends::Exit(2),
            says: &["<standard input>:2:6: expected 'IDENT', found '{'"],
            ..GOFMT
        },
    ],
};
