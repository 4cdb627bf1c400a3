//! Loops that call only functions without a stack check give way, too.
//!
//! A goroutine is told to give way by a value in `stackguard0` ([`super::preempt`]), which
//! functions find that compare SP with it first. A function with an empty frame doesn't,
//! nor does one that is marked nosplit, as atomics are, and a loop that calls nothing else
//! never gives way; native Go interrupts it by a signal. Here such loops get a poll: right
//! before a call, whose return address is stored already, `stackguard0` is compared with
//! that value, and if it is there, the goroutine does what a callee's stack check would
//! have done. The callee's beginning is pushed like a return address and `morestack` called,
//! which lets others run and then goes on there.
//!
//! - *Direct calls* get the comparison in front of them, as few as cut each loop.
//! - *Calls through the table* in loops go through a second table, whose entries for
//!   functions without a stack check compare first and then jump to the function. So they
//!   cost nothing where the callee has a check.
//! - Two functions that compare strings have no map of their arguments; a loop
//!   that calls nothing else gives way after they have returned.
//!
//! To the runtime this is nothing new: a goroutine stands at the beginning of a function, as
//! it does when its stack has to grow. Trusted facts:
//!
//! - The caller is one that native Go interrupts anywhere, at a place where it may
//!   (`PCDATA_UnsafePoint`): not package runtime and what is compiled with it, not nosplit
//!   functions, not between write barriers. There a goroutine can be preempted, or `newstack`
//!   lets it go on (`canPreemptM`); on wasip1 nothing sets `throwsplit` there.
//! - The callee has the map of its arguments that is right at its beginning ([`entries`]).
//!
//! A module that lies gets 8 bytes below SP overwritten, as by any call, and a function of its
//! own called. Where pclntab doesn't say what has to be known, there is no poll.

mod entries;
mod head;

pub use entries::Entry;

use super::pclntab::{Pclntab, UNSAFE_POINT};
use crate::module::Module;
use entries::Bodies;
use wasmparser::ValType;

/// The two functions, by index, that make room on a goroutine's stack, or let others run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Morestack {
    /// Keeps the closure's context.
    closure: u32,
    other: u32,
}

impl Morestack {
    /// `None` unless both are there and have the type of Go's functions.
    fn of(module: &Module<'_>, table: &Pclntab<'_>) -> Option<Self> {
        let named = |name| {
            let function = table.functions().find(|f| f.name == name)?;
            is_go_type(module, function.index).then(|| module.function_index(function.index))
        };
        Some(Self {
            closure: named("runtime.morestack")?,
            other: named("runtime.morestack_noctxt")?,
        })
    }

    fn is(self, function: u32) -> bool {
        [self.closure, self.other].contains(&function)
    }

    /// The one that keeps the closure's context, or the other.
    #[must_use]
    pub fn function(self, closure: bool) -> u32 {
        if closure { self.closure } else { self.other }
    }
}

/// Whether a defined function has the type of Go's functions.
pub(super) fn is_go_type(module: &Module<'_>, defined: usize) -> bool {
    let ty = &module.types[module.functions[defined].type_index as usize];
    ty.params() == [ValType::I32] && ty.results() == [ValType::I32]
}

/// What is known of the defined functions of a module.
pub struct Facts {
    entries: Vec<Entry>,
    /// Of each that may be preempted anywhere, `PCDATA_UnsafePoint`: ends and values.
    points: Vec<Option<Vec<(u32, i32)>>>,
    /// What is called to give way.
    pub morestack: Morestack,
    imports: u32,
}

impl Facts {
    /// Reads them off a module; `None` if it hasn't what it takes.
    #[must_use]
    pub fn of(module: &Module<'_>, table: &Pclntab<'_>) -> Option<Self> {
        let morestack = Morestack::of(module, table)?;
        let mut records = vec![None; module.functions.len()];
        for (function, record) in table.records() {
            if is_go_type(module, function.index) {
                records[function.index] = Some((function.name, record));
            }
        }
        let points = records.iter().zip(&module.functions).map(|(found, f)| {
            let (name, record) = found.as_ref()?;
            // No table is longer than the code that it is about.
            let most = f.body.as_bytes().len();
            let may = entries::may_be_preempted(name, record);
            may.then(|| record.pcdata(UNSAFE_POINT, most))?
        });
        let bodies = Bodies::of(module, morestack);
        Some(Self {
            points: points.collect(),
            entries: entries::entries(module, &bodies, &records),
            morestack,
            imports: module.import_count(),
        })
    }

    /// What a test says of a module without imports: how functions begin, and the unsafe points
    /// of the first one. The last two functions are `morestack` and `morestack_noctxt`.
    #[cfg(test)]
    pub fn told(entries: Vec<Entry>, points: Option<Vec<(u32, i32)>>) -> Self {
        let count = u32::try_from(entries.len()).expect("BUG: functions over 32 bits");
        Self {
            entries,
            points: vec![points],
            morestack: Morestack {
                closure: count - 2,
                other: count - 1,
            },
            imports: 0,
        }
    }

    /// The functions whose entries in the second table give way, by place among the
    /// defined ones.
    pub fn with_entries(&self) -> impl Iterator<Item = u32> + '_ {
        let entries = (0u32..).zip(&self.entries);
        entries
            .filter(|(_, entry)| matches!(entry, Entry::GivesWay { .. }))
            .map(|(index, _)| index)
    }

    /// What a caller of the function with this index can count on; `None` for an import.
    #[must_use]
    pub fn entry_of(&self, function: u32) -> Option<Entry> {
        let defined = function.checked_sub(self.imports)?;
        Some(self.entries[defined as usize])
    }

    /// `PCDATA_UnsafePoint` of the defined function `index`, ends and values, if it may be
    /// preempted anywhere.
    #[must_use]
    pub fn points_of(&self, index: usize) -> Option<&[(u32, i32)]> {
        self.points[index].as_deref()
    }
}
