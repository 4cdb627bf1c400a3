//! Makes a golden module one that Go's linker could have made: with the function table and
//! pclntab, the two by which the compiler recognises Go's functions.
//!
//! Functions of the source whose line begins with `  (func $NAME` are Go's, in order, and
//! NAME is what pclntab calls them; others must come behind them. `@NAME` stands for a
//! function's PC_F, `@NAME:PC_B` for a return address. pclntab says of each function that it
//! has no arguments, maps of its pointers, and no unsafe points; where a line begins with
//! `  ;; frame NAME`, the bytes of its arguments and results and of its frame follow. The source
//! has a memory of a page; pclntab is in its second half.

use std::fmt::Write;

/// PC_F of the first function (`funcValueOffset` in `cmd/link/internal/wasm/asm.go`).
const FIRST_PC_F: usize = 0x1000;

/// Address of pclntab.
const PCLNTAB: usize = 0x8000;

/// Words of what pclntab says of a function: `_func` in `runtime/runtime2.go`, and the
/// offsets of data behind it.
const RECORD: usize = 13;

/// Bytes of what pclntab says of the size of a frame.
const FRAME: usize = 4;

/// The module's text with what the linker adds.
pub fn linked(source: &str) -> String {
    let names: Vec<&str> = source
        .lines()
        .filter_map(|line| line.strip_prefix("  (func $"))
        .map(|rest| rest.split([' ', ')']).next().unwrap())
        .collect();
    let (module, end) = source.split_at(source.rfind(')').unwrap());
    let module = with_addresses(module, &names);
    let size = FIRST_PC_F + names.len();
    let elements = names.join(" $");
    let table = format!("(table {size} funcref) (elem (i32.const {FIRST_PC_F}) func ${elements})");
    let mut text = format!("{module}\n{table} (data (i32.const {PCLNTAB}) \"");
    for byte in pclntab(&names, &frames(source)) {
        write!(text, "\\{byte:02x}").unwrap();
    }
    text + "\")" + end
}

/// Puts numbers in place of `@NAME:PC_B` and `@NAME`.
fn with_addresses(text: &str, names: &[&str]) -> String {
    let mut parts = text.split('@');
    let mut out = parts.next().unwrap().to_string();
    for part in parts {
        let (name, rest) = part.split_at(part.find([')', ' ']).unwrap());
        let (name, pc_b) = name.split_once(':').unwrap_or((name, ""));
        let place = names.iter().position(|&n| n == name);
        let pc_f = FIRST_PC_F + place.unwrap_or_else(|| panic!("no function {name}"));
        let number = match pc_b {
            "" => pc_f,
            pc_b => pc_f << 16 | pc_b.parse::<usize>().unwrap(),
        };
        write!(out, "{number}{rest}").unwrap();
    }
    out
}

/// What the source says of frames: a function, bytes of arguments and results, bytes of the frame.
fn frames(source: &str) -> Vec<(&str, usize, u8)> {
    let lines = (source.lines()).filter_map(|line| line.strip_prefix("  ;; frame "));
    let frame = |line: &'_ str| -> Option<(usize, u8)> {
        let (arguments, frame) = line.split_once(' ')?;
        Some((arguments.parse().ok()?, frame.parse().ok()?))
    };
    lines
        .map(|line| {
            let (name, sizes) = line.split_once(' ').unwrap();
            let (arguments, frame) = frame(sizes).unwrap();
            (name, arguments, frame)
        })
        .collect()
}

/// The form of Go 1.26 and later (`compiler/src/go/pclntab.rs`).
fn pclntab(functions: &[&str], frames: &[(&str, usize, u8)]) -> Vec<u8> {
    let mut names = vec![0];
    let mut offsets = Vec::new();
    for name in functions {
        offsets.push(names.len());
        names.extend_from_slice(name.as_bytes());
        names.push(0);
    }
    names.resize(names.len().next_multiple_of(8), 0);
    let names_at = 72;
    let pcln_at = names_at + names.len();
    let pctab_at = pcln_at + functions.len() * (8 + 4 * RECORD);
    let mut table = vec![0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8];
    for word in [functions.len(), 0, 0, names_at, 0, 0, pctab_at, pcln_at] {
        table.extend((word as u64).to_le_bytes());
    }
    table.extend(names);
    let mut half = |value: usize| table.extend((value as u32).to_le_bytes());
    for index in 0..functions.len() {
        half(FIRST_PC_F + index);
        half(8 * functions.len() + 4 * RECORD * index);
    }
    for (index, name) in offsets.into_iter().enumerate() {
        let place = frames.iter().position(|frame| frame.0 == functions[index]);
        let arguments = place.map_or(0, |place| frames[place].1);
        let head = [FIRST_PC_F + index, name, arguments, 0];
        // No other values by PC; data of two kinds, the maps of arguments and locals.
        let sizes = place.map_or(0, |place| 1 + FRAME * place);
        let data = [sizes, 0, 0, 0, 0, 0, 2 << 24, 0, 0];
        head.into_iter().chain(data).for_each(&mut half);
    }
    table.push(0);
    for &(_, _, frame) in frames {
        // Values begin at -1, and a difference has its sign in the lowest bit. Up to PC_B 99.
        let difference = 2 * (u32::from(frame) + 1);
        let (low, high) = (difference & 0x7f | 0x80, difference >> 7);
        table.extend([low as u8, high as u8, 100, 0]);
    }
    // Go's data goes on behind the table; zeroes at its end would be left out.
    table.push(0xff);
    table
}
