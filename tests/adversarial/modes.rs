//! Is a forged mode harmless? The compiler takes the mode of a new directory from where Go's frames
//! have it. A module can put any number there: it gets permissions, never another bit, less the
//! umask.

use crate::case::{CASE, Case, Trusted};
use crate::module::{self, Edit, Named};
use anyhow::{Result, ensure};
use harness::agree::{Compared, assemble, build};
use harness::run::{Ends, Run};
use harness::suite::with_tool;
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use wasi_aot_compiler::Options;

const IMPORT: Edit<'static> = (
    "(memory (export",
    "(import \"wasi_snapshot_preview1\" \"path_create_directory\"
    (func $path_create_directory (param i32 i32 i32) (result i32)))
  (memory (export",
);

const NAMED: &[Named] = &[
    ("sum", "main.sum", 0),
    ("guarded", "main.guarded", 2),
    ("morestack", "runtime.morestack", 0),
    ("wrap", "syscall.path_create_directory", 0),
    ("mkdir", "syscall.Mkdir", 0),
];

/// The function that calls the import, a caller by which it is known, and a forger: `$make` puts
/// any return address and any mode onto a stack. `$variant` does what is given.
macro_rules! variant {
    ($body:literal) => {
        (
            "(func $variant)",
            concat!(
                "(data (i32.const 3000) \"widenoneelsesum_\")
  (func $wrap (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (i64.store32 offset=32 (local.get 1) (i64.extend_i32_u (call $path_create_directory
      (i32.load offset=8 (local.get 1)) (i32.load offset=16 (local.get 1))
      (i32.load offset=24 (local.get 1)))))
    (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 8))))
    (i32.const 0))
  (func $mkdir (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 56))))
    (i64.store (local.get 1) (i64.const @mkdir:4))
    (call $wrap (i32.const 0)))
  (func $call (param $sp i32) (param $address i64) (param $name i32)
    (global.set 0 (local.get $sp))
    (i64.store (local.get $sp) (local.get $address))
    (i32.store offset=8 (local.get $sp) (i32.const 3))
    (i32.store offset=16 (local.get $sp) (local.get $name))
    (i32.store offset=24 (local.get $sp) (i32.const 4))
    (drop (call $wrap (i32.const 0)))
    ;; The errno depends on what a runtime has as descriptor 3 if nothing is granted.
    (i64.store offset=32 (local.get $sp) (i64.const 0))
    (call $print (i64.extend_i32_u (global.get 0))))
  (func $make (param $address i64) (param $name i32) (param $mode i32)
    (i32.store (i32.const 0x7050) (local.get $mode))
    (call $call (i32.const 0x7000) (local.get $address) (local.get $name)))
  (func $variant ",
                $body,
                ")"
            ),
        )
    };
}

const FORGED: &[Edit<'static>] = &[
    IMPORT,
    variant!(
        "(call $make (i64.const @mkdir:4) (i32.const 3000) (i32.const -1))
    (call $make (i64.const @mkdir:4) (i32.const 3004) (i32.const 0x0e00))
    (call $make (i64.const @mkdir:5) (i32.const 3008) (i32.const 0))
    (call $make (i64.const @sum:4) (i32.const 3012) (i32.const 0))"
    ),
];

/// What the forger's directories get under the umask 027: all permissions; none; and the usual ones,
/// where the return address is none of the known caller's calls.
const MADE: [(&str, u32); 4] = [
    ("wide", 0o750),
    ("none", 0),
    ("else", 0o750),
    ("sum_", 0o750),
];

pub const CASES: &[Case] = &[
    Case {
        name: "forged, and no directory is granted",
        edits: FORGED,
        named: NAMED,
        knows: &[],
        ..CASE
    },
    Case {
        name: "a caller's frame behind the end of memory",
        edits: &[
            IMPORT,
            variant!("(call $call (i32.const 65496) (i64.const @mkdir:4) (i32.const 3000))"),
        ],
        named: NAMED,
        knows: &[],
        trusted: Trusted::Traps("out of bounds memory access"),
    },
    Case {
        name: "no caller's frame behind the end of memory",
        edits: &[
            IMPORT,
            variant!("(call $call (i32.const 65496) (i64.const @sum:4) (i32.const 3000))"),
        ],
        named: NAMED,
        knows: &[],
        ..CASE
    },
];

pub fn trial(tool: &Arc<Tool>) -> Trial {
    with_tool("modes/forged permissions", tool, permissions)
}

fn permissions(tool: &Tool) -> Result<()> {
    let text = module::text(FORGED, NAMED)?;
    Compared::new(&text)?.facts(Options {
        verify: true,
        ..Options::default()
    })?;
    let directory = tempfile::tempdir()?;
    let module = assemble(directory.path(), &text)?;
    let program = directory.path().join("program");
    for (flags, trust) in [
        (&["--dir", "."][..], true),
        (&["--no-go-trust", "--dir", "."], false),
    ] {
        build(tool, &module, &program, flags)?;
        let work = tempfile::tempdir()?;
        let mut shell = target::shell("umask 027; exec $RUN \"$0\"");
        shell.arg(&program).current_dir(&work);
        let finished = Run::of(shell).run()?;
        ensure!(finished.ends == Ends::Exit(0), "{}", finished.ends);
        for (name, mode) in MADE {
            let expected = if trust { mode } else { 0o750 };
            let found = fs::metadata(work.path().join(name))?.permissions().mode() & 0o7777;
            ensure!(
                found == expected,
                "{flags:?}: {name} is {found:o}, not {expected:o}"
            );
        }
    }
    Ok(())
}
