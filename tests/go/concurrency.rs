//! Do goroutines, channels, select, timers and package sync work?

use harness::case::{CASE, Case};
use harness::suite::Family;

/// The guest `concurrency`, compared with native Go.
const CONCURRENCY: Case = Case {
    guest: "concurrency",
    ..CASE
};

pub const FAMILY: Family = Family {
    name: "concurrency",
    cases: &[
        Case {
            name: "pipeline",
            args: &["pipeline"],
            ..CONCURRENCY
        },
        Case {
            name: "unbuffered",
            args: &["unbuffered"],
            ..CONCURRENCY
        },
        Case {
            name: "selects",
            args: &["selects"],
            sample: true,
            ..CONCURRENCY
        },
        Case {
            name: "workers",
            args: &["workers"],
            ..CONCURRENCY
        },
        Case {
            name: "stacks",
            args: &["stacks"],
            sample: true,
            ..CONCURRENCY
        },
        Case {
            name: "collector",
            args: &["collector"],
            sample: true,
            ..CONCURRENCY
        },
        Case {
            name: "timers",
            args: &["timers"],
            sample: true,
            ..CONCURRENCY
        },
        Case {
            name: "tickers",
            args: &["tickers"],
            ..CONCURRENCY
        },
        Case {
            name: "context",
            args: &["context"],
            ..CONCURRENCY
        },
        Case {
            name: "mutex",
            args: &["mutex"],
            sample: true,
            ..CONCURRENCY
        },
        Case {
            name: "cond",
            args: &["cond"],
            ..CONCURRENCY
        },
        Case {
            name: "once",
            args: &["once"],
            ..CONCURRENCY
        },
        Case {
            name: "pool",
            args: &["pool"],
            ..CONCURRENCY
        },
        Case {
            name: "syncmap",
            args: &["syncmap"],
            ..CONCURRENCY
        },
        Case {
            name: "atomic",
            args: &["atomic"],
            ..CONCURRENCY
        },
        Case {
            name: "generics",
            args: &["generics"],
            ..CONCURRENCY
        },
        Case {
            name: "frames",
            args: &["frames"],
            ..CONCURRENCY
        },
    ],
};
