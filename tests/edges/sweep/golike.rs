//! The swept module in Go's form: Go's functions, whose SP is global 0, make the accesses. It
//! is the base module of the adversarial suite with one more function for each site.

#[path = "../../adversarial/module.rs"]
mod adversarial;

use super::site::Site;
use anyhow::Result;
use std::fmt::Write;

/// The text of the module: a Go function for each access relative to SP. After Go's
/// functions come the functions that the driver calls, which set SP. `cases` and `items` are
/// the driver's.
///
/// # Errors
/// If the adversarial suite's module no longer has the text that this replaces.
pub fn text(sites: &[Site], cases: &str, items: &str) -> Result<String> {
    let (mut frames, mut functions) = (String::new(), String::new());
    for (number, site) in sites.iter().enumerate() {
        let body = site.body();
        // Go's functions are the lines that begin with two spaces.
        write!(
            functions,
            "(func $site{number} (type $site) (local $v v128) "
        )?;
        if site.is_from_stack() {
            frames += &frame(number, &body);
            writeln!(
                functions,
                "(global.set 0 (local.get 0)) (drop (call $frame{number} (i32.const 0)))
                (global.get $ret0) (global.get $ret1))"
            )?;
        } else {
            writeln!(functions, "{body})")?;
        }
    }
    let memory = r#"(memory (export "memory") 1)"#;
    let tested = memory.replace("(memory", "(memory $tested") + cases;
    let (variant, hash) = ("  (func $variant)", "    (call $hash))");
    adversarial::text(
        &[
            (memory, &tested),
            (variant, &format!("{frames}{variant}")),
            (r#"(func $start (export "_start")"#, "(func $start"),
            (hash, &format!("{hash}\n{functions}")),
            (
                adversarial::LINKED,
                &format!("{}\n{items}", adversarial::LINKED),
            ),
        ],
        adversarial::NAMED,
    )
}

/// A function with Go's dispatch. Its local 1 is SP.
fn frame(number: usize, body: &str) -> String {
    format!(
        "  (func $frame{number} (param i32) (result i32) (local i32) (local $v v128)
    (local.set 1 (global.get 0))
    (loop $entry
      (block $b1 (block $b0 (br_table $b0 $b1 (local.get 0)))
        {body}
        (global.set $ret1) (global.set $ret0)
        (i32.const 1) (local.set 0) (br $entry))
      (return (i32.const 0)))
    (unreachable))\n"
    )
}
