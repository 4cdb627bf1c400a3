//! The module `spectest` that scripts import from (the reference interpreter's
//! `host/spectest.ml`).

use anyhow::Result;
use std::collections::BTreeSet;

/// Its exports, with their definitions.
const ITEMS: [(&str, &str); 13] = [
    ("global_i32", "global {} i32 (i32.const 666)"),
    ("global_i64", "global {} i64 (i64.const 666)"),
    ("global_f32", "global {} f32 (f32.const 666.6)"),
    ("global_f64", "global {} f64 (f64.const 666.6)"),
    ("table", "table {} 10 20 funcref"),
    ("memory", "memory {} 1 2"),
    ("print", "func {}"),
    ("print_i32", "func {} (param i32)"),
    ("print_i64", "func {} (param i64)"),
    ("print_f32", "func {} (param f32)"),
    ("print_f64", "func {} (param f64)"),
    ("print_i32_f32", "func {} (param i32 f32)"),
    ("print_f64_f64", "func {} (param f64 f64)"),
];

/// The module with only the exports in `wanted`. An unused memory would add a memory to the
/// executable.
///
/// # Errors
/// If the text above is wrong.
pub fn module(wanted: &BTreeSet<String>) -> Result<Vec<u8>> {
    let items = ITEMS.iter().filter(|(name, _)| wanted.contains(*name));
    let items = items.map(|(name, item)| {
        let export = format!("(export \"{name}\")");
        format!("({})", item.replace("{}", &export))
    });
    Ok(wat::parse_str(format!(
        "(module {})",
        items.collect::<String>()
    ))?)
}

/// All its exports.
pub fn all() -> BTreeSet<String> {
    ITEMS.iter().map(|(name, _)| (*name).to_owned()).collect()
}
