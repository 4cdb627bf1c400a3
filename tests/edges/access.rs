//! Do loads and stores work across pages and at the end of memory, and trap beyond?
//! Unaligned accesses of every width, the last bytes of memory, and static offsets around
//! the largest offset without a bounds check (`MAX_UNCHECKED_OFFSET` in
//! `contract/src/layout.rs`) and near 2^32.
//!
//! A store that ends beyond memory must write nothing. These programs can't show that,
//! because the trap ends the process; [`crate::sweep`] does. Memory ends at a page of the
//! processor, which writes all bytes of a store or faults.

use harness::agree::{self, Program};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;
use wasi_aot_contract::layout::MAX_UNCHECKED_OFFSET;

const OUT: &str = "out of bounds memory access";

/// (store, loads of the same width, bytes of the width). A load is (name, whether it extends
/// the sign, bits of the result).
type Access = (&'static str, &'static [(&'static str, bool, u32)], u64);

const ACCESSES: &[Access] = &[
    (
        "i32.store8",
        &[("i32.load8_s", true, 32), ("i32.load8_u", false, 32)],
        1,
    ),
    (
        "i32.store16",
        &[("i32.load16_s", true, 32), ("i32.load16_u", false, 32)],
        2,
    ),
    ("i32.store", &[("i32.load", false, 32)], 4),
    (
        "i64.store8",
        &[("i64.load8_s", true, 64), ("i64.load8_u", false, 64)],
        1,
    ),
    (
        "i64.store16",
        &[("i64.load16_s", true, 64), ("i64.load16_u", false, 64)],
        2,
    ),
    (
        "i64.store32",
        &[("i64.load32_s", true, 64), ("i64.load32_u", false, 64)],
        4,
    ),
    ("i64.store", &[("i64.load", false, 64)], 8),
];

/// All bytes differ, and the sign bit is set at each width.
const PATTERN: u64 = 0x8fae_cdec_8bba_a998;

/// The result of a load after a store of `PATTERN`.
fn loaded(bytes: u64, signed: bool, bits: u32) -> u64 {
    let unused = 64 - 8 * bytes;
    let value = PATTERN << unused;
    let value = if signed {
        (value.cast_signed() >> unused).cast_unsigned()
    } else {
        value >> unused
    };
    if bits == 32 {
        value & 0xffff_ffff
    } else {
        value
    }
}

/// Stores and loads at `places`: index and static offset of each.
fn round_trips(places: impl Fn(u64) -> Vec<(u64, u64)>) -> (String, Vec<u64>) {
    let (mut body, mut prints) = (String::new(), Vec::new());
    for (store, loads, bytes) in ACCESSES {
        let int = &store[..3];
        let value = if int == "i32" {
            PATTERN & 0xffff_ffff
        } else {
            PATTERN
        };
        for (index, offset) in places(*bytes) {
            body += &format!("({store} offset={offset} (i32.const {index}) ({int}.const {value}))");
            for &(load, signed, bits) in *loads {
                let print = if bits == 32 { "$show" } else { "$print" };
                body += &format!("(call {print} ({load} offset={offset} (i32.const {index})))\n");
                prints.push(loaded(*bytes, signed, bits));
            }
        }
    }
    (body, prints)
}

/// One program for each access that ends one byte beyond `size`.
fn just_outside(name: &str, before: &str, size: u64, offset: u64) -> Vec<Program> {
    let mut programs = Vec::new();
    for (store, loads, bytes) in ACCESSES {
        let int = &store[..3];
        let index = size - bytes + 1 - offset;
        if index > u64::from(u32::MAX) {
            // An index alone can't be beyond 4 GiB.
            continue;
        }
        let load = loads[0].0;
        let accesses = [
            (
                load,
                format!("(drop ({load} offset={offset} (i32.const {index})))"),
            ),
            (
                *store,
                format!("({store} offset={offset} (i32.const {index}) ({int}.const -1))"),
            ),
        ];
        for (operator, access) in accesses {
            let body =
                format!("{before} (call $show (i32.const 7)) {access} (call $show (i32.const 8))");
            programs.push(Program::printing(
                &format!("{operator} {name}"),
                &body,
                &[7],
                OUT,
            ));
        }
    }
    programs
}

const ALL_4_GIB: &str = "(drop (memory.grow (i32.const 65535)))";

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let (body, prints) = round_trips(|bytes| {
        let boundaries = [4096, 65536, 61440];
        let starts = boundaries
            .iter()
            .flat_map(|&b| (0..=bytes).map(move |back| b - back));
        starts
            .map(|start| (start, 0))
            .chain([(131_072 - bytes, 0)])
            .collect()
    });
    let across =
        Program::printing("across pages, and the last bytes", &body, &prints, "").memory("2");
    let limits = [
        MAX_UNCHECKED_OFFSET - 1,
        MAX_UNCHECKED_OFFSET,
        MAX_UNCHECKED_OFFSET + 1,
        0xffff_fff0,
    ];
    let (body, prints) = round_trips(|bytes| {
        let last = |offset: u64| ((1 << 32) - bytes - offset, offset);
        let mut places: Vec<_> = limits.map(last).into();
        places.extend([
            (0, (1 << 32) - bytes),
            (0, MAX_UNCHECKED_OFFSET),
            (0, MAX_UNCHECKED_OFFSET + 1),
        ]);
        places
    });
    let far = Program::printing(
        "the last bytes of 4 GiB",
        &format!("{ALL_4_GIB} {body}"),
        &prints,
        "",
    );
    let mut programs = vec![across, far];
    programs.extend(just_outside("one byte behind a page", "", 65536, 0));
    programs.extend(just_outside(
        "one byte behind, by offset 65528",
        "",
        65536,
        65528,
    ));
    for offset in [0].into_iter().chain(limits) {
        let name = format!("one byte behind 4 GiB, offset {offset:#x}");
        programs.extend(just_outside(&name, ALL_4_GIB, 1 << 32, offset));
    }
    for (index, offset) in [
        (1u32, 0xffff_ffffu32),
        (u32::MAX, u32::MAX),
        (u32::MAX, 1),
        (u32::MAX, 0x4000_0000),
        (0, 0xffff_ffff),
    ] {
        let access = format!("(drop (i32.load16_u offset={offset} (i32.const {index})))");
        let body = format!("{ALL_4_GIB} (call $show (i32.const 7)) {access}");
        programs.push(Program::printing(
            &format!("index {index:#x} and offset {offset:#x}"),
            &body,
            &[7],
            OUT,
        ));
    }
    agree::trials("access", programs, tool)
}
