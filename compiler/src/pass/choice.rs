//! Which passes run: what `--pass`, `--pass-limit`, `--no-go-opt` and `--no-go-trust` ask for.
//!
//! **Pairs.** A pass and a function are a pair. The number of a pair is the function's place
//! among the defined ones times the number of passes, plus the pass's place in the table. So
//! a limit means the same for every number of threads, and between two builds of a module that
//! differ by one in the limit, one pass on one function decides: [`Selection::pair`].

use super::{PASSES, Scope, Tier};

/// The passes that `--pass` leaves.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Choice {
    /// All.
    #[default]
    All,
    /// All but these.
    Without(Vec<String>),
    /// These alone.
    Only(Vec<String>),
}

impl Choice {
    /// Reads the value of `--pass`: `-NAME,-NAME` leaves out, `NAME,NAME` leaves out all
    /// others.
    ///
    /// # Errors
    /// A line without full stop, if there is no such pass, or the two forms are mixed.
    pub fn parse(spec: &str) -> Result<Self, String> {
        let (mut without, mut only) = (Vec::new(), Vec::new());
        for name in spec.split(',') {
            let (list, name) = match name.strip_prefix('-') {
                Some(name) => (&mut without, name),
                None => (&mut only, name),
            };
            list.push(known(name)?.to_string());
        }
        match (without.is_empty(), only.is_empty()) {
            (false, false) => Err(format!(
                "{spec} mixes passes to leave out (-NAME) with passes to run (NAME); give one kind"
            )),
            (true, _) => Ok(Self::Only(only)),
            (false, true) => Ok(Self::Without(without)),
        }
    }

    fn wants(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Without(names) => names.iter().all(|other| other != name),
            Self::Only(names) => names.iter().any(|other| other == name),
        }
    }
}

/// The name of a pass as the table has it.
///
/// # Errors
/// A line without full stop, if there is no such pass: with the nearest name.
pub fn known(name: &str) -> Result<&'static str, String> {
    let names = PASSES.iter().map(|pass| pass.name);
    if let Some(known) = names.clone().find(|&known| known == name) {
        return Ok(known);
    }
    let distance = |known: &&str| strsim::osa_distance(known, name);
    let nearest = names.min_by_key(distance).unwrap_or_default();
    let name = crate::error::printable(name);
    Err(format!(
        "{name} isn't a pass; the nearest name is {nearest}, and `wasi-aot passes` lists all passes"
    ))
}

/// What a build's options say of passes.
#[derive(Debug, Clone, Copy)]
pub struct Switches<'c> {
    pub passes: &'c Choice,
    /// Without passes for functions of Go's.
    pub no_go_opt: bool,
    /// Without passes that trust facts about Go.
    pub no_go_trust: bool,
    /// Pairs with this number or a larger one don't run.
    pub pass_limit: Option<u64>,
}

/// Which passes run on which functions.
#[derive(Debug, Clone)]
pub struct Selection {
    /// For each pass of the table.
    on: Vec<bool>,
    /// Pairs with this number or a larger one don't run.
    limit: u64,
}

impl Selection {
    #[must_use]
    pub fn of(switches: &Switches<'_>) -> Self {
        let on = PASSES.iter().map(|pass| {
            switches.passes.wants(pass.name)
                && !(switches.no_go_opt && pass.scope == Scope::Go)
                && !(switches.no_go_trust && pass.tier == Tier::Trusted)
        });
        Self {
            on: on.collect(),
            limit: switches.pass_limit.unwrap_or(u64::MAX),
        }
    }

    /// Whether a pass runs on any function.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        super::named(name).is_some_and(|pass| self.on[pass])
    }

    /// Whether the pass at this place of the table runs on the defined function at this place.
    #[must_use]
    pub fn runs(&self, pass: usize, function: usize) -> bool {
        self.on[pass] && number(pass, function) < self.limit
    }

    /// How many pairs a module with so many functions has.
    #[must_use]
    pub fn pairs(functions: usize) -> u64 {
        number(0, functions)
    }

    /// The place of the pass and of the function that have this number.
    #[must_use]
    pub fn pair(number: u64) -> (usize, usize) {
        let passes = PASSES.len() as u64;
        let place = |place: u64| usize::try_from(place).expect("BUG: a place over 64 bits");
        (place(number % passes), place(number / passes))
    }
}

fn number(pass: usize, function: usize) -> u64 {
    function as u64 * PASSES.len() as u64 + pass as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Switches<'_> = Switches {
        passes: &Choice::All,
        no_go_opt: false,
        no_go_trust: false,
        pass_limit: None,
    };

    fn selection(switches: Switches<'_>) -> Selection {
        Selection::of(&switches)
    }

    #[test]
    fn passes_are_left_out_or_chosen() {
        let all = selection(ALL);
        assert!(PASSES.iter().all(|pass| all.has(pass.name)));
        for pass in PASSES {
            let with = |spec: String| {
                selection(Switches {
                    passes: &Choice::parse(&spec).unwrap(),
                    ..ALL
                })
            };
            let (without, only) = (with(format!("-{}", pass.name)), with(pass.name.into()));
            for other in PASSES {
                let is_it = other.name == pass.name;
                assert_eq!(without.has(other.name), !is_it, "{}", other.name);
                assert_eq!(only.has(other.name), is_it, "{}", other.name);
            }
        }
    }

    #[test]
    fn tiers_and_scopes_are_left_out() {
        let (no_go_opt, no_go_trust) = (true, true);
        let without_go = selection(Switches { no_go_opt, ..ALL });
        let without_trust = selection(Switches { no_go_trust, ..ALL });
        for pass in PASSES {
            assert_eq!(without_go.has(pass.name), pass.scope == Scope::Any);
            assert_eq!(without_trust.has(pass.name), pass.tier != Tier::Trusted);
        }
    }

    #[test]
    fn unknown_and_mixed_names_are_refused() {
        let refused = |spec| Choice::parse(spec).unwrap_err();
        assert_eq!(
            refused("-value"),
            "value isn't a pass; the nearest name is values, and `wasi-aot passes` lists all passes"
        );
        assert!(refused("").starts_with(" isn't a pass"), "{}", refused(""));
        assert_eq!(
            refused("-values,values"),
            "-values,values mixes passes to leave out (-NAME) with passes to run (NAME); give one kind"
        );
    }

    #[test]
    fn a_limit_cuts_between_two_pairs() {
        let passes = PASSES.len();
        for limit in 0..3 * passes as u64 {
            let selection = selection(Switches {
                pass_limit: Some(limit),
                ..ALL
            });
            let pairs = (0..3).flat_map(|f| (0..passes).map(move |p| (p, f)));
            let run = pairs.filter(|&(p, f)| selection.runs(p, f)).count();
            assert_eq!(run as u64, limit);
            if let Some(last) = limit.checked_sub(1) {
                let (pass, function) = Selection::pair(last);
                assert!(selection.runs(pass, function));
            }
        }
        assert_eq!(Selection::pairs(3), 3 * passes as u64);
    }
}
