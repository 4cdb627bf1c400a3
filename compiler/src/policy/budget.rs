//! `--max-memory`: how linear memories and the native stack share it.
//!
//! Invariant: the bytes reserved for the stack, and the bytes that all memories may grow to
//! together, add up to no more than `--max-memory`. This is the only place that divides it: the
//! manifest has the sum and the stack's part, and the runtime's `linear_memory.rs` compares the
//! sum of all memories with the rest. The stack counts with its reservation, used or not, since a
//! program's need depends on its input.

use super::{Policy, fail};
use crate::error::Error;
use wasi_aot_contract::layout::{DEFAULT_STACK_SIZE, MIN_STACK_SIZE, STACK_UNIT, WASM_PAGE_SIZE};

/// Without `--stack-size` the stack gets `--max-memory` divided by this. Recursion in Go takes
/// more of linear memory than of the native stack, since a goroutine's frames are copied to
/// twice the room when they grow. So with an eighth, Go is out of memory before the native
/// stack is used up (`tests/go/failure.rs`).
const STACK_SHARE: u64 = 8;

/// More bytes than all memories and the largest stack can have.
const MOST: u64 = 2 << 40;

/// The memory that a program may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of native stack; `None` for the default.
    pub stack: Option<u64>,
}

impl Budget {
    /// Divides the memory that `policy` allows, for a module whose memories start with so many
    /// pages.
    ///
    /// # Errors
    /// [`Error::Policy`] if no program can run with that `--max-memory`,
    /// [`Error::InitialMemory`] if it is too little for this module.
    pub fn of(policy: &Policy, initial_pages: u64) -> Result<Self, Error> {
        let Some(all) = policy.max_memory else {
            return Ok(Self {
                stack: policy.stack_size,
            });
        };
        let least_stack = match policy.stack_size {
            Some(bytes) => bytes.next_multiple_of(STACK_UNIT),
            None => MIN_STACK_SIZE,
        };
        let least = least_stack + WASM_PAGE_SIZE;
        if all < least {
            return fail(format!(
                "--max-memory must be at least {}KiB: a page of memory and the native stack's {}KiB",
                least >> 10,
                least_stack >> 10
            ));
        }
        if all > MOST {
            return fail("--max-memory must be at most 2TiB, more than a program can have".into());
        }
        let initial = initial_pages * WASM_PAGE_SIZE;
        let Some(most_stack) = all.checked_sub(initial).filter(|rest| *rest >= least_stack) else {
            return Err(Error::InitialMemory {
                initial: kib(initial),
                stack: kib(least_stack),
                needed: kib(initial + least_stack),
                maximum: kib(all),
            });
        };
        let stack = match policy.stack_size {
            Some(_) => least_stack,
            None => {
                let share = (all / STACK_SHARE).clamp(MIN_STACK_SIZE, DEFAULT_STACK_SIZE);
                let stack = share.min(most_stack);
                stack - stack % STACK_UNIT
            }
        };
        Ok(Self { stack: Some(stack) })
    }
}

fn kib(bytes: u64) -> String {
    format!("{} KiB", bytes.div_ceil(1024))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(all: u64, stack: Option<u64>, initial_pages: u64) -> Result<(u64, u64), String> {
        let policy = Policy {
            max_memory: Some(all),
            stack_size: stack,
            ..Policy::default()
        };
        let budget = Budget::of(&policy, initial_pages).map_err(|error| error.to_string())?;
        let stack = budget.stack.expect("a limit sets the stack, too");
        assert!(stack.is_multiple_of(STACK_UNIT) && stack >= MIN_STACK_SIZE);
        // The runtime divides in the same way.
        let pages = (all - stack) / WASM_PAGE_SIZE;
        assert!(pages >= initial_pages);
        Ok((stack, pages))
    }

    #[test]
    fn the_stack_has_its_share() {
        let (kib, mib, gib) = (1 << 10, 1 << 20, 1 << 30);
        assert_eq!(budget(256 * mib, None, 40), Ok((32 * mib, 224 * 16)));
        assert_eq!(budget(4 * gib, None, 40), Ok((gib / 2, 0x1_0000 - 0x2000)));
        // At most the default reservation, and at least the smallest stack.
        assert_eq!(budget(100 * gib, None, 1), Ok((8 * gib, 92 * 0x4000)));
        assert_eq!(budget(mib, None, 1), Ok((MIN_STACK_SIZE, 12)));
        // The part of a page at the end is not used.
        assert_eq!(budget(16 * mib + 5000, None, 1), Ok((2 * mib, 14 * 16)));
        // The stack shrinks in favour of the initial memory.
        assert_eq!(budget(16 * mib, None, 240), Ok((mib, 240)));
        assert_eq!(budget(16 * mib, None, 252), Ok((MIN_STACK_SIZE, 252)));
        // --stack-size is kept.
        assert_eq!(budget(16 * mib, Some(10 * mib), 1), Ok((10 * mib, 96)));
        assert_eq!(budget(16 * mib, Some(257 * kib), 1), Ok((320 * kib, 251)));
    }

    #[test]
    fn too_little_names_the_amount_that_is_needed() {
        for (all, stack, initial, says) in [
            (
                319 << 10,
                None,
                0,
                "at least 320KiB: a page of memory and the native stack's 256KiB",
            ),
            (1 << 20, Some(1 << 20), 0, "at least 1088KiB"),
            (3 << 40, None, 0, "at most 2TiB"),
            (
                1 << 20,
                None,
                13,
                "starts with 832 KiB of memory and needs 256 KiB of native stack",
            ),
            (1 << 20, Some(1 << 19), 9, "raise --max-memory to 1088 KiB"),
        ] {
            let error = budget(all, stack, initial).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }
}
