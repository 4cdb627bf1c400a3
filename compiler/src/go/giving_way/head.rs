//! Recognises the stack check at a function's beginning, operator by operator.

use super::super::preempt::{G_GLOBAL, G_STACKGUARD0};
use super::super::sp::{SP_GLOBAL, SP_LOCAL};
use super::Morestack;
use wasmparser::{MemArgTarget, Operator};

/// How many operators, from the branch on, call `morestack`.
const CALLS_WITHIN: usize = 12;

/// How far a function's beginning has been read.
pub struct Head {
    state: State,
    morestack: Morestack,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// SP's copy is made, blocks are opened.
    Opening,
    /// PC_B is on the operand stack.
    PcB,
    /// At PC_B 0, behind the dispatch.
    Dispatched,
    /// SP is on the operand stack.
    Sp,
    /// And `g`.
    G,
    Wrapped,
    /// And `stackguard0`.
    Guard,
    /// And what the frame's size is in excess of what is always there.
    Excess,
    Compared,
    /// Behind the branch, so many operators.
    Branched(usize),
    Polls,
    DoesNot,
}

impl Head {
    pub fn new(morestack: Morestack) -> Self {
        Self {
            state: State::Opening,
            morestack,
        }
    }

    /// Whether SP was compared with `stackguard0`, and `morestack` is called or not.
    pub fn polls(&self) -> bool {
        self.state == State::Polls
    }

    /// Whether what was read last is before the function's own code.
    pub fn opens(&self) -> bool {
        matches!(self.state, State::Opening | State::PcB | State::Dispatched)
    }

    pub fn read(&mut self, operator: &Operator<'_>) {
        self.state = next(self.state, operator, self.morestack);
    }
}

fn next(state: State, operator: &Operator<'_>, morestack: Morestack) -> State {
    use Operator as O;
    match (state, operator) {
        (State::Polls | State::DoesNot, _) => state,
        (State::Opening, O::Block { .. } | O::Loop { .. }) => State::Opening,
        (State::Opening, O::LocalGet { local_index: 0 }) => State::PcB,
        // The end of the innermost block is where PC_B 0 leads to.
        (State::PcB, O::BrTable { targets }) => match targets.targets().next() {
            Some(Ok(0)) => State::PcB,
            _ => State::DoesNot,
        },
        (State::PcB, O::End) => State::Dispatched,
        // To be copied, or to be compared.
        (
            State::Opening | State::Dispatched,
            O::GlobalGet {
                global_index: SP_GLOBAL,
            }
            | O::LocalGet {
                local_index: SP_LOCAL,
            },
        ) => State::Sp,
        (
            State::Sp,
            O::LocalSet {
                local_index: SP_LOCAL,
            },
        ) => State::Opening,
        (
            State::Sp,
            O::GlobalGet {
                global_index: G_GLOBAL,
            },
        ) => State::G,
        (State::G, O::I32WrapI64) => State::Wrapped,
        (State::Wrapped, O::I32Load { memarg }) => {
            match (memarg.offset == u64::from(G_STACKGUARD0), memarg.target) {
                (true, MemArgTarget::Memory(0)) => State::Guard,
                _ => State::DoesNot,
            }
        }
        (State::Guard, O::I32Const { .. }) => State::Excess,
        (State::Excess, O::I32Add) => State::Guard,
        (State::Guard, O::I32LeU) => State::Compared,
        (State::Compared, O::If { .. }) => State::Branched(0),
        (State::Branched(_), O::Call { function_index }) if morestack.is(*function_index) => {
            State::Polls
        }
        (State::Branched(after), _) if after < CALLS_WITHIN => State::Branched(after + 1),
        _ => State::DoesNot,
    }
}
