//! Where the modes of new files and directories lie in frames.
//!
//! Go on wasip1 has modes up to `package syscall` (`fs_wasip1.go`), which leaves them out when it
//! calls preview 1. The imports are called in functions of their own, `syscall.path_open` and the
//! like, without a frame (`go:wasmimport`): while one of them runs, the return address lies at SP,
//! and above the caller's frame lie the caller's arguments, the mode among them. Go's compiler
//! leaves a slot of an argument alone that nothing assigns to.
//!
//! Verified: the return address is a constant that the caller's body stores before it calls the
//! function, so at that address the caller's frame has the size that pclntab says, by which
//! Go's runtime walks the stack. Trusted: a function with one of Go's names, and with arguments
//! of that size, has Go's arguments. If that is wrong, a file has other permission bits.

use super::pclntab::{FUNC_VALUE_OFFSET, Pclntab, Record};
use crate::module::Module;
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::Operator;

/// A call of an import's function, by a function that has a mode among its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    /// The return address that the call stores.
    pub returns_to: i64,
    /// Where the mode lies above the return address' place.
    pub slot: i32,
}

/// A function of Go's library with a mode: its name, bytes of its arguments and results, and
/// where among these the mode lies. `syscall.openat` is `Open` up to Go 1.23, and is inlined into
/// the others if a profile asks for that.
const CALLERS: [(&str, u32, u32); 5] = [
    ("syscall.Open", 56, 24),
    ("syscall.Openat", 64, 32),
    ("syscall.openat", 64, 32),
    ("syscall.Mkdir", 40, 16),
    ("internal/syscall/unix.Mkdirat", 48, 24),
];

/// The functions that call the imports.
const CALLEES: [&str; 3] = [
    "syscall.path_open",
    "syscall.path_create_directory",
    "internal/syscall/unix.path_create_directory",
];

/// Calls of one caller that are looked at: Go's have two.
const MOST_CALLS: usize = 8;

/// Sizes of one caller's frame that are looked at: a profile can bring many.
const MOST_SIZES: usize = 256;

/// The largest frame, far above any of Go's here.
const LARGEST_FRAME: u32 = 1 << 15;

/// The calls of each function that calls an import, by place among the defined ones.
#[must_use]
pub fn sites(module: &Module<'_>, table: &Pclntab<'_>) -> BTreeMap<usize, Vec<Site>> {
    let callees = table.functions().filter(|f| CALLEES.contains(&f.name));
    let callees: BTreeSet<usize> = callees.map(|f| f.index).collect();
    let mut found = BTreeMap::<usize, Vec<Site>>::new();
    for (name, arguments, mode) in CALLERS {
        let Some((caller, record)) = table.records().find(|(f, _)| f.name == name) else {
            continue;
        };
        if record.arguments() != Some(arguments) {
            continue;
        }
        for (callee, returns_to) in calls(module, caller.index, &callees) {
            if let Some(slot) = slot(&record, returns_to, mode) {
                let site = Site { returns_to, slot };
                found.entry(callee).or_default().push(site);
            }
        }
    }
    found
}

/// The direct calls of `callees` in a function's body, each with the return address in this
/// function that was stored last before the call; none if there are too many.
fn calls(module: &Module<'_>, caller: usize, callees: &BTreeSet<usize>) -> Vec<(usize, i64)> {
    let mut calls = Vec::new();
    let Ok(mut reader) = module.functions[caller].body.get_operators_reader() else {
        return calls;
    };
    let is_own = |value: i64| usize::try_from(value >> 16) == Ok(FUNC_VALUE_OFFSET + caller);
    let mut address = None;
    while let Ok(operator) = reader.read() {
        match operator {
            Operator::I64Const { value } if is_own(value) => address = Some(value),
            Operator::Call { function_index } => {
                let callee = module.defined(function_index).map(|callee| callee as usize);
                let callee = callee.filter(|callee| callees.contains(callee));
                calls.extend(callee.zip(address.take()));
                if calls.len() > MOST_CALLS {
                    return Vec::new();
                }
            }
            _ => {}
        }
    }
    calls
}

/// How far above the place of a return address the mode lies: above the callee's return address,
/// the caller's frame and the caller's own return address begin the caller's arguments.
fn slot(record: &Record<'_>, returns_to: i64, mode: u32) -> Option<i32> {
    let pc_b = u32::try_from(returns_to & 0xffff).ok()?;
    let frame = record.frame(pc_b, MOST_SIZES)?;
    let frame = (frame <= LARGEST_FRAME).then_some(frame)?;
    i32::try_from(8 + frame + 8 + mode).ok()
}
