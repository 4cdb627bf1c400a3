//! Do operators on ranges trap where a range ends beyond memory or beyond a table, also where
//! its end wraps around? And does endless recursion trap?

use anyhow::{Context, Result};
use harness::agree::{self, Compared, Program};
use harness::suite::with_tool;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;

const OUT: &str = "out of bounds memory access";
const TABLE: &str = "out of bounds table access";

const ALL_4_GIB: &str = "(drop (memory.grow (i32.const 65535)))";

/// Lengths for each way in which the compiler lowers a copy.
const LENGTHS: [usize; 14] = [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 127, 128, 129];

/// (name, operator and operands): traps in a memory of one page.
const OUTSIDE: &[(&str, &str)] = &[
    (
        "fill of a length of all ones",
        "(memory.fill (i32.const 0) (i32.const 0) (i32.const -1))",
    ),
    (
        "fill that wraps",
        "(memory.fill (i32.const -1) (i32.const 0) (i32.const 2))",
    ),
    (
        "fill of nothing behind the end",
        "(memory.fill (i32.const 65537) (i32.const 0) (i32.const 0))",
    ),
    (
        "short fill one byte behind",
        "(memory.fill (i32.const 65529) (i32.const 0) (i32.const 8))",
    ),
    (
        "short fill that wraps",
        "(memory.fill (i32.const -4) (i32.const 0) (i32.const 8))",
    ),
    (
        "copy to the end, one byte behind",
        "(memory.copy (i32.const 65408) (i32.const 0) (i32.const 129))",
    ),
    (
        "short copy to the end, one byte behind",
        "(memory.copy (i32.const 65409) (i32.const 0) (i32.const 128))",
    ),
    (
        "short copy from the end, one byte behind",
        "(memory.copy (i32.const 0) (i32.const 65409) (i32.const 128))",
    ),
    (
        "copy that wraps where it reads",
        "(memory.copy (i32.const 0) (i32.const -1) (i32.const 2))",
    ),
    (
        "copy that wraps where it writes",
        "(memory.copy (i32.const -64) (i32.const 0) (i32.const 128))",
    ),
    (
        "copy of 2 GiB and a byte",
        "(memory.copy (i32.const 0) (i32.const 0) (i32.const 0x80000001))",
    ),
    (
        "copy of nothing behind the end",
        "(memory.copy (i32.const 0) (i32.const 65537) (i32.const 0))",
    ),
];

const OUTSIDE_4_GIB: &[(&str, &str)] = &[
    (
        "fill one byte behind 4 GiB",
        "(memory.fill (i32.const 0xfffffff0) (i32.const 0) (i32.const 17))",
    ),
    (
        "fill of almost all from 2",
        "(memory.fill (i32.const 2) (i32.const 0) (i32.const -1))",
    ),
    (
        "copy one byte behind 4 GiB",
        "(memory.copy (i32.const 0) (i32.const 0xffffff00) (i32.const 257))",
    ),
    (
        "copy to one byte behind 4 GiB",
        "(memory.copy (i32.const 0xffffff00) (i32.const 0) (i32.const 257))",
    ),
    (
        "short copy across 4 GiB",
        "(memory.copy (i32.const 0xffffffc0) (i32.const 0) (i32.const 65))",
    ),
];

const TABLES: &[(&str, &str)] = &[
    ("table.get of -1", "(drop (table.get $t (i32.const -1)))"),
    (
        "table.get of its size",
        "(drop (table.get $t (i32.const 4)))",
    ),
    (
        "table.set of its size",
        "(table.set $t (i32.const 4) (ref.null func))",
    ),
    (
        "table.fill that wraps",
        "(table.fill $t (i32.const 1) (ref.null func) (i32.const -1))",
    ),
    (
        "table.fill of nothing behind the end",
        "(table.fill $t (i32.const 5) (ref.null func) (i32.const 0))",
    ),
    (
        "table.copy that wraps",
        "(table.copy $t $t (i32.const -1) (i32.const 0) (i32.const 2))",
    ),
    (
        "table.copy from what wraps",
        "(table.copy $t $t (i32.const 0) (i32.const 2) (i32.const -1))",
    ),
    (
        "table.init of more than there is",
        "(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 2))",
    ),
    (
        "table.init that wraps",
        "(table.init $t $e (i32.const 0) (i32.const -1) (i32.const 2))",
    ),
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let outside = |name: &str, before: &str, operation: &str, trap| {
        let body =
            format!("{before} (call $show (i32.const 7)) {operation} (call $show (i32.const 8))");
        Program::printing(name, &body, &[7], trap)
    };
    let mut programs = vec![copies(), at_the_ends(), far_apart(), table_growth()];
    programs.extend(OUTSIDE.iter().map(|(name, op)| outside(name, "", op, OUT)));
    programs.extend(
        OUTSIDE_4_GIB
            .iter()
            .map(|(name, op)| outside(name, ALL_4_GIB, op, OUT)),
    );
    programs.extend(TABLES.iter().map(|(name, op)| {
        outside(name, "", op, TABLE).with("(table $t 4 funcref) (elem $e func $print)")
    }));
    let mut trials = agree::trials("ranges", programs, tool);
    for (name, items) in RECURSIONS {
        let name = format!("stack/{name}");
        trials.push(with_tool(name, tool, |tool| overflows(tool, items)));
    }
    trials
}

/// Overlapping copies of each length, forwards and backwards, and fills. The expected memory
/// is computed here.
fn copies() -> Program {
    let mut memory: Vec<u8> = (0..=255).map(|i: u8| i.wrapping_mul(37) ^ 0x5a).collect();
    let escaped: String = memory.iter().map(|byte| format!("\\{byte:02x}")).collect();
    let (mut body, mut prints) = (String::new(), Vec::new());
    for (i, length) in LENGTHS.into_iter().enumerate() {
        for (to, from) in [(3 + i, 9), (70, 66 + i), (5, 5)] {
            body +=
                &format!("(memory.copy (i32.const {to}) (i32.const {from}) (i32.const {length}))");
            memory.copy_within(from..from + length, to);
        }
        let byte = 0xf0 | u8::try_from(i).unwrap_or_default();
        body += &format!(
            "(memory.fill (i32.const {}) (i32.const {}) (i32.const {length}))",
            100 + i,
            0x100 | u32::from(byte)
        );
        memory[100 + i..100 + i + length].fill(byte);
        for (at, word) in memory.chunks_exact(8).enumerate() {
            body += &format!("(call $print (i64.load (i32.const {})))\n", 8 * at);
            prints.push(u64::from_le_bytes(word.try_into().unwrap_or_default()));
        }
    }
    Program::printing("copies that overlap", &body, &prints, "")
        .with(&format!("(data (i32.const 0) \"{escaped}\")"))
}

fn at_the_ends() -> Program {
    Program::printing(
        "nothing at the very end, and the last bytes",
        "(memory.fill (i32.const 65536) (i32.const 1) (i32.const 0))
         (memory.copy (i32.const 65536) (i32.const 65536) (i32.const 0))
         (memory.fill (i32.const 65528) (i32.const 0x11) (i32.const 8))
         (memory.copy (i32.const 65407) (i32.const 65408) (i32.const 128))
         (call $print (i64.load (i32.const 65528))) (call $print (i64.load (i32.const 65527)))",
        &[0x1111_1111_1111_1111; 2],
        "",
    )
}

fn far_apart() -> Program {
    let body = format!(
        "{ALL_4_GIB}
         (memory.fill (i32.const 0x7ffffff0) (i32.const 0x22) (i32.const 0x20))
         (call $print (i64.load (i32.const 0x7ffffffc)))
         (memory.copy (i32.const 0xffffffe0) (i32.const 0x7ffffff0) (i32.const 0x20))
         (call $print (i64.load (i32.const -8))) (call $show (i32.load8_u (i32.const 0xffffffdf)))
         (memory.copy (i32.const 0) (i32.const 0xffffffff) (i32.const 1))
         (call $print (i64.load (i32.const 0)))
         (memory.fill (i32.const 0) (i32.const 0) (i32.const 4096))
         (memory.copy (i32.const 0xfffff000) (i32.const 0) (i32.const 4096))
         (call $print (i64.load (i32.const -8)))"
    );
    let twos = 0x2222_2222_2222_2222;
    Program::printing(
        "across 2 GiB and at 4 GiB",
        &body,
        &[twos, twos, 0, 0x22, 0],
        "",
    )
}

fn table_growth() -> Program {
    Program::printing(
        "table.grow to its maximum",
        "(call $show (table.grow $t (ref.null func) (i32.const -1)))
         (call $show (table.grow $t (ref.null func) (i32.const 5)))
         (call $show (table.grow $t (ref.func $print) (i32.const 4)))
         (call $show (table.grow $t (ref.null func) (i32.const 1)))
         (call $show (table.grow $t (ref.null func) (i32.const 0)))
         (call $show (ref.is_null (table.get $t (i32.const 7))))
         (call $show (table.size $t))",
        &[0xffff_ffff, 0xffff_ffff, 4, 0xffff_ffff, 8, 0, 8],
        "",
    )
    .with("(table $t 4 8 funcref) (elem declare func $print)")
}

/// (name, functions): `$deep` recurses without end. `LARGE` stands for [`large_frame`].
const RECURSIONS: &[(&str, &str)] = &[
    ("a small frame", "(func $deep (param i64) (result i64) (i64.add (call $deep (local.get 0)) (i64.const 1)))"),
    (
        "two functions through a table",
        "(type $f (func (param i64) (result i64))) (table funcref (elem $deep $other))
         (func $deep (type $f) (i64.add (call_indirect (type $f) (local.get 0) (i32.const 1)) (i64.const 1)))
         (func $other (type $f) (i64.mul (call_indirect (type $f) (local.get 0) (i32.const 0)) (i64.const 3)))",
    ),
    ("a frame over a page", "LARGE"),
];

/// A function with a frame of 16 KiB: 2048 values live across its call.
fn large_frame() -> String {
    let values = 2048;
    let pushes: String = (0..values)
        .map(|i| format!("(i64.load (i32.const {}))", 8 * i))
        .collect();
    let sum = "(i64.add)".repeat(values);
    format!("(func $deep (param i64) (result i64) {pushes} (call $deep (local.get 0)) {sum})")
}

fn overflows(tool: &Tool, items: &str) -> Result<()> {
    let items = if items == "LARGE" {
        large_frame()
    } else {
        items.to_owned()
    };
    let body = "(call $show (i32.const 7)) (call $print (call $deep (i64.const 1)))";
    let endless = Program::printing("", body, &[7], "native stack overflow").with(&items);
    let compared = Compared::new(&endless.text())?;
    endless
        .judge(&compared.reference)
        .context("under wasmtime")?;
    for level in ["-O0", "-O2", "--no-go-opt"] {
        for size in ["256KiB", "1MiB", "37MiB"] {
            let flags = ["--stack-size", size, level];
            let seen = compared.ours(tool, &flags)?;
            endless.judge(&seen).with_context(|| flags.join(" "))?;
        }
    }
    Ok(())
}
