//! Modules that look like Go's and aren't: the facts that the compiler verifies
//! make no difference to them, and where a fact that it trusts (`go/` in the
//! compiler says which) is wrong, nothing but the guest's own doing changes.
//!
//! Each case is a variation of one module in Go's calling convention
//! ([`module`]), so that all that the compiler knows of Go's is at work: each
//! case says which facts a build must know ([`case::Fact`]). The module prints what it computes and, at the end, a hash of
//! its memory. It is built with all knowledge, at -O0, with verified facts alone, and
//! with none, and must do the same as under wasmtime; the cases that fool a trusted
//! fact say what happens instead ([`case::Trusted`]).

mod bytes;
mod case;
mod dispatch;
mod entries;
mod giving_way;
mod module;
mod noreturn;
mod preempt;
mod sp;
mod tables;

use harness::tool::Tool;
use std::sync::Arc;

fn main() -> anyhow::Result<()> {
    let tool = Arc::new(Tool::new()?);
    let groups = [
        ("dispatch", dispatch::CASES),
        ("entries", entries::CASES),
        ("giving way", giving_way::CASES),
        ("sp", sp::CASES),
        ("tables", tables::CASES),
        ("no return", noreturn::CASES),
    ];
    let mut trials: Vec<_> = groups
        .iter()
        .flat_map(|(group, cases)| case::trials(group, cases, &tool))
        .collect();
    trials.extend(bytes::trials(&tool));
    trials.extend(preempt::trials(&tool));
    harness::main(trials)
}
