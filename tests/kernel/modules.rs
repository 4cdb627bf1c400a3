//! Hand-written modules with code that Go's compiler doesn't emit.

use anyhow::{Context, Result};
use harness::tool::Tool;
use std::path::PathBuf;

/// A module, and its executable's message for a trap (exit code 134); no message means exit
/// code 0.
#[derive(Debug)]
pub struct Module {
    pub name: &'static str,
    text: &'static str,
    /// The module `other` that it imports from.
    other: Option<&'static str>,
    pub says: &'static str,
}

/// A module that opens the FIFO `fifo` for writing, and so waits for a reader.
pub const SLEEPER: &str = "sleeper";

const fn module(name: &'static str, text: &'static str, says: &'static str) -> Module {
    Module {
        name,
        text,
        other: None,
        says,
    }
}

pub const MODULES: &[Module] = &[
    module(
        "division by zero",
        r#"(memory 1) (func $f (export "_start")
             (drop (i32.div_s (i32.const 1) (i32.load (i32.const 0)))))"#,
        "trap: integer divide by zero in f",
    ),
    module(
        "division overflow",
        r#"(memory 1) (func $f (export "_start")
             (i32.store (i32.const 0) (i32.const -1))
             (drop (i32.div_s (i32.const 0x80000000) (i32.load (i32.const 0)))))"#,
        "trap: integer overflow in f",
    ),
    module(
        "unreachable",
        r#"(func $f (export "_start") unreachable)"#,
        "trap: unreachable in f",
    ),
    module(
        "past the end",
        r#"(memory 1) (func $f (export "_start")
             (drop (i32.load8_u (i32.const 0x10000))))"#,
        "out of bounds memory access at 0x10000 in f",
    ),
    module(
        "far past the end",
        r#"(memory 1) (func $f (export "_start")
             (i32.store (i32.const 0) (i32.const -1))
             (drop (i64.load offset=0x3fffffff (i32.load (i32.const 0)))))"#,
        "out of bounds memory access at 0x13ffffffe in f",
    ),
    module(
        "native stack overflow",
        r#"(func $f (export "_start") (call $g (i32.const 1)))
           (func $g (param i32) (call $g (local.get 0)) (call $g (local.get 0)))"#,
        "native stack overflow in g",
    ),
    // No data and no pages at the start, so the file's segment is empty.
    module(
        "growing from nothing",
        r#"(memory 0) (func $f (export "_start") (local $pages i32)
             (loop $grow
               (if (i32.ne (memory.grow (i32.const 1)) (local.get $pages)) (then unreachable))
               (local.set $pages (i32.add (local.get $pages) (i32.const 1)))
               (i32.store8 (i32.sub (i32.shl (local.get $pages) (i32.const 16)) (i32.const 1))
                 (i32.const 1))
               (br_if $grow (i32.lt_u (local.get $pages) (i32.const 300)))))"#,
        "",
    ),
    module(
        "a memory of zeroes",
        r#"(memory 3) (func $f (export "_start")
             (if (i32.load (i32.const 0x2fffc)) (then unreachable))
             (i32.store (i32.const 0x2fffc) (i32.const 1))
             (drop (i32.load8_u (i32.const 0x30000))))"#,
        "out of bounds memory access at 0x30000 in f",
    ),
    module(
        "4 GiB",
        r#"(memory 1) (func $f (export "_start")
             (if (i32.ne (memory.grow (i32.const 65535)) (i32.const 1)) (then unreachable))
             (i32.store (i32.const -4) (i32.const 1))
             (drop (i64.load (i32.const -4))))"#,
        "out of bounds memory access at 0x1000", // where exactly is the processor's choice
    ),
    module(
        "several memories",
        r#"(memory 1) (memory $one 1 3) (memory $two 0) (data (i32.const 4) "abcd")
           (func $f (export "_start")
             (drop (memory.grow $one (i32.const 1)))
             (drop (memory.grow $two (i32.const 2)))
             (memory.copy $one 0 (i32.const 131068) (i32.const 4) (i32.const 4))
             (i32.store $two (i32.const 0x1fffc) (i32.load $one (i32.const 131068)))
             (if (i32.ne (i32.load $two (i32.const 0x1fffc)) (i32.load (i32.const 4)))
               (then unreachable))
             (drop (i32.load8_u $one (i32.const 131072))))"#,
        "out of bounds memory access at 0x20000 of memory 1 in f",
    ),
    Module {
        other: Some(
            r#"(memory (export "m") 1) (global (export "g") i32 (i32.const 7))
               (func (export "double") (param i32) (result i32)
                 (i32.mul (local.get 0) (i32.load (i32.const 16))))
               (data (i32.const 16) "\02")"#,
        ),
        ..module(
            "a preload",
            r#"(import "other" "double" (func $double (param i32) (result i32)))
               (import "other" "m" (memory 1)) (import "other" "g" (global $g i32))
               (func $f (export "_start")
                 (if (i32.ne (call $double (global.get $g)) (i32.const 14)) (then unreachable))
                 (drop (i32.load (i32.const 0x10000))))"#,
            "out of bounds memory access at 0x10000 in f",
        )
    },
    module(
        SLEEPER,
        r#"(import "wasi_snapshot_preview1" "path_open"
             (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
           (memory (export "memory") 1) (data (i32.const 64) "fifo")
           (func (export "_start")
             (drop (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 4)
               (i32.const 0) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0))))"#,
        "",
    ),
];

/// The module with this name, if there is one.
pub fn named(name: &str) -> Option<&'static Module> {
    MODULES.iter().find(|module| module.name == name)
}

impl Module {
    /// Its executable for `flags`.
    pub fn executable(&self, tool: &Tool, mut flags: Vec<String>) -> Result<PathBuf> {
        let directory = tool.directory().join(self.name);
        std::fs::create_dir_all(&directory)?;
        let assemble = |name: &str, text: &str| -> Result<PathBuf> {
            let path = directory.join(name);
            let text = format!("(module {text})");
            let bytes = wat::parse_str(text).with_context(|| self.name)?;
            std::fs::write(&path, bytes)?;
            Ok(path)
        };
        if let Some(text) = self.other {
            let other = assemble("other.wasm", text)?;
            flags.extend(["--preload".into(), format!("other={}", other.display())]);
        }
        tool.executable(&assemble("module.wasm", self.text)?, &flags)
    }
}
