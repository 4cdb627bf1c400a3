//! What the shim must know to preempt goroutines.
//!
//! Native Go has a thread (`sysmon`) that asks a goroutine which computes for long
//! to give way; on wasm there is no other thread, so nobody asks. Timers are late
//! then, and a garbage collection, whose worker waits for its turn, keeps the
//! write barriers on for as long as the goroutine computes. The shim asks in
//! sysmon's place, by the same store.
//!
//! Trusted facts: that global 2 is `g`, that `stackguard0` is where the functions'
//! prologues read it, that `stackPreempt` means what it meant since Go 1.5 (checks of large
//! frames take it for something else on wasm: [`super::stack_check`]). The
//! offsets of `g.m` and `m.g0` are read from `runtime.morestack`, which begins by
//! loading both (`runtime/asm_wasm.s`). A module that lies gets a word of its own
//! memory overwritten.

use super::pclntab::Pclntab;
use crate::module::{Function, Module};
use wasi_aot_contract::module::Preemption;
use wasmparser::{Operator, ValType};

/// The global that holds `g` (`cmd/link/internal/wasm/asm.go`, writeGlobalSec).
pub const G_GLOBAL: u32 = 2;

/// Offset of `stackguard0` in `g`, "known to cmd/internal/obj" (`preprocess` in
/// `cmd/internal/obj/wasm/wasmobj.go`: twice the size of a pointer).
pub const G_STACKGUARD0: u32 = 16;

/// `forcePreemptNS` in `runtime/proc.go` is 10 ms.
const INTERVAL_US: u32 = 10_000;

/// What [`Preemption`] says but the cell's address; `None` if the module doesn't
/// have what it takes.
#[must_use]
pub fn preemption(module: &Module<'_>, table: &Pclntab<'_>) -> Option<Preemption> {
    let g = module.globals.get(G_GLOBAL as usize)?;
    if g.ty != ValType::I64 || !g.mutable || g.exported {
        return None;
    }
    let morestack = table.functions().find(|f| f.name == "runtime.morestack")?;
    let (g_m, m_g0) = offsets(&module.functions[morestack.index])?;
    Some(Preemption {
        g_cell: 0,
        interval: INTERVAL_US,
        g_m,
        m_g0,
        g_stackguard0: G_STACKGUARD0,
    })
}

/// The offsets of `g.m` and `m.g0`, which are the first two loads of `morestack`.
fn offsets(morestack: &Function<'_>) -> Option<(u32, u32)> {
    let reader = morestack.body.get_operators_reader().ok()?;
    let operators: Vec<Operator<'_>> = reader.into_iter().collect::<Result<_, _>>().ok()?;
    let is_load = |op: &Operator<'_>| matches!(op, Operator::I64Load { .. });
    let first = operators.iter().position(is_load)?;
    match operators.get(first.checked_sub(2)?..first + 4)? {
        [
            Operator::GlobalGet {
                global_index: G_GLOBAL,
            },
            Operator::I32WrapI64,
            Operator::I64Load { memarg: g_m },
            Operator::LocalTee { .. },
            Operator::I32WrapI64,
            Operator::I64Load { memarg: m_g0 },
        ] => Some((
            u32::try_from(g_m.offset).ok()?,
            u32::try_from(m_g0.offset).ok()?,
        )),
        _ => None,
    }
}
