//! The module that the cases vary: `base.wat` with the two parts that Go's linker would add:
//! a function table and pclntab. This file makes both from the module's functions.

use anyhow::{Result, ensure};
use harness::agree::prelude;
use std::fmt::Write;

/// PC_F of the first function (`funcValueOffset` in `cmd/link/internal/wasm/asm.go`).
const FIRST_PC_F: usize = 0x1000;

/// Address of pclntab.
const PCLNTAB: usize = 0x4000;

/// 32-bit words of a function's record in pclntab: `_func` in `runtime/runtime2.go`, and the
/// data after it.
const RECORD: usize = 13;

/// Bytes of what pclntab says of the size of a frame.
const FRAME: usize = 4;

/// (text in the module, replacement).
pub type Edit<'t> = (&'t str, &'t str);

/// An entry of pclntab: (function, its name in pclntab, its deferreturn).
pub type Named = (&'static str, &'static str, u32);

/// The entries of pclntab of the base module.
pub const NAMED: &[Named] = &[
    ("sum", "main.sum", 0),
    ("guarded", "main.guarded", 2),
    ("morestack", "runtime.morestack", 0),
];

/// What pclntab says of frames, by Go's names: bytes of arguments and results, and of the frame at
/// each PC_B up to 99.
const FRAMES: &[(&str, usize, u8)] = &[("syscall.Mkdir", 40, 48)];

/// Stands for the parts that the linker makes.
pub const LINKED: &str = "TABLE PCLNTAB";

/// The text of the base module with `edits` and with `named` as pclntab. The text of each
/// edit must occur once.
pub fn text(edits: &[Edit<'_>], named: &[Named]) -> Result<String> {
    let mut text = format!(
        "(module {} {} {LINKED})",
        prelude("1"),
        include_str!("base.wat")
    );
    for (from, to) in edits {
        let count = text.matches(from).count();
        ensure!(count == 1, "{from:?} is {count} times in the module");
        text = text.replace(from, to);
    }
    let functions = functions(&text);
    let text = text
        .replace("TABLE", &table(&functions))
        .replace("PCLNTAB", &pclntab(&functions, named)?);
    return_addresses(&text, &functions)
}

/// The functions with a body, in order.
fn functions(text: &str) -> Vec<String> {
    let starts = text
        .lines()
        .filter_map(|line| line.strip_prefix("  (func $"));
    let names = starts.map(|rest| rest.split([' ', ')']).next().unwrap_or_default());
    names.map(str::to_owned).collect()
}

fn pc_f(functions: &[String], name: &str) -> Result<usize> {
    let place = functions.iter().position(|function| function == name);
    ensure!(place.is_some(), "no function {name}");
    Ok(FIRST_PC_F + place.unwrap_or_default())
}

fn table(functions: &[String]) -> String {
    let len = FIRST_PC_F + functions.len();
    format!(
        "(table $functions {len} funcref) (elem (table $functions) (i32.const {FIRST_PC_F}) func ${})",
        functions.join(" $")
    )
}

/// The form of Go 1.26 and later (`compiler/src/go/pclntab.rs`).
fn pclntab(functions: &[String], named: &[Named]) -> Result<String> {
    let mut names = vec![0];
    let mut entries = Vec::new();
    for &(function, name, deferreturn) in named {
        let frame = FRAMES.iter().position(|frame| frame.0 == name);
        entries.push((pc_f(functions, function)?, names.len(), deferreturn, frame));
        names.extend_from_slice(name.as_bytes());
        names.push(0);
    }
    names.resize(names.len().next_multiple_of(8), 0);
    let names_at = 72;
    let pcln_at = names_at + names.len();
    let mut table = vec![0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8];
    let pctab_at = pcln_at + named.len() * (8 + 4 * RECORD);
    for word in [named.len(), 0, 0, names_at, 0, 0, pctab_at, pcln_at] {
        table.extend((word as u64).to_le_bytes());
    }
    table.extend(names);
    let mut half = |value: usize| table.extend((value as u32).to_le_bytes());
    for (i, (pc_f, ..)) in entries.iter().enumerate() {
        half(*pc_f);
        half(8 * entries.len() + 4 * RECORD * i);
    }
    for (pc_f, name, deferreturn, frame) in entries {
        let arguments = frame.map_or(0, |frame| FRAMES[frame].1);
        for word in [pc_f, name, arguments, deferreturn as usize] {
            half(word);
        }
        // No other tables of values by PC, and two funcdata: the maps of arguments and locals.
        let sizes = frame.map_or(0, |frame| 1 + FRAME * frame);
        for word in [sizes, 0, 0, 0, 0, 0, 2 << 24, 0, 0] {
            half(word);
        }
    }
    table.push(0);
    for &(_, _, frame) in FRAMES {
        // Values begin at -1, and a difference has its sign in the lowest bit.
        let difference = 2 * (u32::from(frame) + 1);
        let (low, high) = (difference & 0x7f | 0x80, difference >> 7);
        table.extend([low as u8, high as u8, 100, 0]);
    }
    // In Go's modules more data follows the table. Without more data, zeroes at the table's
    // end would be cut.
    table.push(0xff);
    let mut text = format!("(data (i32.const {PCLNTAB}) \"");
    for byte in table {
        write!(text, "\\{byte:02x}")?;
    }
    Ok(text + "\")")
}

/// Replaces `@function:pc_b` and `@function` by numbers.
fn return_addresses(text: &str, functions: &[String]) -> Result<String> {
    let mut parts = text.split('@');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find([')', ' ']).unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        match name.split_once(':') {
            Some((name, pc_b)) => {
                let address = pc_f(functions, name)? << 16 | pc_b.parse::<usize>()?;
                write!(out, "{address}")?;
            }
            None => write!(out, "{}", pc_f(functions, name)?)?,
        }
        out += rest;
    }
    Ok(out)
}
