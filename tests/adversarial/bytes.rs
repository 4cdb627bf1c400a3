//! Does the compiler leave a loop over bytes alone if the loop only resembles a loop that it
//! replaces? Each change of a loop must lower the number of replaced loops by 1. The changed
//! loop must do what its text says, up to the end of memory.

use anyhow::{Context, Result, ensure};
use harness::agree::{Compared, prelude};
use harness::suite::with_tool;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;
use wasi_aot_compiler::Options;

/// (name, text of a loop, replacement).
const NEAR: &[(&str, &str, &str)] = &[
    (
        "equal steps over bytes",
        "local.get 0 i64.const 1 i64.add local.set 0",
        "local.get 0 i64.const 2 i64.add local.set 0",
    ),
    (
        "equal counts by 2",
        "local.get 2 i64.const 1 i64.sub local.set 2",
        "local.get 2 i64.const 2 i64.sub local.set 2",
    ),
    (
        "equal goes down",
        "local.get 1 i64.const 1 i64.add local.set 1",
        "local.get 1 i64.const 1 i64.sub local.set 1",
    ),
    ("equal looks for equal bytes", "i64.ne\n", "i64.eq\n"),
    (
        "equal reads one further",
        "local.get 1 i32.wrap_i64 i64.load8_u",
        "local.get 1 i32.wrap_i64 i64.load8_u offset=1",
    ),
    (
        "equal finds itself different",
        "i64.eq\n  if i64.const 1 return end",
        "i64.eq\n  if i64.const 0 return end",
    ),
    (
        "equal stores as it goes",
        "local.get 0 i64.const 1 i64.add local.set 0",
        "local.get 0 i32.wrap_i64 i64.const 0x55 i64.store8 local.get 0 i64.const 1 i64.add local.set 0",
    ),
    (
        "compare has unsigned bytes",
        "i32.load8_s local.tee 3",
        "i32.load8_u local.tee 3",
    ),
    (
        "compare counts by 2",
        "i32.const -1 i32.add local.tee 2\n        i32.eqz",
        "i32.const -2 i32.add local.tee 2\n        i32.eqz",
    ),
    (
        "compare keeps 7 bits",
        "local.get 3 i32.const 255 i32.and",
        "local.get 3 i32.const 127 i32.and",
    ),
    (
        "compare the other way",
        "i32.sub\n  else",
        "i32.xor\n  else",
    ),
    (
        "find has another word of bytes",
        "i32.const 16843009 ",
        "i32.const 16843008 ",
    ),
    (
        "find reads a word of 3 bytes",
        "local.get 2 i32.const 3 i32.gt_u",
        "local.get 2 i32.const 2 i32.gt_u",
    ),
    (
        "find gives the next address",
        "local.get 0 i32.const 0 local.get 1 select",
        "local.get 0 i32.const 1 i32.add i32.const 0 local.get 1 select",
    ),
];

/// Memory and functions for the calls: a page that ends in "z", with "abcdef" and bytes over
/// 127 at its start.
const ITEMS: &str = r#"(data (i32.const 0) "abcdef\80\ff\00gabcdef\80\fe") (data (i32.const 65535) "z")
  (func $equal (param i64 i64 i64) (call $print (call $memeqbody (local.get 0) (local.get 1) (local.get 2))))
  (func $compare (param i32 i32 i32) (call $show (call $memcmp (local.get 0) (local.get 1) (local.get 2))))
  (func $find (param i32 i32 i32) (call $show (call $memchr (local.get 0) (local.get 1) (local.get 2))))"#;

const CALLS: &[&str] = &[
    "(call $equal (i64.const 0) (i64.const 10) (i64.const 6))",
    "(call $equal (i64.const 0) (i64.const 10) (i64.const 8))",
    "(call $equal (i64.const 2) (i64.const 12) (i64.const 5))",
    "(call $equal (i64.const 5) (i64.const 5) (i64.const 3))",
    "(call $equal (i64.const 30000) (i64.const 40000) (i64.const 20))",
    "(call $equal (i64.const 30001) (i64.const 40000) (i64.const 1))",
    "(call $compare (i32.const 0) (i32.const 10) (i32.const 8))",
    "(call $compare (i32.const 0) (i32.const 10) (i32.const 6))",
    "(call $compare (i32.const 6) (i32.const 0) (i32.const 4))",
    "(call $compare (i32.const 20) (i32.const 7) (i32.const 2))",
    "(call $find (i32.const 0) (i32.const 0x66) (i32.const 9))",
    "(call $find (i32.const 1) (i32.const 0x67) (i32.const 20))",
    "(call $find (i32.const 0) (i32.const 0xff) (i32.const 20))",
    "(call $find (i32.const 65528) (i32.const 0x7a) (i32.const 8))",
    "(call $find (i32.const 65528) (i32.const 0x7b) (i32.const 7))",
    "(call $find (i32.const 65528) (i32.const 0x7b) (i32.const 8))",
];

/// The last call of a program. Each of these calls makes a program of its own, because most
/// of them read beyond the end of memory and trap.
const LAST: &[&str] = &[
    "",
    "(call $equal (i64.const 65532) (i64.const 40000) (i64.const 5))",
    "(call $equal (i64.const 50000) (i64.const 65530) (i64.const 5))",
    "(call $compare (i32.const 65000) (i32.const 64999) (i32.const 535))",
    "(call $compare (i32.const 65535) (i32.const 65535) (i32.const 2))",
    "(call $find (i32.const 65529) (i32.const 0x7b) (i32.const 8))",
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let one = |&(name, from, to): &'static (&str, &str, &str)| {
        with_tool(format!("bytes/{name}"), tool, |tool| {
            near(tool, from, to, 2)
        })
    };
    let mut trials: Vec<Trial> = NEAR.iter().map(one).collect();
    trials.push(with_tool("bytes/as Go has them", tool, |tool| {
        near(tool, "i64.ne\n", "i64.ne\n", 3)
    }));
    trials
}

/// Replaces the text `from` by `to` in the loops. The compiler must then replace `replaced`
/// loops, and the programs must do what they do under wasmtime.
fn near(tool: &Tool, from: &str, to: &str, replaced: usize) -> Result<()> {
    let loops = include_str!("../../compiler/tests/byte_loops.wat");
    ensure!(loops.contains(from), "{from:?} is in no loop");
    let loops = loops.replacen(from, to, 1);
    for last in LAST {
        let text = format!(
            "(module {} {loops} {ITEMS} (func (export \"_start\") {} {last}))",
            prelude("1"),
            CALLS.concat()
        );
        let compared = Compared::new(&text)?;
        for (flag, no_go_opt) in [("-O2", false), ("--no-go-opt", true)] {
            let options = Options {
                no_go_opt,
                ..Options::default()
            };
            let found = compared.facts(options)?.byte_loops;
            let expected = if no_go_opt { 0 } else { replaced };
            ensure!(
                found == expected,
                "{flag}: {found} byte loops replaced instead of {expected}"
            );
            let seen = compared.ours(tool, &[flag]).context(flag)?;
            ensure!(
                seen == compared.reference,
                "{flag}, {last}: {seen:?}, not {:?}",
                compared.reference
            );
        }
    }
    Ok(())
}
