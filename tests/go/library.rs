//! Do packages of the standard library work?

use harness::case::{CASE, Case};
use harness::run::Ends;
use harness::suite::Family;

/// The guest `library`, compared with native Go.
const LIBRARY: Case = Case {
    guest: "library",
    ..CASE
};

pub const FAMILY: Family = Family {
    name: "library",
    cases: &[
        Case {
            name: "maps",
            args: &["maps"],
            ..LIBRARY
        },
        Case {
            name: "sort",
            args: &["sort"],
            ..LIBRARY
        },
        Case {
            name: "json",
            args: &["json"],
            ..LIBRARY
        },
        Case {
            name: "regexp",
            args: &["regexp"],
            ..LIBRARY
        },
        Case {
            name: "gzip",
            args: &["gzip"],
            ..LIBRARY
        },
        Case {
            name: "png",
            args: &["png"],
            ..LIBRARY
        },
        Case {
            name: "template",
            args: &["template"],
            ..LIBRARY
        },
        Case {
            name: "big",
            args: &["big"],
            ..LIBRARY
        },
        Case {
            name: "hashes",
            args: &["hashes"],
            ..LIBRARY
        },
        Case {
            name: "crypto",
            args: &["crypto"],
            ..LIBRARY
        },
        Case {
            name: "encoding",
            args: &["encoding"],
            ..LIBRARY
        },
        Case {
            name: "time",
            args: &["time"],
            ..LIBRARY
        },
        Case {
            name: "text",
            args: &["text"],
            ..LIBRARY
        },
        Case {
            name: "reflect",
            args: &["reflect"],
            ..LIBRARY
        },
        Case {
            name: "rand",
            args: &["rand"],
            ..LIBRARY
        },
        Case {
            name: "archive",
            args: &["archive"],
            ..LIBRARY
        },
        Case {
            name: "parser",
            args: &["parser"],
            ..LIBRARY
        },
        Case {
            name: "errors",
            args: &["errors"],
            ..LIBRARY
        },
        Case {
            name: "search",
            args: &["search"],
            sample: true,
            ..LIBRARY
        },
        Case {
            name: "logs",
            args: &["logs"],
            ends: Ends::Exit(1),
            says: &["log.Fatal exits with 1\n"],
            ..LIBRARY
        },
    ],
};
