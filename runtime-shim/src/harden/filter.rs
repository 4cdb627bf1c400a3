//! Classic BPF for seccomp: from rules to a program that the kernel runs at each
//! system call.
//!
//! Invariants:
//!
//! * If all conditions of a rule with the call's number hold, the call is allowed or fails, as
//!   the rule says. Otherwise the call kills the process. So does a call with another
//!   architecture's numbers (no rule has a number of x32).
//! * No two rules with different verdicts hold for one call.
//! * The way to each rule is short, by a binary search: when the program is installed, the
//!   kernel runs it once for every number, to find the calls whose arguments don't matter.
//!
//! The machine: <https://docs.kernel.org/networking/filter.html>; the structures:
//! uapi `linux/seccomp.h`, `linux/filter.h`.

use core::mem::offset_of;
use linux_raw_sys::ptrace::{seccomp_data, sock_filter};

/// Opcodes (uapi `linux/bpf_common.h`): load a word of the call, AND, compare
/// with a constant, return one.
const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const JUMP_EQUAL: u16 = 0x15;
const JUMP_GREATER_EQUAL: u16 = 0x35;
const RETURN: u16 = 0x06;

/// What the program returns. Kernels before 4.14 don't know how to kill the process, and
/// kill the thread instead, which is the only one.
const ALLOW: u32 = 0x7fff_0000;
const KILL_PROCESS: u32 = 0x8000_0000;
/// The call fails with the errno in the lower half and has no effect.
const FAIL: u32 = 0x0005_0000;

/// Most instructions and rules. Policies need fewer, and jumps reach 255 instructions.
const CAPACITY: usize = 256;
const MOST_RULES: usize = 80;

/// Most rules that are tried one after the other.
const LEAF: usize = 4;

/// What becomes of a system call if all conditions hold.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    number: u32,
    conditions: [Option<When>; 2],
    verdict: u32,
}

impl Rule {
    /// Allows the call, without conditions.
    pub const fn any(number: u32) -> Self {
        Self {
            number,
            conditions: [None; 2],
            verdict: ALLOW,
        }
    }

    /// Has the call fail with `errno` instead.
    pub const fn failing(mut self, errno: u32) -> Self {
        self.verdict = FAIL | errno;
        self
    }

    /// The rule with one more condition; a rule has at most two.
    pub const fn when(mut self, condition: When) -> Self {
        match self.conditions {
            [None, _] => self.conditions[0] = Some(condition),
            [_, None] => self.conditions[1] = Some(condition),
            _ => panic!("BUG: more than two conditions"),
        }
        self
    }

    fn is_conditional(&self) -> bool {
        self.conditions[0].is_some()
    }
}

/// A condition on the lower half of an argument: its bits in `mask` are those of `value`.
#[derive(Debug, Clone, Copy)]
pub struct When {
    /// Offset of the half in the kernel's `seccomp_data`, which is little-endian on all our
    /// processors.
    offset: usize,
    mask: u32,
    value: u32,
}

impl When {
    pub const fn masked(argument: usize, mask: u32, value: u32) -> Self {
        Self {
            offset: offset_of!(seccomp_data, args) + 8 * argument,
            mask,
            value,
        }
    }

    pub const fn is(argument: usize, value: u32) -> Self {
        Self::masked(argument, u32::MAX, value)
    }

    pub const fn none_of(argument: usize, bits: u32) -> Self {
        Self::masked(argument, bits, 0)
    }
}

/// A program, ready for the kernel.
pub struct Program {
    instructions: [sock_filter; CAPACITY],
    len: usize,
}

impl Program {
    /// A program that does what `rules` say, on `architecture` (an `AUDIT_ARCH`).
    pub fn new(architecture: u32, rules: impl Iterator<Item = Rule>) -> Self {
        let mut sorted = [Rule::any(u32::MAX); MOST_RULES];
        let mut count = 0;
        for rule in rules {
            sorted[count] = rule;
            count += 1;
        }
        let sorted = &mut sorted[..count];
        sorted.sort_unstable_by_key(|rule| rule.number);

        let nothing = sock_filter {
            code: 0,
            jt: 0,
            jf: 0,
            k: 0,
        };
        let mut program = Self {
            instructions: [nothing; CAPACITY],
            len: 0,
        };
        program.load(offset_of!(seccomp_data, arch));
        program.push(JUMP_EQUAL, architecture, 1, 0);
        program.push(RETURN, KILL_PROCESS, 0, 0);
        program.load(offset_of!(seccomp_data, nr));
        program.search(sorted);
        program
    }

    pub fn instructions(&self) -> &[sock_filter] {
        &self.instructions[..self.len]
    }

    fn push(&mut self, code: u16, k: u32, jt: u8, jf: u8) {
        self.instructions[self.len] = sock_filter { code, jt, jf, k };
        self.len += 1;
    }

    /// Loads a word of the kernel's `seccomp_data`.
    fn load(&mut self, offset: usize) {
        self.push(LOAD, offset as u32, 0, 0);
    }

    /// Adds a binary search for the call's number among `rules`, which are sorted by number.
    /// The number is loaded already.
    fn search(&mut self, rules: &[Rule]) {
        if rules.len() <= LEAF {
            return self.leaf(rules);
        }
        let first_other = rules[rules.len() / 2].number;
        // Rules with one number stay together.
        let middle = rules.partition_point(|rule| rule.number < first_other);
        if middle == 0 {
            return self.leaf(rules);
        }
        let (below, others) = rules.split_at(middle);
        let jump = self.len;
        self.push(JUMP_GREATER_EQUAL, first_other, 0, 0);
        self.search(below);
        self.instructions[jump].jt = self.distance(jump);
        self.search(others);
    }

    /// Adds the checks of `rules` in turn. If no rule holds, the call kills the process.
    fn leaf(&mut self, rules: &[Rule]) {
        let mut loaded = true;
        for rule in rules {
            if !loaded {
                self.load(offset_of!(seccomp_data, nr));
            }
            self.try_rule(rule);
            loaded = !rule.is_conditional();
        }
        self.push(RETURN, KILL_PROCESS, 0, 0);
    }

    /// Adds instructions that return the rule's verdict if the rule holds. Otherwise the program
    /// continues behind them.
    fn try_rule(&mut self, rule: &Rule) {
        let mut jumps = [None; 3];
        let mut jump_unless = |program: &mut Self, value| {
            let free = jumps.iter_mut().find(|jump| jump.is_none());
            *free.expect("BUG: a jump too many") = Some(program.len);
            program.push(JUMP_EQUAL, value, 0, 0);
        };
        jump_unless(self, rule.number);
        for condition in rule.conditions.iter().flatten() {
            self.load(condition.offset);
            if condition.mask != u32::MAX {
                self.push(AND, condition.mask, 0, 0);
            }
            jump_unless(self, condition.value);
        }
        self.push(RETURN, rule.verdict, 0, 0);
        for jump in jumps.into_iter().flatten() {
            self.instructions[jump].jf = self.distance(jump);
        }
    }

    /// The distance of a jump to the next instruction that is pushed.
    fn distance(&self, jump: usize) -> u8 {
        u8::try_from(self.len - jump - 1).expect("BUG: a jump too far")
    }
}

#[cfg(test)]
#[path = "filter_tests.rs"]
mod tests;
