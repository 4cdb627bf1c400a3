//! Runs a unit, and finds the outcome of each step.
//!
//! A run compares at most [`BATCH`] results, because the exit code names the first wrong
//! result. Each run repeats all earlier actions. A trap ends the process, so each action that
//! must trap has a run of its own. That run carries out the earlier actions, except those that
//! trap. This is exact if an action that traps changes nothing before its trap.
//!
//! An instantiation that must trap is the last step of an executable of its own. In executables
//! with later steps it is cut right before its trap: it keeps as many of its segments and its
//! start function, in order, as it can do without a trap. This is exact if a start function
//! that traps changes nothing before its trap.

use crate::driver::Plan;
use crate::executable::{End, Executable};
use crate::outcome::Outcome;
use crate::program::{self, Parts};
use crate::script::{Action, Step, Then, Unit, What};
use anyhow::Result;
use std::collections::BTreeMap;
use wasi_aot_compiler::internals::{Gaps, merge};
use wasi_aot_compiler::{Error, Options};

/// How many results one run compares. Higher exit codes mean something else.
const BATCH: usize = 100;

/// How often a unit is built again without an action that trapped.
const REBUILDS: usize = 8;

/// Carries out all actions but those that must trap, and compares nothing.
const THROUGH: Plan = Plan {
    from: Plan::NEVER,
    to: Plan::NEVER,
    trap: Plan::NEVER,
};

/// The outcomes of instantiations and actions, with their lines.
///
/// # Errors
/// If the tests can't be carried out.
pub fn run(unit: &Unit, options: &Options) -> Result<Vec<(usize, Outcome)>> {
    let mut outcomes: Vec<Option<Outcome>> = vec![None; unit.steps.len()];
    for (place, step) in unit.steps.iter().enumerate() {
        if let What::Unlinkable { wasm } = &step.what {
            outcomes[place] = Some(unlinkable(wasm, &unit.steps[..place])?);
        }
    }
    let others = |step: &Step| matches!(step.what, What::Instantiate { .. } | What::Act(_));
    if unit.steps.iter().any(others) {
        let linked = Runner::new(unit, options).and_then(|runner| match runner {
            Ok(runner) => runner.run(),
            Err(outcome) => Ok(vec![outcome; unit.steps.len()]),
        });
        for (place, outcome) in linked?.into_iter().enumerate() {
            outcomes[place].get_or_insert(outcome);
        }
    }
    let steps = unit.steps.iter().zip(outcomes);
    let counted = steps.filter(|(step, _)| !matches!(step.what, What::Register { .. }));
    Ok(counted
        .map(|(step, outcome)| {
            let missing = || Outcome::Failed("not carried out".into());
            (step.line, outcome.unwrap_or_else(missing))
        })
        .collect())
}

/// The outcome of a module with an import that isn't satisfied.
fn unlinkable(wasm: &[u8], before: &[Step]) -> Result<Outcome> {
    let program = program::before(before)?;
    let unlinkable = |error: &Error| {
        matches!(
            error,
            Error::UnknownImport { .. } | Error::NotExported { .. } | Error::ImportMismatch { .. }
        )
    };
    Ok(match merge(wasm, &program.preloads(), Gaps::LeftOut) {
        Ok(_) => Outcome::Failed("linked".into()),
        Err(error) if unlinkable(&error) => Outcome::Passed,
        Err(error) => Outcome::Failed(format!("refused otherwise: {error}")),
    })
}

struct Runner<'u> {
    unit: &'u Unit,
    options: &'u Options,
    parts: Parts<'u>,
    /// How many steps of each instantiation that traps are done.
    cut: BTreeMap<usize, usize>,
    executable: Executable,
    /// Actions that trapped and shouldn't. Later runs leave them out.
    omitted: Vec<usize>,
    /// The outcomes of instantiations that must trap, by position.
    traps: BTreeMap<usize, Outcome>,
    actions: Vec<&'u Action>,
    /// The outcomes of actions.
    outcomes: Vec<Option<Outcome>>,
}

/// The executable of the unit's first steps, or the outcome if it can't be built.
fn build(
    parts: &Parts<'_>,
    steps: usize,
    cut: &BTreeMap<usize, usize>,
    omitted: &[usize],
    options: &Options,
) -> Result<Result<Executable, Outcome>> {
    let program = match parts.program(steps, cut, omitted) {
        Ok(program) => program,
        Err(error) => return Ok(Err(Outcome::Failed(error.to_string()))),
    };
    let built = Executable::build(&program, options)?;
    Ok(built.map_err(|error| match error {
        Error::Unsupported { feature, .. } => Outcome::refused(&feature),
        Error::Limit(_) => Outcome::refused("a limit of the compiler"),
        other => Outcome::Failed(format!("build: {other}")),
    }))
}

impl<'u> Runner<'u> {
    /// Runs the instantiations that must trap, and builds an executable of all steps.
    fn new(unit: &'u Unit, options: &'u Options) -> Result<Result<Self, Outcome>> {
        let parts = match Parts::new(unit) {
            Ok(parts) => parts,
            Err(error) => return Ok(Err(Outcome::Failed(error.to_string()))),
        };
        let (mut cut, mut traps) = (BTreeMap::new(), BTreeMap::new());
        for (place, step) in unit.steps.iter().enumerate() {
            let What::Instantiate {
                number,
                traps: Some(expected),
                ..
            } = &step.what
            else {
                continue;
            };
            let executable = match build(&parts, place + 1, &cut, &[], options)? {
                Ok(executable) => executable,
                Err(outcome) => return Ok(Err(outcome)),
            };
            traps.insert(place, trapped(expected, executable.run(THROUGH)?));
            for steps in (0..parts.instantiation(*number)?).rev() {
                cut.insert(*number, steps);
                let built = build(&parts, place + 1, &cut, &[], options)?;
                if let Ok(executable) = built
                    && executable.run(THROUGH)? == End::Exit(0)
                {
                    break;
                }
            }
        }
        let built = build(&parts, unit.steps.len(), &cut, &[], options)?;
        let actions: Vec<_> = unit.actions().collect();
        Ok(built.map(|executable| Self {
            unit,
            options,
            parts,
            cut,
            executable,
            omitted: Vec::new(),
            traps,
            outcomes: vec![None; actions.len()],
            actions,
        }))
    }

    /// The outcomes of all steps.
    fn run(mut self) -> Result<Vec<Outcome>> {
        self.skip();
        self.returning()?;
        self.trapping()?;
        let instantiated = match self.executable.run(THROUGH)? {
            End::Exit(0) => Outcome::Passed,
            end => Outcome::Failed(format!("instantiation: {end:?}")),
        };
        let mut actions = self.outcomes.into_iter();
        let outcomes = self.unit.steps.iter().enumerate();
        let outcomes = outcomes.map(|(place, step)| match &step.what {
            What::Act(_) => {
                let outcome = actions.next().flatten();
                outcome.unwrap_or_else(|| Outcome::Failed("not reached".into()))
            }
            _ => self.traps.remove(&place).unwrap_or(instantiated.clone()),
        });
        Ok(outcomes.collect())
    }

    fn then(&self, action: usize) -> Option<&Then> {
        let what = self.actions[action].what.as_ref();
        what.ok().map(|what| &what.1)
    }

    /// The outcomes of all actions from the first one on that can't be done.
    fn skip(&mut self) {
        if let Some((first, why)) = (self.actions)
            .iter()
            .enumerate()
            .find_map(|(i, action)| Some((i, *action.what.as_ref().err()?)))
        {
            self.outcomes[first..].fill(Some(Outcome::Skipped(why)));
        }
    }

    /// The number of actions that can be done.
    fn len(&self) -> usize {
        let doable = self.actions.iter().take_while(|action| action.what.is_ok());
        doable.count()
    }

    fn passed(&mut self, actions: std::ops::Range<usize>) {
        for action in actions {
            if !matches!(self.then(action), Some(Then::Traps(_))) {
                self.outcomes[action].get_or_insert(Outcome::Passed);
            }
        }
    }

    /// Runs the actions that must return.
    fn returning(&mut self) -> Result<()> {
        let mut from = 0;
        while from < self.len() {
            let to = (from + BATCH).min(self.len());
            from = match self.results(from, to)? {
                End::Exit(0) => {
                    self.passed(from..to);
                    to
                }
                End::Exit(code) => {
                    let wrong = from + usize::from(code) - 1;
                    self.passed(from..wrong);
                    self.outcomes[wrong] = Some(Outcome::Failed("wrong result".into()));
                    wrong + 1
                }
                end => {
                    let culprit = self.culprit(from, to)?;
                    self.passed(from..culprit);
                    self.outcomes[culprit] = Some(Outcome::Failed(format!("{end:?}")));
                    self.omitted.push(culprit);
                    if self.omitted.len() > REBUILDS {
                        return Ok(());
                    }
                    let (steps, cut) = (self.unit.steps.len(), &self.cut);
                    match build(&self.parts, steps, cut, &self.omitted, self.options)? {
                        Ok(executable) => self.executable = executable,
                        Err(_) => return Ok(()),
                    }
                    culprit + 1
                }
            };
        }
        Ok(())
    }

    fn results(&self, from: usize, to: usize) -> Result<End> {
        self.executable.run(Plan {
            from: number(from),
            to: number(to),
            trap: Plan::NEVER,
        })
    }

    /// The first action in this range that ends a run.
    fn culprit(&self, from: usize, to: usize) -> Result<usize> {
        let (mut survived, mut died) = (from, to);
        while died - survived > 1 {
            let middle = survived.midpoint(died);
            match self.results(from, middle)? {
                End::Exit(_) => survived = middle,
                _ => died = middle,
            }
        }
        Ok(survived)
    }

    /// Runs the actions that must trap.
    fn trapping(&mut self) -> Result<()> {
        for action in 0..self.len() {
            let Some(Then::Traps(expected)) = self.then(action) else {
                continue;
            };
            let end = self.executable.run(Plan {
                from: Plan::NEVER,
                to: Plan::NEVER,
                trap: number(action),
            })?;
            self.outcomes[action] = Some(trapped(expected, end));
        }
        Ok(())
    }
}

fn number(action: usize) -> u16 {
    u16::try_from(action).expect("BUG: more actions than a plan can name")
}

/// Whether a run ended with the trap that the suite expects.
fn trapped(expected: &str, end: End) -> Outcome {
    match end {
        End::Trap(message) if says(&message, expected) => Outcome::Passed,
        // The specification doesn't say where a stack overflows.
        End::Trap(message) => Outcome::Failed(format!("trap {message:?}, not {expected:?}")),
        End::Exit(_) => Outcome::Failed(format!("no trap {expected:?}")),
        End::Odd(what) => Outcome::Failed(what),
    }
}

/// Our message for a message of the suite. The suite may add the element, ours adds the place.
fn says(message: &str, expected: &str) -> bool {
    let ours = match expected {
        "call stack exhausted" => "native stack overflow",
        "uninitialized" => "uninitialized element",
        _ if expected.starts_with("uninitialized element") => "uninitialized element",
        _ if expected.starts_with("undefined element") => "undefined element",
        other => other,
    };
    message.starts_with(ours)
}
