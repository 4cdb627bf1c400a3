//! The table of passes, in the order in which they run, and the reasons for that order.

use super::{Edges, Pass, Scope, Tier, Wave, generic, go};

/// All passes, in order: those of [`Wave::Build`] come first.
pub const PASSES: &[Pass] = &[
    Pass {
        name: "thread-dispatch",
        about: "jumps through the dispatch of a Go function lead to their targets",
        tier: Tier::Exact,
        scope: Scope::Go,
        wave: Wave::Build,
        edges: Edges::Change,
        run: go::dispatch::thread,
    },
    Pass {
        name: "prune-dispatch",
        about: "a Go function is entered at its start and where it is resumed, and nowhere else",
        tier: Tier::Trusted,
        scope: Scope::Go,
        wave: Wave::Transform,
        edges: Edges::Change,
        run: go::dispatch::prune,
    },
    Pass {
        name: NO_RETURN,
        about: "nothing comes back from calls of functions that never return normally",
        tier: Tier::Verified,
        scope: Scope::Go,
        wave: Wave::Transform,
        edges: Edges::Change,
        run: go::no_return::cut,
    },
    Pass {
        name: "share-return",
        about: "blocks that unwind the wasm stack are one",
        tier: Tier::Exact,
        scope: Scope::Go,
        wave: Wave::Transform,
        edges: Edges::Change,
        run: go::unwind::share_return,
    },
    Pass {
        name: WIDEN_CHECK,
        about: "checks of stack space for large frames see a request to give way",
        tier: Tier::Trusted,
        scope: Scope::Go,
        wave: Wave::Transform,
        edges: Edges::Change,
        run: go::stack_check::widen,
    },
    Pass {
        name: "join-blocks",
        about: "straight lines of blocks are one block",
        tier: Tier::Exact,
        scope: Scope::Any,
        wave: Wave::Transform,
        edges: Edges::Change,
        run: generic::join::run,
    },
    Pass {
        name: "rotate",
        about: "loops end in their conditions",
        tier: Tier::Exact,
        scope: Scope::Any,
        wave: Wave::Transform,
        edges: Edges::Change,
        run: generic::rotate::run,
    },
    Pass {
        name: "go-calls",
        about: "calls of Go's know where they return to",
        tier: Tier::Verified,
        scope: Scope::Go,
        wave: Wave::Transform,
        edges: Edges::Stay,
        run: go::calls::run,
    },
    Pass {
        name: GIVE_WAY,
        about: "loops that call only functions without a stack check give way to other goroutines",
        tier: Tier::Trusted,
        scope: Scope::Go,
        wave: Wave::Transform,
        edges: Edges::Change,
        run: go::give_way::run,
    },
    Pass {
        name: "file-modes",
        about: "what a Go program creates has the mode that the program gives",
        tier: Tier::Trusted,
        scope: Scope::Go,
        wave: Wave::Transform,
        edges: Edges::Stay,
        run: go::modes::run,
    },
    Pass {
        name: "mirror-sp",
        about: "reads of Go's copy of SP become reads of SP",
        tier: Tier::Verified,
        scope: Scope::Go,
        wave: Wave::Transform,
        edges: Edges::Stay,
        run: go::mirror_sp::run,
    },
    Pass {
        name: "byte-loop",
        about: "the runtime does Go's loops over bytes in larger steps",
        tier: Tier::Verified,
        scope: Scope::Any,
        wave: Wave::Transform,
        edges: Edges::Change,
        run: generic::byte_loop::run,
    },
    Pass {
        name: VALUES,
        about: "variables become values that blocks pass on",
        tier: Tier::Exact,
        scope: Scope::Any,
        wave: Wave::Transform,
        edges: Edges::Stay,
        run: generic::values::run,
    },
    Pass {
        name: "short-copies",
        about: "copies and fills of few bytes are loads and stores",
        tier: Tier::Exact,
        scope: Scope::Any,
        wave: Wave::Transform,
        edges: Edges::Stay,
        run: generic::short_copies::run,
    },
    Pass {
        name: "sp-values",
        about: "SP plus a constant is one operation",
        tier: Tier::Exact,
        scope: Scope::Any,
        wave: Wave::Transform,
        edges: Edges::Stay,
        run: go::frame::values,
    },
    Pass {
        name: "sp-bases",
        about: "accesses at SP are off the value of SP",
        tier: Tier::Exact,
        scope: Scope::Any,
        wave: Wave::Transform,
        edges: Edges::Stay,
        run: go::frame::bases,
    },
    Pass {
        name: "slots",
        about: "accesses at SP plus a constant are off the value of SP",
        tier: Tier::Trusted,
        scope: Scope::Go,
        wave: Wave::Transform,
        edges: Edges::Stay,
        run: go::frame::slots,
    },
    Pass {
        name: "known-loads",
        about: "what was loaded or stored is not loaded again",
        tier: Tier::Exact,
        scope: Scope::Any,
        wave: Wave::Transform,
        edges: Edges::Stay,
        run: generic::known_loads::run,
    },
    Pass {
        name: "product-high",
        about: "the upper half of a 128-bit product is one operation",
        tier: Tier::Exact,
        scope: Scope::Any,
        wave: Wave::Transform,
        edges: Edges::Stay,
        run: generic::product_high::run,
    },
    Pass {
        name: "narrow",
        about: "arithmetic of which only the lower half is used has 32 bits",
        tier: Tier::Exact,
        scope: Scope::Any,
        wave: Wave::Transform,
        edges: Edges::Stay,
        run: generic::narrow::run,
    },
    Pass {
        name: "dead",
        about: "what nobody uses is dropped",
        tier: Tier::Exact,
        scope: Scope::Any,
        wave: Wave::Transform,
        edges: Edges::Stay,
        run: generic::dead::run,
    },
    Pass {
        name: "push",
        about: "SP moves down to where a return address was stored",
        tier: Tier::Trusted,
        scope: Scope::Go,
        wave: Wave::Transform,
        edges: Edges::Stay,
        run: go::push::run,
    },
];

/// `(BEFORE, AFTER, REASON)`: why BEFORE stands above AFTER in [`PASSES`]. Two neighbours have
/// a line of their own; the line of two that don't touch says that either order would do.
#[cfg(test)]
const ORDER: &[(&str, &str, &str)] = &[
    (
        "thread-dispatch",
        "prune-dispatch",
        "jumps between blocks must not need the entries of the dispatch that are dropped",
    ),
    (
        "prune-dispatch",
        "no-return",
        "either order would do: one drops edges of the dispatch, the other edges behind calls",
    ),
    (
        "thread-dispatch",
        "no-return",
        "the test of a call's result lies in the block behind the jump through the dispatch",
    ),
    (
        "no-return",
        "share-return",
        "a block that nothing leads to anymore isn't one of those that are shared",
    ),
    (
        "share-return",
        "widen-check",
        "either order would do: the shared block has no check of stack space",
    ),
    (
        "widen-check",
        "join-blocks",
        "the check is recognised in the blocks that Go's compiler made",
    ),
    (
        "share-return",
        "join-blocks",
        "a block that unwinds, and that nothing else shares, would end the block before it",
    ),
    (
        "join-blocks",
        "rotate",
        "a condition and a jump back are found where nothing but a jump lies between them",
    ),
    (
        "rotate",
        "give-way",
        "the calls that cut a loop are chosen among the loop's last blocks",
    ),
    (
        "give-way",
        "file-modes",
        "either order would do: a function that calls an import has no loop",
    ),
    (
        "file-modes",
        "mirror-sp",
        "either order would do: the mode is found off SP itself",
    ),
    (
        "file-modes",
        "values",
        "SP is a variable until then, of which each write is seen",
    ),
    (
        "give-way",
        "mirror-sp",
        "calls are recognised by their reads of Go's copy of SP, and polls read the copy",
    ),
    (
        "rotate",
        "values",
        "what a copied block computes would have to be merged with what the original computes",
    ),
    (
        "rotate",
        "go-calls",
        "either order would do: a condition that is copied calls nothing",
    ),
    (
        "go-calls",
        "give-way",
        "a loop gives way before a call that knows where it returns to",
    ),
    ("mirror-sp", "values", "it replaces reads of a variable"),
    (
        "mirror-sp",
        "byte-loop",
        "either order would do: a byte loop has no frame",
    ),
    (
        "byte-loop",
        "values",
        "the new beginning reads SP, which is a variable until then",
    ),
    (
        "values",
        "short-copies",
        "a length that a variable brings from another block is a constant only then",
    ),
    (
        "short-copies",
        "sp-values",
        "either order would do: a copy isn't made of another address by it",
    ),
    (
        "values",
        "sp-values",
        "only then is the SP of one block known in the next",
    ),
    (
        "sp-values",
        "sp-bases",
        "an address is off the SP that the frame's own addition gave",
    ),
    (
        "sp-bases",
        "slots",
        "what is exact for an access needs no trust",
    ),
    (
        "short-copies",
        "slots",
        "the accesses of a short copy may be off SP, those of a long one can't",
    ),
    (
        "slots",
        "known-loads",
        "two places off one value of SP are known to be different",
    ),
    (
        "known-loads",
        "product-high",
        "halves of a factor that was loaded twice are halves of one value then",
    ),
    (
        "product-high",
        "narrow",
        "narrowing makes other operations of the halves, by which a product is recognised",
    ),
    ("narrow", "dead", "what was narrowed is without use"),
    (
        "sp-bases",
        "push",
        "the store is known to be at SP only then",
    ),
    (
        "dead",
        "push",
        "a lower half of SP that nobody uses is in a push's way",
    ),
];

/// The pass that functions which are too heavy for it leave out ([`crate::weight`]).
const VALUES: &str = "values";

/// The pass that uses [`Solved::never_zero`](super::Solved::never_zero): without it, nothing is
/// summarised.
pub const NO_RETURN: &str = "no-return";

/// The pass that uses [`Cx::byte_loop`](super::Cx::byte_loop): without it, no byte loops are
/// looked for.
pub const BYTE_LOOP: &str = "byte-loop";

/// The pass by which checks of stack space see a request to give way: without it, goroutines
/// aren't preempted.
pub const WIDEN_CHECK: &str = "widen-check";

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
