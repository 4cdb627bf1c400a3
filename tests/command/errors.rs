//! What does a build say of input that it can't compile? It prints one line with the fault
//! and its place, and exits with 1. An existing output file stays as it was.

use crate::support::{assemble, guest, one_line, test};
use anyhow::{Result, ensure};
use harness::go::Goal;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A module that a build refuses.
struct Bad {
    name: &'static str,
    /// Writes the module below a directory.
    module: fn(&Path) -> Result<PathBuf>,
    flags: &'static [&'static str],
    says: &'static [&'static str],
}

const BAD: &[Bad] = &[
    Bad {
        name: "an empty file",
        module: |dir| bytes(dir, b""),
        flags: &[],
        says: &["an empty file", "GOOS=wasip1"],
    },
    Bad {
        name: "an executable",
        module: |_| Ok(std::env::current_exe()?),
        flags: &[],
        says: &["an ELF file, which is compiled already", "Go package"],
    },
    Bad {
        name: "a file that isn't WebAssembly",
        module: |dir| bytes(dir, b"#!/bin/sh\necho hello\n"),
        flags: &[],
        says: &["not a WebAssembly module", "GOOS=wasip1"],
    },
    Bad {
        name: "truncated in the header",
        module: |dir| bytes(dir, b"\0asm\x01\0"),
        flags: &[],
        says: &["truncated"],
    },
    Bad {
        name: "truncated in a section",
        module: |dir| {
            let whole = fs::read(guest("empty", Goal::Wasip1)?)?;
            bytes(dir, &whole[..whole.len() / 2])
        },
        flags: &[],
        says: &["truncated", "offset 0x"],
    },
    Bad {
        name: "an invalid module",
        module: |dir| {
            assemble(
                dir,
                "m.wasm",
                r#"(module (func (export "_start")) (func $broken (result i32) i64.const 1))"#,
            )
        },
        flags: &[],
        says: &["invalid", "broken", "offset 0x"],
    },
    Bad {
        name: "GOOS=js",
        module: |_| guest("empty", Goal::Js),
        flags: &[],
        says: &["built for GOOS=js; rebuild with GOOS=wasip1"],
    },
    Bad {
        name: "a component",
        module: |dir| assemble(dir, "m.wasm", "(component)"),
        flags: &[],
        says: &["component"],
    },
    Bad {
        name: "an unknown import",
        module: |dir| {
            let text = r#"(module (import "env" "mystery" (func (param i32) (result i64))) (func (export "_start")))"#;
            assemble(dir, "m.wasm", text)
        },
        flags: &[],
        says: &[
            "env.mystery",
            "a function (i32) -> (i64)",
            "--preload env=FILE",
        ],
    },
    Bad {
        name: "an unknown function of preview 1",
        module: |dir| {
            let text = r#"(module (import "wasi_snapshot_preview1" "fd_juggle" (func)) (func (export "_start")))"#;
            assemble(dir, "m.wasm", text)
        },
        flags: &[],
        says: &["wasi_snapshot_preview1", "fd_juggle"],
    },
    Bad {
        name: "an unknown function of wasi_aot_os_1",
        module: |dir| {
            let text =
                r#"(module (import "wasi_aot_os_1" "fd_read" (func)) (func (export "_start")))"#;
            assemble(dir, "m.wasm", text)
        },
        flags: &[],
        says: &[
            "import wasi_aot_os_1.fd_read",
            "build with the wasi-aot that the module was made for",
        ],
    },
    Bad {
        name: "an import of wasi_aot_os_1 with another signature",
        module: |dir| {
            let text =
                r#"(module (import "wasi_aot_os_1" "path_open" (func)) (func (export "_start")))"#;
            assemble(dir, "m.wasm", text)
        },
        flags: &[],
        says: &["wasi_aot_os_1.path_open", "wasi_aot_os_1 defines"],
    },
    Bad {
        name: "an import of another signature",
        module: |dir| {
            let text = r#"(module (import "wasi_snapshot_preview1" "fd_close" (func (param i64))) (func (export "_start")))"#;
            assemble(dir, "m.wasm", text)
        },
        flags: &[],
        says: &["fd_close", "i64"],
    },
    Bad {
        name: "a reactor",
        module: |_| guest("reactor", Goal::Reactor),
        flags: &[],
        says: &["_initialize", "not supported yet", "double"],
    },
    Bad {
        name: "no _start",
        module: |dir| assemble(dir, "m.wasm", r#"(module (func (export "main")))"#),
        flags: &[],
        says: &["_start"],
    },
    Bad {
        name: "a feature that is not lowered",
        module: |dir| {
            assemble(
                dir,
                "m.wasm",
                r#"(module (memory 1) (func (export "_start"))
                    (func $shared (drop (i32.atomic.load (i32.const 0)))))"#,
            )
        },
        flags: &[],
        says: &["(threads)", "not supported yet", "shared", "offset 0x"],
    },
    Bad {
        name: "tables too large to be written",
        module: |dir| {
            let text = r#"(module (table 9000000 funcref) (table 9000000 funcref)
                (func (export "_start") (table.copy 0 1 (i32.const 0) (i32.const 0) (i32.const 0))
                    (table.copy 1 0 (i32.const 0) (i32.const 0) (i32.const 0))))"#;
            assemble(dir, "m.wasm", text)
        },
        flags: &[],
        says: &["18000000 elements", "limit"],
    },
    Bad {
        name: "more memory than --max-memory",
        module: |dir| {
            assemble(
                dir,
                "m.wasm",
                r#"(module (memory 32) (func (export "_start")))"#,
            )
        },
        flags: &["--max-memory", "1MiB"],
        says: &["--max-memory"],
    },
    Bad {
        name: "no such file",
        module: |dir| Ok(dir.join("missing.wasm")),
        flags: &[],
        says: &["o such file"],
    },
];

fn bytes(dir: &Path, bytes: &[u8]) -> Result<PathBuf> {
    let path = dir.join("m.wasm");
    fs::write(&path, bytes)?;
    Ok(path)
}

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials: Vec<_> = BAD
        .iter()
        .map(|bad| {
            test(&format!("errors/{}", bad.name), tool, |tool| {
                refused(bad, tool)
            })
        })
        .collect();
    trials.push(test("errors/no directory for the output", tool, |tool| {
        let dir = tempfile::tempdir()?;
        let module = guest("empty", Goal::Wasip1)?;
        let output = dir.path().join("none/out");
        let built = tool.build(&module, &output, [""; 0])?;
        one_line(&built, 1, "wasi-aot: ", &["none/out"])
    }));
    trials
}

fn refused(bad: &Bad, tool: &Tool) -> Result<()> {
    let (inputs, outputs) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let module = (bad.module)(inputs.path())?;
    let output = outputs.path().join("out");
    fs::write(&output, "here before")?;
    let built = tool.build(&module, &output, bad.flags)?;
    one_line(
        &built,
        1,
        &format!("wasi-aot: {}: ", module.display()),
        bad.says,
    )?;
    ensure!(
        fs::read(&output)? == b"here before",
        "the output file was touched"
    );
    let left = fs::read_dir(outputs.path())?.count();
    ensure!(left == 1, "{left} files beside the output");
    Ok(())
}
