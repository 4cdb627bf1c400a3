//! Runs a module and its actions, and says what came of each.
//!
//! Results are compared in runs of at most [`BATCH`] actions, as the exit code
//! names the first that is wrong; each run repeats the actions before them.
//! A trap ends a process, so each action that must trap has one of its own, in
//! which those before it are carried out, too, but for others that trap: this is
//! exact if an action that traps changes nothing before.

use crate::command::{self, NoCommand};
use crate::driver::Plan;
use crate::executable::{End, Executable};
use crate::outcome::Outcome;
use crate::script::{Action, Then, Unit};
use anyhow::Result;
use wasi_aot_compiler::{Error, Options};

/// Actions whose results one run compares: exit codes above mean something else.
const BATCH: usize = 100;

/// How often a module is built again without an action that traps.
const REBUILDS: usize = 8;

/// The outcomes of instantiation and of each action, with their lines.
///
/// # Errors
/// If the tests can't be carried out.
pub fn run(unit: &Unit, options: &Options) -> Result<Vec<(usize, Outcome)>> {
    let lines = (unit.actions.iter().map(|action| action.line)).collect::<Vec<_>>();
    let all = |outcome: Outcome| {
        let lines = [unit.line].into_iter().chain(lines.iter().copied());
        Ok(lines.map(|line| (line, outcome.clone())).collect())
    };
    if let Some(why) = unit.skip {
        return all(Outcome::Skipped(why));
    }
    let executable = match build(unit, options, &[])? {
        Ok(executable) => executable,
        Err(outcome) => return all(outcome),
    };
    let start = executable.run(Plan {
        from: 0,
        to: 0,
        trap: Plan::NEVER,
    })?;
    let start = match (&unit.traps, start) {
        (None, End::Exit(0)) => Outcome::Passed,
        (Some(expected), end) => trapped(expected, end),
        (None, end) => {
            return all(Outcome::Failed(format!("instantiation: {end:?}")));
        }
    };
    let mut runner = Runner {
        unit,
        options,
        executable,
        omitted: Vec::new(),
        outcomes: vec![None; unit.actions.len()],
    };
    runner.skip();
    runner.returning()?;
    runner.trapping()?;
    let outcomes = runner
        .outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap_or_else(|| Outcome::Failed("not reached".into())));
    let outcomes = [start].into_iter().chain(outcomes);
    Ok([unit.line].into_iter().chain(lines).zip(outcomes).collect())
}

/// The unit's executable, or what that there is none means for each action.
fn build(unit: &Unit, options: &Options, omitted: &[usize]) -> Result<Result<Executable, Outcome>> {
    let wasm = match command::make(&unit.wasm, &unit.leaves, &unit.actions, omitted) {
        Ok(wasm) => wasm,
        Err(NoCommand::Import(why)) => return Ok(Err(Outcome::Skipped(why))),
        Err(NoCommand::Malformed(what) | NoCommand::Export(what)) => {
            return Ok(Err(Outcome::Failed(what)));
        }
    };
    Ok(
        Executable::build(&wasm, options)?.map_err(|error| match error {
            Error::Unsupported { feature, .. } => Outcome::refused(&feature),
            // Segments are applied by the compiler.
            Error::Invalid { message, .. }
                if unit
                    .traps
                    .as_ref()
                    .is_some_and(|t| t.starts_with("out of bounds"))
                    && message.ends_with("segment out of bounds; instantiation would trap") =>
            {
                Outcome::Passed
            }
            Error::Limit(_) => Outcome::refused("a limit of the compiler"),
            other => Outcome::Failed(format!("build: {other}")),
        }),
    )
}

struct Runner<'u> {
    unit: &'u Unit,
    options: &'u Options,
    executable: Executable,
    /// Actions that trapped and must not, which are left out of later runs.
    omitted: Vec<usize>,
    outcomes: Vec<Option<Outcome>>,
}

impl Runner<'_> {
    fn actions(&self) -> &[Action] {
        &self.unit.actions
    }

    fn then(&self, action: usize) -> Option<&Then> {
        self.actions()[action]
            .what
            .as_ref()
            .ok()
            .map(|what| &what.1)
    }

    /// All from the first action on that can't be done.
    fn skip(&mut self) {
        let actions = &self.unit.actions;
        if let Some((first, why)) = actions
            .iter()
            .enumerate()
            .find_map(|(i, action)| Some((i, action.what.as_ref().err()?)))
        {
            self.outcomes[first..].fill(Some(Outcome::Skipped(why)));
        }
    }

    /// Number of actions that can be done.
    fn len(&self) -> usize {
        let doable = self
            .actions()
            .iter()
            .take_while(|action| action.what.is_ok());
        doable.count()
    }

    fn passed(&mut self, actions: std::ops::Range<usize>) {
        for action in actions {
            if !matches!(self.then(action), Some(Then::Traps(_))) {
                self.outcomes[action].get_or_insert(Outcome::Passed);
            }
        }
    }

    /// The actions that return.
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
                    match build(self.unit, self.options, &self.omitted)? {
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

    /// The action in this range that a run doesn't survive.
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

    /// The actions that trap.
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

/// Whether a run ended in the trap that the suite expects.
fn trapped(expected: &str, end: End) -> Outcome {
    match end {
        End::Trap(message) if says(&message, expected) => Outcome::Passed,
        // Where a stack overflows is nobody's to say.
        End::Trap(message) => Outcome::Failed(format!("trap {message:?}, not {expected:?}")),
        End::Exit(_) => Outcome::Failed(format!("no trap {expected:?}")),
        End::Odd(what) => Outcome::Failed(what),
    }
}

/// The message of ours that stands for one of the suite's. The suite may add which
/// element it is, ours adds where.
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
