//! The table of passes, in the order in which they run, and the reasons for that order.

use super::{Pass, Scope, Tier, Wave, generic};

/// All passes, in order: those of [`Wave::Build`] come first.
pub const PASSES: &[Pass] = &[Pass {
    name: VALUES,
    about: "variables become values that blocks pass on",
    tier: Tier::Exact,
    scope: Scope::Any,
    wave: Wave::Transform,
    run: generic::values::run,
}];

/// `(BEFORE, AFTER, REASON)`: why BEFORE stands above AFTER in [`PASSES`]. Two neighbours in
/// [`PASSES`] have a reason here, or the reason says that either order would do.
#[cfg(test)]
const ORDER: &[(&str, &str, &str)] = &[];

/// The pass that functions which are too heavy for it leave out ([`crate::weight`]).
const VALUES: &str = "values";

/// The pass that uses [`Solved::never_zero`](super::Solved::never_zero): without it, nothing is
/// summarised.
pub const NO_RETURN: &str = "no-return";

/// The pass that uses [`Cx::byte_loop`](super::Cx::byte_loop): without it, no byte loops are
/// looked for.
pub const BYTE_LOOP: &str = "byte-loop";

/// The pass whose changes are calls before which a loop gives way.
pub const GIVE_WAY: &str = "give-way";

/// Place in [`PASSES`] of the first pass of [`Wave::Transform`].
pub const TRANSFORM: usize = {
    let mut place = 0;
    while place < PASSES.len() && matches!(PASSES[place].wave, Wave::Build) {
        place += 1;
    }
    place
};

/// The place of a pass in [`PASSES`].
#[must_use]
pub fn named(name: &str) -> Option<usize> {
    PASSES.iter().position(|pass| pass.name == name)
}

/// The place of the pass `values` in [`PASSES`].
///
/// # Panics
/// Never: the table has that pass.
#[must_use]
pub fn values() -> usize {
    named(VALUES).expect("BUG: no pass `values`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn names_are_different_and_fit_the_command_line() {
        let mut names = HashSet::new();
        for pass in PASSES {
            let fits = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(pass.name.chars().all(fits), "{}", pass.name);
            assert!(pass.name.starts_with(|c| c != '-'), "{}", pass.name);
            assert!(names.insert(pass.name), "{} is there twice", pass.name);
            let about = pass.about;
            assert!(!about.is_empty() && !about.ends_with('.') && !about.contains('\n'));
        }
    }

    #[test]
    fn the_first_wave_comes_first() {
        assert!(PASSES[..TRANSFORM].iter().all(|p| p.wave == Wave::Build));
        let later = &PASSES[TRANSFORM..];
        assert!(later.iter().all(|p| p.wave == Wave::Transform));
        assert!(values() >= TRANSFORM);
    }

    #[test]
    fn the_order_has_reasons() {
        for (before, after, reason) in ORDER {
            let place = |name| named(name).unwrap_or_else(|| panic!("no pass {name}"));
            assert!(place(before) < place(after), "{before}, {after}: {reason}");
            assert!(!reason.is_empty(), "{before}, {after}");
        }
        for pair in PASSES.windows(2) {
            let (before, after) = (pair[0].name, pair[1].name);
            let reason = ORDER.iter().find(|r| (r.0, r.1) == (before, after));
            assert!(reason.is_some(), "no reason for {before} before {after}");
        }
    }

    /// Only a fact about Go can be trusted.
    #[test]
    fn what_is_trusted_is_for_go() {
        let trusted = PASSES.iter().filter(|pass| pass.tier == Tier::Trusted);
        for pass in trusted {
            assert_eq!(pass.scope, Scope::Go, "{}", pass.name);
        }
    }
}
