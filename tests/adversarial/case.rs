//! A case: a variation of the base module, what the compiler takes it for, and what
//! becomes of it.

use crate::module::{self, Edit, NAMED, Named};
use anyhow::{Context, Result, ensure};
use harness::agree::{Compared, End, Seen};
use harness::run::Ends;
use harness::suite::with_tool;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;
use wasi_aot_compiler::{Facts, Options};

/// Start from [`CASE`].
#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub name: &'static str,
    pub edits: &'static [Edit<'static>],
    pub named: &'static [Named],
    /// What the compiler knows of the module, by default flags.
    pub knows: &'static [Fact],
    pub trusted: Trusted,
}

/// What the compiler knows of a module ([`Facts`]).
#[derive(Debug, Clone, Copy)]
pub enum Fact {
    NotGo,
    ResumePoints(usize),
    /// Functions that never return normally.
    NeverReturn(usize),
    Preemptible(bool),
    /// Dispatches that are removed, and all.
    Dispatches(usize, usize),
    /// Dispatches that are removed.
    Removed(usize),
    /// Calls before which loops give way.
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

/// What comes of trusted facts.
#[derive(Debug, Clone, Copy)]
pub enum Trusted {
    /// They hold, or aren't used.
    AsSpecified,
    /// They don't, and the program ends with this trap, in wasi-aot's words, where
    /// it should have gone on or ended otherwise. What it printed until then is right.
    Traps(&'static str),
    /// They don't, and the program prints the second text where the first would be
    /// right, and nothing else changes.
    Prints(&'static str, &'static str),
    /// They don't, and the program, which should have trapped, goes on, and prints
    /// this first.
    GoesOn(&'static str),
}

/// The dispatches of $sum and $guarded.
pub const BOTH: Fact = Fact::Dispatches(2, 2);

/// What is known of the base module.
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

/// Flags, and whether trusted facts are used with them.
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
        let facts = compared.facts(Options::default())?;
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

    fn judge(&self, seen: &Seen, specified: &Seen, trust: bool) -> Result<()> {
        let right = match self.trusted {
            Trusted::Traps(trap) if trust => {
                let end = End::by(trap)?;
                ensure!(specified.end != end, "the specification's end, too");
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
