//! Integers, floating point, conversions and text at their edges.

use harness::case::{CASE, Case, Reference};
use harness::suite::Family;

/// The guest `numeric`, like native Go.
const NUMERIC: Case = Case {
    guest: "numeric",
    ..CASE
};

pub const FAMILY: Family = Family {
    name: "numeric",
    cases: &[
        // Out of range, the result is the platform's; wasm defines it.
        Case {
            name: "convert",
            args: &["convert"],
            reference: Reference::Wasmtime(&[]),
            ..NUMERIC
        },
        Case {
            name: "floats",
            args: &["floats"],
            sample: true,
            ..NUMERIC
        },
        Case {
            name: "math",
            args: &["math"],
            ..NUMERIC
        },
        Case {
            name: "integers",
            args: &["integers"],
            sample: true,
            ..NUMERIC
        },
        Case {
            name: "bits",
            args: &["bits"],
            ..NUMERIC
        },
        Case {
            name: "format",
            args: &["format"],
            ..NUMERIC
        },
        Case {
            name: "strings",
            args: &["strings"],
            ..NUMERIC
        },
        Case {
            name: "complex",
            args: &["complex"],
            ..NUMERIC
        },
    ],
};
