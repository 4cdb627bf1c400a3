//! Veneers, for calls that one instruction can't reach: `BL` and `B` of aarch64 go 128 MiB
//! either way.
//!
//! **One place for veneers.** The image ends below 252 MiB ([`IMAGE_LIMIT`]), so all of it is
//! in reach of a place in the middle of the text section. At that place, between two
//! functions, lie the veneers, one for each function that is called from too far away. Such
//! a call goes to the veneer, and the veneer jumps to the function. It changes only x16,
//! which a veneer may change between caller and callee (AAPCS64, section 6.1.1), and in which
//! Cranelift keeps nothing across instructions.
//!
//! Veneers are in the object, because a linker can't put any into the middle of a section.
//! So [`crate::link`] and `ld` find every call between the module's own functions in reach.
//!
//! Invariant: if every call is in reach, the text section is byte for byte what it would be
//! without this module.

use crate::compile::{Code, Relocation, RelocationTarget, Unit, UnitKind};
use crate::symbol::Symbol;
use cranelift_codegen::binemit::Reloc;
use std::collections::{BTreeMap, BTreeSet};
use wasi_aot_contract::layout::{IMAGE_BASE, IMAGE_LIMIT};
use wasi_aot_contract::target::Arch;

/// The reach of aarch64's branch instructions, in bytes: a signed number of instructions in 26
/// bits.
const AARCH64_REACH: u64 = 1 << 27;

// Both ends of the image are in reach of its middle.
const _: () = assert!((IMAGE_LIMIT - IMAGE_BASE) / 2 < AARCH64_REACH);

/// `adrp x16, function`, `add x16, x16, :lo12:function`, `br x16` (Arm Architecture
/// Reference Manual, C6.2).
const VENEER: [u32; 3] = [0x9000_0010, 0x9100_0210, 0xd61f_0200];

/// Bytes of a veneer.
const SIZE: u32 = 4 * VENEER.len() as u32;

/// How far a call reaches, in bytes; `None` if it reaches all of the image.
pub(super) fn reach(arch: Arch) -> Option<u64> {
    match arch {
        Arch::X86_64 => None,
        Arch::Aarch64 => Some(AARCH64_REACH),
    }
}

/// The veneers of an object.
pub(super) struct Veneers {
    /// The veneers come before the function at this index.
    pub before: usize,
    pub unit: Unit,
    /// The offset in the unit of each function's veneer.
    offsets: BTreeMap<Symbol, u32>,
    distances: Distances,
}

/// Which functions are in reach of which calls, wherever the veneers are placed.
struct Distances {
    /// How far a call may go in a text section without veneers, in bytes.
    reach: u64,
    /// Where each function begins in a text section without veneers.
    starts: Vec<u64>,
    /// Where each function that can be called begins.
    called: BTreeMap<Symbol, u64>,
}

impl Veneers {
    /// Plans the veneers for functions in this order. `None` if every call is in reach.
    pub(super) fn plan(units: &[Unit], reach: u64) -> Option<Self> {
        let (starts, end) = starts(units);
        // The other half of `reach` is left for the module's read-only data, which lies
        // between the runtime and the code. The linker refuses a module with more.
        if end < reach / 2 {
            return None;
        }
        let distances = Distances::new(units, starts, reach);
        let mut far = BTreeSet::new();
        for (index, unit) in units.iter().enumerate() {
            let calls = calls(&unit.code).filter(|&call| !distances.is_near(index, call));
            far.extend(calls.map(|(_, symbol)| symbol));
        }
        let before = (0..units.len()).min_by_key(|&i| distances.starts[i].abs_diff(end / 2))?;
        (!far.is_empty()).then(|| Self {
            before,
            unit: Unit {
                kind: UnitKind::Veneers,
                name: UnitKind::Veneers.own_name(),
                code: code(&far),
            },
            offsets: far.into_iter().zip((0..).step_by(SIZE as usize)).collect(),
            distances,
        })
    }

    /// The offset of the veneer that a call must take, in the function at this index. `None`
    /// for a call that reaches its target, and for a relocation that isn't a call.
    pub(super) fn of(&self, index: usize, relocation: &Relocation) -> Option<u32> {
        let call = call(relocation)?;
        (!self.distances.is_near(index, call)).then(|| self.offsets[&call.1])
    }
}

impl Distances {
    fn new(units: &[Unit], starts: Vec<u64>, reach: u64) -> Self {
        let starting = units.iter().zip(&starts);
        let called = starting.filter_map(|(unit, &start)| Some((unit.kind.symbol()?, start)));
        let called = called.collect();
        // The most bytes that the veneers can take. The veneers move later functions by at
        // most this, so a call within the reduced reach stays in reach with the veneers
        // between.
        let targets = units.iter().flat_map(|unit| calls(&unit.code));
        let targets: BTreeSet<_> = targets.map(|(_, symbol)| symbol).collect();
        let alignment = units.iter().map(|unit| unit.code.alignment);
        let veneers =
            (targets.len() as u64 * u64::from(SIZE)).next_multiple_of(alignment.max().unwrap_or(1));
        Self {
            reach: reach.saturating_sub(veneers),
            starts,
            called,
        }
    }

    /// Whether a call in the function at this index reaches its target. A function of the
    /// runtime counts as out of reach, since it may be linked anywhere.
    fn is_near(&self, index: usize, (offset, target): (u32, Symbol)) -> bool {
        let site = self.starts[index] + u64::from(offset);
        let target = self.called.get(&target);
        target.is_some_and(|target| target.abs_diff(site) < self.reach)
    }
}

/// Where each function begins in a text section of these functions alone, and where that
/// section ends.
fn starts(units: &[Unit]) -> (Vec<u64>, u64) {
    let mut end = 0;
    let mut starts = Vec::with_capacity(units.len());
    for unit in units {
        let start = u64::next_multiple_of(end, unit.code.alignment);
        starts.push(start);
        end = start + unit.code.bytes.len() as u64;
    }
    (starts, end)
}

/// The calls of a function: their offsets and targets.
fn calls(code: &Code) -> impl Iterator<Item = (u32, Symbol)> {
    code.relocations.iter().filter_map(call)
}

fn call(relocation: &Relocation) -> Option<(u32, Symbol)> {
    match (relocation.kind, relocation.target) {
        (Reloc::Arm64Call, RelocationTarget::Symbol(symbol)) => Some((relocation.offset, symbol)),
        _ => None,
    }
}

/// A veneer for each function.
fn code(functions: &BTreeSet<Symbol>) -> Code {
    let veneer = VENEER.map(u32::to_le_bytes);
    let relocations = functions.iter().zip((0..).step_by(SIZE as usize));
    let relocations = relocations.flat_map(|(&symbol, offset)| {
        let kinds = [Reloc::Aarch64AdrPrelPgHi21, Reloc::Aarch64AddAbsLo12Nc];
        let offsets = [offset, offset + 4];
        kinds
            .into_iter()
            .zip(offsets)
            .map(move |(kind, offset)| Relocation {
                offset,
                kind,
                target: RelocationTarget::Symbol(symbol),
                addend: 0,
            })
    });
    let bytes = veneer.as_flattened().repeat(functions.len());
    Code::from_bytes(bytes, 4, relocations.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(size: usize, alignment: u64, calls: &[(u32, Symbol)]) -> Code {
        let relocations = calls.iter().map(|&(offset, symbol)| Relocation {
            offset,
            kind: Reloc::Arm64Call,
            target: RelocationTarget::Symbol(symbol),
            addend: 0,
        });
        Code::from_bytes(vec![0; size], alignment, relocations.collect())
    }

    fn placed(functions: impl IntoIterator<Item = Code>) -> Vec<Unit> {
        let unit = |(index, code)| Unit {
            kind: UnitKind::Body(index),
            name: String::new(),
            code,
        };
        (0..).zip(functions).map(unit).collect()
    }

    /// The same code again.
    fn copy(unit: &Unit) -> Unit {
        let Code {
            bytes, relocations, ..
        } = &unit.code;
        let relocations = relocations.iter().map(|r| Relocation { ..*r });
        let (bytes, alignment) = (bytes.clone(), unit.code.alignment);
        Unit {
            kind: unit.kind,
            name: String::new(),
            code: Code::from_bytes(bytes, alignment, relocations.collect()),
        }
    }

    /// The distance of each call to its function or veneer, in a text section with the
    /// veneers. Also checks that each veneer jumps to its call's function.
    fn distances(functions: &[Unit], veneers: &Veneers) -> Vec<u64> {
        let mut section: Vec<Unit> = functions.iter().map(copy).collect();
        section.insert(veneers.before, copy(&veneers.unit));
        let (starts, _) = starts(&section);
        let after = Distances::new(&section, starts, 0);
        let mut all = Vec::new();
        for (index, unit) in functions.iter().enumerate() {
            let start = after.starts[index + usize::from(index >= veneers.before)];
            for relocation in &unit.code.relocations {
                let (offset, symbol) = call(relocation).unwrap();
                let target = match veneers.of(index, relocation) {
                    Some(veneer) => {
                        let of = |r: &&Relocation| r.offset / SIZE == veneer / SIZE;
                        let behind = veneers.unit.code.relocations.iter().filter(of);
                        let targets = behind.map(|r| r.target);
                        assert!(targets.clone().count() == 2);
                        for target in targets {
                            assert!(matches!(target, RelocationTarget::Symbol(s) if s == symbol));
                        }
                        after.starts[veneers.before] + u64::from(veneer)
                    }
                    None => after.called[&symbol],
                };
                all.push(target.abs_diff(start + u64::from(offset)));
            }
        }
        all
    }

    #[test]
    fn what_is_in_reach_needs_none() {
        let calls = [(0, Symbol::Function(1)), (4, Symbol::Memmove)];
        let functions = [function(200, 4, &calls), function(200, 4, &calls)];
        assert!(Veneers::plan(&placed(functions), 1000).is_none());
        let calls = &calls[..1];
        let functions = [function(300, 4, calls), function(300, 4, calls)];
        assert!(Veneers::plan(&placed(functions), 1000).is_none());
        assert!(Veneers::plan(&[], 1000).is_none());
    }

    /// If the text section is longer than half the reach, the runtime's functions count as out
    /// of reach.
    #[test]
    fn functions_of_the_runtime_get_one() {
        let functions = [
            function(300, 4, &[(8, Symbol::Memmove)]),
            function(300, 4, &[(8, Symbol::Function(0))]),
        ];
        let functions = placed(functions);
        let veneers = Veneers::plan(&functions, 1000).unwrap();
        let calls = functions.iter().map(|f| &f.code.relocations[0]);
        let found: Vec<_> = (0..)
            .zip(calls)
            .map(|(index, call)| veneers.of(index, call))
            .collect();
        assert_eq!(found, [Some(0), None]);
    }

    #[test]
    fn every_call_arrives() {
        // Knuth's MMIX generator; its upper bits are the good ones.
        let mut state = 1_u64;
        let mut below = |end: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % end
        };
        let mut needed = 0;
        for _ in 0..500 {
            let count = 2 + below(40);
            let functions: Vec<_> = (0..count)
                .map(|_| {
                    let words = 1 + below(200);
                    let calls: Vec<_> = (0..below(6))
                        .map(|_| {
                            let target = Symbol::Function(below(count) as u32);
                            ((below(words) * 4) as u32, target)
                        })
                        .collect();
                    function(words as usize * 4, 4 << below(4), &calls)
                })
                .collect();
            let functions = placed(functions);
            let (_, end) = starts(&functions);
            // More than half the section, since a function in the middle and the veneers take
            // part of the reach.
            let reach = end / 2 + 800 + 12 * count + 64;
            if let Some(veneers) = Veneers::plan(&functions, reach) {
                needed += 1;
                for distance in distances(&functions, &veneers) {
                    assert!(distance < reach, "{distance} of {reach}");
                }
            }
        }
        assert!(needed > 100, "only {needed}");
    }
}
