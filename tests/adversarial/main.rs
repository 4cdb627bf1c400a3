//! What happens to a module that looks like Go's and isn't? A fact that the compiler verifies
//! must make no difference. A fact that it trusts (`go/` in the compiler says which) may be
//! wrong; then only the guest's own results may change.
//!
//! Each case is a variation of one module in Go's calling convention ([`module`]), to which
//! all of the compiler's knowledge of Go applies: each case says which facts a build must
//! know ([`case::Fact`]). The module prints what it computes and, at its end, a hash of its
//! memory. It is built with all knowledge, at -O0, with verified facts alone, and without any
//! knowledge. Each executable must do what the module does under wasmtime. Cases in which a
//! trusted fact is wrong say what happens instead ([`case::Trusted`]).

mod bytes;
mod case;
mod dispatch;
mod entries;
mod giving_way;
mod modes;
mod module;
mod noreturn;
mod preempt;
mod quitting;
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
        ("modes", modes::CASES),
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
    trials.extend(quitting::trials(&tool));
    trials.push(modes::trial(&tool));
    harness::main(trials)
}
