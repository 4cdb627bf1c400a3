//! The target `smith`: valid modules, and the same modules with some bytes changed.

use super::built;
use super::choices::options;
use arbitrary::{Arbitrary, Unstructured};
use std::sync::LazyLock;
use wasm_smith::{Config, Module};

/// The largest number of bytes that are changed in a module.
const CHANGES: u8 = 8;

/// Builds a valid module, and the module with changed bytes. The compiler must not call the valid
/// module invalid.
pub fn smith(data: &[u8]) {
    // Data that ends early gives no module.
    let _ = generated(&mut Unstructured::new(data));
}

fn generated(data: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let choices = data.arbitrary()?;
    let changes = match data.ratio(1, 2)? {
        true => data.int_in_range(1..=CHANGES)?,
        false => 0,
    };
    let changed: Vec<(u32, u8)> = (0..changes)
        .map(|_| Ok((data.arbitrary()?, data.arbitrary()?)))
        .collect::<arbitrary::Result<_>>()?;
    let config = config(data)?;
    let mut wasm = Module::new(config, data)?.to_bytes();
    for &(at, value) in &changed {
        let at = at as usize % wasm.len();
        wasm[at] = value;
    }
    if let Err(message) = built(&wasm, &options(choices)) {
        // Segments may be out of bounds, which instantiation would find.
        let fair = !message.starts_with("invalid") || message.contains("out of bounds");
        assert!(fair || changes > 0, "a valid module is refused: {message}");
    }
    Ok(())
}

/// The features of WebAssembly that a [`Module`] uses, by the fuzzer's choice. All of them belong
/// to version 2.0.
fn config(data: &mut Unstructured<'_>) -> arbitrary::Result<Config> {
    let mut config = Config::arbitrary(data)?;
    config.available_imports = Some(IMPORTS.clone());
    config.exports = Some(EXPORTS.clone());
    config.max_funcs = config.max_funcs.min(20);
    config.max_instructions = config.max_instructions.min(500);
    config.max_memories = config.max_memories.min(1);
    config.max_memory32_bytes = config.max_memory32_bytes.min(1 << 24);
    config.max_table_elements = config.max_table_elements.min(10_000);
    config.allow_start_export = true;
    config.allow_invalid_funcs = false;
    config.compact_imports_enabled = false;
    config.custom_descriptors_enabled = false;
    config.custom_page_sizes_enabled = false;
    config.exceptions_enabled = false;
    config.gc_enabled = false;
    config.memory64_enabled = false;
    config.relaxed_simd_enabled = false;
    config.shared_everything_threads_enabled = false;
    config.tail_call_enabled = false;
    config.threads_enabled = false;
    config.wide_arithmetic_enabled = false;
    Ok(config)
}

/// The binary form of a module.
fn assembled(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("BUG: no text of a module")
}

/// A module with imports that a module may have.
static IMPORTS: LazyLock<Vec<u8>> = LazyLock::new(|| {
    assembled(
        r#"(module
            (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
            (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
            (import "wasi_snapshot_preview1" "fd_seek"
                (func (param i32 i64 i32 i32) (result i32))))"#,
    )
});

/// A module with the exports that a module must have.
static EXPORTS: LazyLock<Vec<u8>> =
    LazyLock::new(|| assembled(r#"(module (func (export "_start")))"#));
