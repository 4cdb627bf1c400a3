//! Does each level of optimisation give what native Go gives?

use harness::case::{CASE, Case};
use harness::suite::Family;

const FAST: Case = Case {
    flags: &["-O0"],
    ..CASE
};
const MIDDLE: Case = Case {
    flags: &["-O1"],
    ..CASE
};

pub const FAMILY: Family = Family {
    name: "levels",
    cases: &[
        Case {
            name: "O0 integers",
            guest: "numeric",
            args: &["integers"],
            ..FAST
        },
        Case {
            name: "O0 floats",
            guest: "numeric",
            args: &["floats"],
            ..FAST
        },
        Case {
            name: "O0 recover",
            guest: "failure",
            args: &["recover"],
            ..FAST
        },
        Case {
            name: "O0 deep recursion",
            guest: "failure",
            args: &["recursion", "3000000"],
            ..FAST
        },
        Case {
            name: "O1 integers",
            guest: "numeric",
            args: &["integers"],
            ..MIDDLE
        },
        Case {
            name: "O1 floats",
            guest: "numeric",
            args: &["floats"],
            ..MIDDLE
        },
        Case {
            name: "O1 recover",
            guest: "failure",
            args: &["recover"],
            ..MIDDLE
        },
    ],
};
