//! Does a damaged module ever make the compiler panic? A small module with all kinds of sections
//! is cut off at every byte, has each bit changed, and has numbers in longer encodings. Each
//! error must be one line.

use anyhow::{Result, ensure};
use harness::suite::test;
use libtest_mimic::Trial;
use wasi_aot_compiler::{Emit, OptLevel, Options};

pub fn trials() -> Vec<Trial> {
    vec![
        test("damage/cut off at every byte", cut_off),
        test("damage/every bit changed", bits),
        test("damage/every byte changed to the largest ones", bytes),
        test("damage/numbers in more bytes than they take", long_numbers),
    ]
}

const MODULE: &str = r#"(module
    (type $pair (func (param i32) (result i32 i64)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))
    (table $t 3 5 funcref)
    (table 2 externref)
    (memory (export "memory") 1 2)
    (global $sp (mut i32) (i32.const 4096))
    (global (export "g") f64 (f64.const 1.5))
    (global funcref (ref.func $pair))
    (export "table" (table $t))
    (start $begin)
    (elem (i32.const 1) func $pair $pair)
    (elem $passive func $pair $begin)
    (func $begin (memory.init $d (i32.const 1) (i32.const 0) (i32.const 2)) (data.drop $d))
    (func $pair (type $pair)
        (local $i i32) (local $x i64)
        (loop $again
            (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                (local.get 0))))
        (block $a (block $b (block $c (br_table $a $b $c (local.get $i)))
            (i64.store offset=300 (local.get $i) (i64.const -1))))
        (i32.load8_s (i32.const 3)) (i64.load32_u align=1 (i32.const 5)))
    (func $main (export "_start")
        (if (result i32) (i32.const 1) (then (i32.const 0)) (else (global.get $sp)))
        (call_indirect $t (type $pair) (i32.const 1))
        (drop) (drop)
        (table.init $t $passive (i32.const 0) (i32.const 0) (i32.const 1))
        (drop (table.grow $t (ref.null func) (i32.const 1)))
        (drop (i32.trunc_sat_f64_s (f64.sqrt (f64.const 2))))
        (memory.copy (i32.const 0) (i32.const 16) (i32.const 8))
        (drop (memory.grow (i32.const 1)))
        (call $exit (i32.const 0)))
    (data (i32.const 8) "hello")
    (data $d "passive"))"#;

fn module() -> Result<Vec<u8>> {
    Ok(wat::parse_str(MODULE)?)
}

/// Builds the module. An error must be one printable line.
fn built(wasm: &[u8], opt_level: OptLevel, what: &str) -> Result<Result<(), String>> {
    let options = Options {
        opt_level,
        emit: Emit::Exe,
        ..Options::default()
    };
    Ok(match wasi_aot_compiler::build(wasm, &options, &()) {
        Ok(_) => Ok(()),
        Err(error) => {
            let message = error.to_string();
            let one_line = !message.is_empty() && !message.contains(char::is_control);
            ensure!(one_line, "{what}: {message:?}");
            Err(message)
        }
    })
}

fn cut_off() -> Result<()> {
    let whole = module()?;
    ensure!(
        built(&whole, OptLevel::O2, "whole")?.is_ok(),
        "the module itself"
    );
    for length in 0..whole.len() {
        let what = format!("the first {length} bytes");
        let built = built(&whole[..length], OptLevel::O0, &what)?;
        // A module without the custom sections at its end is valid.
        let without = whole.len() - length <= names(&whole);
        ensure!(built.is_err() || without, "{what} are compiled");
    }
    Ok(())
}

/// The length of the name section, which `wat` puts at the end.
fn names(wasm: &[u8]) -> usize {
    let sections = wasmparser::Parser::new(0).parse_all(wasm);
    let custom = sections.filter_map(|payload| match payload {
        Ok(wasmparser::Payload::CustomSection(section)) => Some(section.range().start),
        _ => None,
    });
    // The section's own number and length come first.
    custom
        .map(|start| wasm.len() + 6 - start as usize)
        .max()
        .unwrap_or(0)
}

fn bits() -> Result<()> {
    let mut wasm = module()?;
    for at in 0..wasm.len() {
        for bit in 0..8 {
            wasm[at] ^= 1 << bit;
            let level = if bit % 2 == 0 {
                OptLevel::O0
            } else {
                OptLevel::O2
            };
            // Most changes are refused; some give another module.
            let _ = built(&wasm, level, &format!("byte {at}, bit {bit}"))?;
            wasm[at] ^= 1 << bit;
        }
    }
    Ok(())
}

fn bytes() -> Result<()> {
    let wasm = module()?;
    for at in 0..wasm.len() {
        for (count, value) in [(1, 0x7f), (1, 0xff), (4, 0xff), (5, 0x80)] {
            let mut changed = wasm.clone();
            let end = (at + count).min(wasm.len());
            changed[at..end].fill(value);
            let _ = built(&changed, OptLevel::O0, &format!("{count} from byte {at}"))?;
        }
    }
    Ok(())
}

/// The length of the first section, and a number in it, in longer encodings: five bytes are
/// valid; six bytes, and five bytes with more than 32 bits, are malformed.
fn long_numbers() -> Result<()> {
    let wasm = wat::parse_str(r#"(module (func (export "_start")))"#)?;
    ensure!(
        wasm[8..12] == [1, 4, 1, 0x60],
        "no type section of four bytes first"
    );
    let with = |length: &[u8], count: &[u8]| [&wasm[..9], length, count, &wasm[11..]].concat();
    let cases: [(&[u8], &[u8], bool); 6] = [
        (&[0x84, 0x80, 0x80, 0x80, 0], &[1], true),
        (&[0x84, 0x80, 0x80, 0x80, 0x80, 0], &[1], false),
        (&[0x84, 0x80, 0x80, 0x80, 0x10], &[1], false),
        (&[8], &[0x81, 0x80, 0x80, 0x80, 0], true),
        (&[9], &[0x81, 0x80, 0x80, 0x80, 0x80, 0], false),
        (&[8], &[0x81, 0x80, 0x80, 0x80, 0x10], false),
    ];
    for (length, count, fine) in cases {
        let what = format!("length {length:x?}, count {count:x?}");
        let built = built(&with(length, count), OptLevel::O2, &what)?;
        ensure!(built.is_ok() == fine, "{what}: {built:?}");
    }
    Ok(())
}
