//! Are Go's integers, floats, conversions and formatted numbers right at their limits?

use harness::case::{CASE, Case, Reference};
use harness::suite::Family;

/// The guest `numeric`, compared with native Go.
const NUMERIC: Case = Case {
    guest: "numeric",
    ..CASE
};

pub const FAMILY: Family = Family {
    name: "numeric",
    cases: &[
        // Go leaves results out of range to the platform. WebAssembly defines them.
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
