//! Can a program do more than append to a file that is its standard output? It must not, by
//! any call, and with each fence alone.

use crate::support::{assemble, build, test, text};
use anyhow::{Result, ensure};
use harness::run::Run;
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs;
use std::sync::Arc;

/// A program that makes each call that would change a log without appending to it. Then it
/// writes the errnos as letters, `a` for 0.
const ATTACK: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_filestat_set_size" (func $size (param i32 i64) (result i32)))
    (import "wasi_snapshot_preview1" "fd_allocate" (func $allocate (param i32 i64 i64) (result i32)))
    (import "wasi_snapshot_preview1" "fd_filestat_set_times"
        (func $times (param i32 i64 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_pwrite"
        (func $pwrite (param i32 i32 i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_fdstat_set_flags" (func $flags (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 100) "FORGED")
    (global $next (mut i32) (i32.const 200))
    (func $note (param i32)
        (i32.store8 (global.get $next) (i32.add (local.get 0) (i32.const 97)))
        (global.set $next (i32.add (global.get $next) (i32.const 1))))
    (func (export "_start")
        (i32.store (i32.const 0) (i32.const 100)) (i32.store (i32.const 4) (i32.const 6))
        (call $note (call $size (i32.const 1) (i64.const 0)))
        (call $note (call $size (i32.const 1) (i64.const 10000)))
        (call $note (call $allocate (i32.const 1) (i64.const 0) (i64.const 1000000)))
        (call $note (call $times (i32.const 1) (i64.const 1) (i64.const 1) (i32.const 5)))
        (call $note (call $pwrite (i32.const 1) (i32.const 0) (i32.const 1) (i64.const 0) (i32.const 16)))
        (call $note (call $seek (i32.const 1) (i64.const 0) (i32.const 0) (i32.const 16)))
        (drop (call $flags (i32.const 1) (i32.const 0)))
        (i32.store (i32.const 0) (i32.const 200))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))"#;

/// The expected letters: NOTCAPABLE is 76, SPIPE is 70.
const ERRNOS: [u8; 6] = [76 + 97, 76 + 97, 76 + 97, 76 + 97, 70 + 97, 70 + 97];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let scripts = [
        (
            "appended to",
            "echo others > log; exec $RUN ./program >> log",
        ),
        ("shared", "{ echo others; exec $RUN ./program; } > log"),
        (
            "read and written",
            "echo others > log; { cat > /dev/null; exec $RUN ./program; } 0<> log 1>&0",
        ),
    ];
    let trial = |(name, script): (&str, &'static str)| {
        let name = format!("streams/a log that is {name}");
        test(&name, tool, move |tool| attack(tool, script))
    };
    scripts.into_iter().map(trial).collect()
}

fn attack(tool: &Tool, script: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = assemble(dir.path(), "m.wasm", ATTACK)?;
    let program = dir.path().join("program");
    for flags in [&[][..], &["--dir", "."], &["--no-harden"]] {
        build(tool, &module, &program, flags)?;
        let mut command = target::shell(script);
        command.current_dir(dir.path());
        let finished = Run::of(command).run()?;
        ensure!(finished.ends.is_success(), "{}", text(&finished.stderr));
        let log = fs::read(dir.path().join("log"))?;
        let expected = [&b"others\n"[..], &ERRNOS].concat();
        ensure!(log == expected, "{flags:?}: {log:?}");
        let age = fs::metadata(dir.path().join("log"))?
            .modified()?
            .elapsed()?;
        ensure!(age.as_secs() < 600, "backdated");
    }
    Ok(())
}
