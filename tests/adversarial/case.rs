//! A case as data: a variation of the base module, the facts that the compiler knows of it,
//! and the program's behaviour if a trusted fact doesn't hold.

use crate::module::{self, Edit, NAMED, Named};
use anyhow::{Context, Result, ensure};
use harness::agree::{Compared, End, Seen};
use harness::passes;
use harness::run::Ends;
use harness::suite::with_tool;
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;
use wasi_aot_compiler::{Facts, Options};

/// A variation of the base module; start from [`CASE`].
#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub name: &'static str,
    pub edits: &'static [Edit<'static>],
    pub named: &'static [Named],
    /// The facts that a build with default flags knows of the module.
    pub knows: &'static [Fact],
    pub trusted: Trusted,
}

/// One fact that a build knows of a module ([`Facts`]).
#[derive(Debug, Clone, Copy)]
pub enum Fact {
    NotGo,
    ResumePoints(usize),
    /// Functions that never return normally.
    NeverReturn(usize),
    Preemptible(bool),
    /// The number of removed dispatches, and the number of all dispatches.
    Dispatches(usize, usize),
    /// The number of removed dispatches.
    Removed(usize),
    /// The number of calls before which loops give way.
    GivingWay(usize),
}

impl Fact {
    fn holds(self, facts: &Facts) -> bool {
        match self {
            Self::NotGo => !facts.is_go,
            Self::ResumePoints(points) => facts.resume_points == points,
            Self::NeverReturn(functions) => facts.never_return == functions,
            Self::Preemptible(preemptible) => facts.preemptible == preemptible,
            Self::Dispatches(removed, all) => {
                (facts.dispatches_removed, facts.dispatches) == (removed, all)
            }
            Self::Removed(removed) => facts.dispatches_removed == removed,
            Self::GivingWay(calls) => facts.giving_way == calls,
        }
    }
}

/// The effect of trusted facts.
#[derive(Debug, Clone, Copy)]
pub enum Trusted {
    /// No effect: the facts hold, or the compiler doesn't use them.
    AsSpecified,
    /// The program ends with this trap, in wasi-aot's words, although it should go on or end
    /// in another way. Its output up to the trap is right.
    Traps(&'static str),
    /// The same for linux/arm64, where a value of SP is an address; elsewhere no effect.
    TrapsOnArm64(&'static str),
    /// The program prints the second text. The first text would be right. Nothing else
    /// changes.
    Prints(&'static str, &'static str),
    /// The program should trap. Instead it goes on, and prints this text first.
    GoesOn(&'static str),
}

/// The dispatches of $sum and $guarded.
pub const BOTH: Fact = Fact::Dispatches(2, 2);

/// The facts that a build knows of the base module.
pub const BASE: &[Fact] = &[
    BOTH,
    Fact::ResumePoints(7),
    Fact::NeverReturn(3),
    Fact::Preemptible(true),
];

/// The base module.
pub const CASE: Case = Case {
    name: "",
    edits: &[],
    named: NAMED,
    knows: BASE,
    trusted: Trusted::AsSpecified,
};

/// (flags, whether a build with them uses trusted facts).
const WAYS: [(&[&str], bool); 4] = [
    (&[], true),
    (&["-O0"], true),
    (&["--no-go-trust"], false),
    (&["--no-go-opt"], false),
];

pub fn trials(group: &str, cases: &'static [Case], tool: &Arc<Tool>) -> Vec<Trial> {
    let one = |case: &'static Case| {
        with_tool(format!("{group}/{}", case.name), tool, |tool| {
            case.check(tool)
        })
    };
    cases.iter().map(one).collect()
}

impl Case {
    fn check(&self, tool: &Tool) -> Result<()> {
        let compared = Compared::new(&module::text(self.edits, self.named)?)?;
        let specified = &compared.reference;
        ensure!(!specified.stdout.is_empty(), "the program prints nothing");
        let facts = compared.facts(Options {
            verify: true,
            ..Options::default()
        })?;
        for fact in self.knows {
            ensure!(fact.holds(&facts), "not {fact:?}: {facts:?}");
        }
        for (flags, trust) in WAYS {
            let seen = compared.ours(tool, flags)?;
            self.judge(&seen, specified, trust)
                .with_context(|| flags.join(" "))?;
        }
        Ok(())
    }

    /// Whether what is trusted makes a difference on the target.
    fn has_effect(&self) -> bool {
        let is_arm64 = target::tested().name() == "linux/arm64";
        is_arm64 || !matches!(self.trusted, Trusted::TrapsOnArm64(_))
    }

    fn judge(&self, seen: &Seen, specified: &Seen, trust: bool) -> Result<()> {
        let right = match self.trusted {
            Trusted::Traps(trap) | Trusted::TrapsOnArm64(trap) if trust && self.has_effect() => {
                let end = End::by(trap)?;
                ensure!(specified.end != end, "the specification has the same end");
                seen.end == end && specified.stdout.starts_with(&seen.stdout)
            }
            Trusted::Prints(from, to) if trust => {
                let expected = specified.text();
                ensure!(
                    expected.matches(from).count() == 1,
                    "{from:?} in {expected}"
                );
                seen.end == specified.end && seen.text() == expected.replace(from, to)
            }
            Trusted::GoesOn(prints) if trust => {
                let expected = specified.text() + prints;
                let trapped = matches!(specified.end, End::Trap(_));
                ensure!(trapped, "specified: {:?}", specified.end);
                seen.end == End::Normal(Ends::Exit(0)) && seen.text().starts_with(&expected)
            }
            _ => seen == specified,
        };
        // Without a pass, fewer facts may have an effect.
        let right = right || (!passes::all_run() && seen == specified);
        ensure!(
            right,
            "{:?} after {:?}; specified: {:?} after {:?}",
            seen.end,
            seen.text(),
            specified.end,
            specified.text()
        );
        Ok(())
    }
}
