//! Does an executable behave the same if `ld` links it? From `--emit obj`, the runtime's static
//! library and our linker script.

use crate::support::{assemble, build, guest, link, run, test, text};
use anyhow::{Result, ensure};
use harness::go::Goal;
use harness::run::Ends;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;

/// (guest, arguments, exit code).
const RUNS: &[(&str, &[&str], i32)] = &[
    ("start", &["args", "a", "b"], 0),
    ("start", &["exit", "9"], 9),
    ("failure", &["nil"], 2),
    ("failure", &["recover"], 0),
    ("failure", &["recursion", "1000000"], 0),
    ("concurrency", &["selects"], 0),
    ("concurrency", &["timers"], 0),
    ("files", &["write"], 0),
    ("files", &["readdir"], 0),
    ("files", &["escape", "/etc/passwd"], 0),
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let guests = ["start", "failure", "concurrency", "files"].map(|guest| {
        test(&format!("ld/{guest}"), tool, move |tool| {
            behaves_the_same(tool, guest)
        })
    });
    let mut trials: Vec<_> = guests.into();
    trials.push(test("ld/several memories", tool, several_memories));
    trials
}

/// Only the first memory has bytes in the file. The others work, too.
fn several_memories(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let at = |name: &str| dir.path().join(name);
    let module = assemble(
        dir.path(),
        "m.wasm",
        r#"(module (memory 1) (memory 1 3) (data (i32.const 4) "abcd")
             (func $f (export "_start")
               (drop (memory.grow 1 (i32.const 1)))
               (memory.copy 1 0 (i32.const 131068) (i32.const 4) (i32.const 4))
               (if (i32.ne (i32.load 1 (i32.const 131068)) (i32.load (i32.const 4)))
                 (then unreachable))
               (drop (i32.load8_u 1 (i32.const 131072)))))"#,
    )?;
    build(tool, &module, &at("module.o"), &["--emit", "obj"])?;
    link(&at("module.o"), &at("linked"))?;
    let ran = run(&at("linked"), &[], dir.path())?;
    let stderr = text(&ran.stderr);
    ensure!(ran.ends == Ends::Exit(134), "{}: {stderr}", ran.ends);
    let says = "out of bounds memory access at 0x20000 of memory 1 in f";
    ensure!(stderr.contains(says), "{stderr}");
    Ok(())
}

fn behaves_the_same(tool: &Tool, name: &str) -> Result<()> {
    let module = guest(name, Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let at = |name: &str| dir.path().join(name);
    let flags = ["--dir", ".", "--env", "A=1"];
    build(tool, &module, &at("own"), &flags)?;
    build(
        tool,
        &module,
        &at("module.o"),
        &[&flags[..], &["--emit", "obj"]].concat(),
    )?;
    link(&at("module.o"), &at("linked"))?;
    for (_, args, code) in RUNS.iter().filter(|run| run.0 == name) {
        let outcomes = ["own", "linked"].map(|program| {
            let work = tempfile::tempdir()?;
            run(&at(program), args, work.path())
        });
        let [own, linked] = outcomes;
        let (own, linked) = (own?, linked?);
        ensure!(
            own.ends == Ends::Exit(*code),
            "{args:?}: {}: {}",
            own.ends,
            text(&own.stderr)
        );
        ensure!(
            linked.ends == own.ends,
            "{args:?}: linked by ld: {}: {}",
            linked.ends,
            text(&linked.stderr)
        );
        ensure!(
            linked.stdout == own.stdout,
            "{args:?}: other output: {}",
            text(&linked.stdout)
        );
        ensure!(
            linked.stderr == own.stderr,
            "{args:?}: other errors: {}",
            text(&linked.stderr)
        );
    }
    Ok(())
}
