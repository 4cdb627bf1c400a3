//! Do programs behave on full disks, with limits, and with files of more than 4 GiB?

use crate::support::{Program, ours, same, told};
use anyhow::{Result, ensure};
use harness::run::Run;
use harness::suite;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        same(tool, "disk/no space", &[], |program| {
            let Some(told) = mounted(program, "tmpfs -o size=2m,nr_inodes=12", "$APP fill")? else {
                return Ok(String::new());
            };
            let wanted = ["write ENOSPC true true", "Mkdir true ENOSPC"];
            ensure!(wanted.iter().all(|text| told.contains(text)), "{told}");
            Ok(told)
        }),
        suite::test("disk/no space to allocate", {
            let tool = Arc::clone(tool);
            move || allocate(&tool)
        }),
        same(
            tool,
            "disk/ulimit -f",
            &["EFBIG\nEFBIG EFBIG\n", "exit 0"],
            |program| {
                let script = program.script("ulimit -f 50; exec $APP limit");
                Ok(told(&Run::of(script).run()?))
            },
        ),
        same(
            tool,
            "disk/offsets beyond 4 GiB and 1 TiB",
            &[
                "ReadAt 6 \"across\" ok\nSeek 4294967296 ok",
                "os.Stat 1099511627783",
                "exit 0",
            ],
            |program| Ok(told(&program.run(&["big"])?)),
        ),
        // In this file system, positions in a directory are counts. Whoever goes back to a
        // position after a removal skips an entry.
        ours(
            tool,
            "disk/entries removed while a directory is read, in ramfs",
            |program| {
                let script = "mkdir d; cd d; seq 2000 | xargs touch; cd ..; $APP consume d";
                if let Some(told) = mounted(program, "ramfs", script)? {
                    ensure!(told.starts_with("2000 0 left 0 ok\n"), "{told}");
                }
                Ok(())
            },
        ),
    ]
}

/// A module that makes a file, allocates 100 MB for it, and exits with the errno. Go's library
/// has no function for that.
const ALLOCATE: &str = r#"(module
    (import "wasi_snapshot_preview1" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_allocate"
        (func $allocate (param i32 i64 i64) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "f")
    (func (export "_start")
        (if (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 1)
                (i64.const 0x140) (i64.const 0) (i32.const 0) (i32.const 8))
            (then unreachable))
        (call $exit (call $allocate
            (i32.load (i32.const 8)) (i64.const 0) (i64.const 100_000_000)))))"#;

fn allocate(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = dir.path().join("allocate.wasm");
    std::fs::write(&module, wat::parse_str(ALLOCATE)?)?;
    let path = tool.executable(&module, &["--dir".to_owned(), ".".to_owned()])?;
    let program = Program::of(path)?;
    if let Some(told) = mounted(&program, "tmpfs -o size=2m", "$APP")? {
        ensure!(told.contains("ends: exit 51"), "not ENOSPC: {told}");
    }
    Ok(())
}

/// Runs `script` in a fresh file system of this type with these options. `None` if this machine
/// allows no mounts, not even in a user namespace.
pub fn mounted(program: &Program, kind: &str, script: &str) -> Result<Option<String>> {
    let inside = |script: &str| {
        let mount = format!("mount -t {kind} none {}", program.dir().display());
        let script = format!(
            "{mount} && cd {} && {{ {script}; }}",
            program.dir().display()
        );
        let unshare = "exec unshare --user --map-root-user --mount sh -c";
        Run::of(program.script(&format!("{unshare} '{script}'")))
    };
    let probe = inside("true").run()?;
    if !probe.ends.is_success() {
        eprintln!(
            "SKIPPED: no mounts in a user namespace here: {}",
            String::from_utf8_lossy(&probe.stderr).trim()
        );
        return Ok(None);
    }
    Ok(Some(told(&inside(script).run()?)))
}
