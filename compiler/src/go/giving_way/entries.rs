//! How functions begin.
//!
//! A function whose frame isn't empty, and that may be preempted, compares SP with
//! `stackguard0` first (`preprocess` in `cmd/internal/obj/wasm/wasmobj.go`). Of one that
//! doesn't, the runtime's tables say whether a goroutine may stand at its beginning, as
//! it does where that comparison fails.

use super::super::pclntab::{ARGUMENT_MAPS, ASSEMBLY, LOCALS_MAPS, Record, SP_WRITE, TOP_FRAME};
use super::super::sp::{SP_GLOBAL, SP_LOCAL};
use super::Morestack;
use super::head::Head;
use crate::module::{Function, Module};
use rayon::prelude::*;
use wasmparser::Operator;

/// The global that a closure finds its context in: CTXT.
const CONTEXT_GLOBAL: u32 = 1;

/// How many functions are looked at that call, or jump to, one another.
const STEPS: usize = 4;

/// The functions of package runtime without a stack check that loops of others call, and
/// at whose beginning a goroutine may stand. Not `gorecover`, which gets an
/// address on the stack as a number: the stack may move. Nor `wbZero` and `wbMove`, whose
/// calls have no stack maps.
const OF_RUNTIME: [&str; 5] = [
    "runtime.decoderune",
    "runtime.fastrand",
    "runtime.fastrand64",
    "runtime.nanotime",
    "runtime.rand",
];

/// Functions that compare strings, in assembly: they have arguments and no map of
/// them, and results that are no pointers. Those that copy and clear memory are left out: no
/// loop is written around these alone, and many copy little.
const WITHOUT_MAP: [&str; 2] = ["runtime.cmpstring", "runtime.memequal"];

/// What a caller can count on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// The function compares SP with `stackguard0` first, or calls one that does.
    Polls,
    /// A goroutine may give way at its beginning, and goes on at that of the defined
    /// function `resume`: itself, or one that it does nothing but jump to. `closure` if
    /// that reads its context, which has to be kept.
    GivesWay {
        resume: usize,
        closure: bool,
    },
    /// A goroutine may give way right after it has returned.
    Returns,
    Unknown,
}

/// What a body shows.
pub struct Body {
    polls: bool,
    /// Reads its context before it makes one for somebody else.
    closure: bool,
    calls_import: bool,
    /// What it calls, by function index.
    callees: Vec<u32>,
    /// What it calls whatever happens.
    first: Option<u32>,
    /// What it jumps to, and nothing else.
    jump: Option<u32>,
}

impl Body {
    /// Of one that can't be read: compiling it reports why.
    const UNKNOWN: Self = Self {
        polls: false,
        closure: true,
        calls_import: true,
        callees: Vec::new(),
        first: None,
        jump: None,
    };

    fn of(function: &Function<'_>, imports: u32, morestack: Morestack) -> Option<Self> {
        let mut reader = function.body.get_operators_reader().ok()?;
        let mut head = Head::new(morestack);
        let mut jump = Jump::Opening;
        let (mut sets_context, mut straight) = (false, true);
        let mut body = Self {
            closure: false,
            calls_import: false,
            ..Self::UNKNOWN
        };
        while !reader.eof() {
            let operator = reader.read().ok()?;
            head.read(&operator);
            jump = jump.next(&operator);
            straight &= head.opens() || !branches(&operator);
            match operator {
                Operator::GlobalGet {
                    global_index: CONTEXT_GLOBAL,
                } => body.closure |= !sets_context,
                Operator::GlobalSet {
                    global_index: CONTEXT_GLOBAL,
                } => sets_context = true,
                Operator::Call { function_index } if function_index < imports => {
                    body.calls_import = true;
                }
                Operator::Call { function_index } => {
                    body.callees.push(function_index);
                    body.first = body.first.or(straight.then_some(function_index));
                    straight = false;
                }
                _ => {}
            }
        }
        body.polls = head.polls();
        if let Jump::Returned(function) = jump {
            body.jump = Some(function);
        }
        Some(body)
    }
}

/// Whether what follows isn't always executed.
fn branches(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::If { .. }
            | Operator::Loop { .. }
            | Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::BrTable { .. }
            | Operator::Return
            | Operator::Unreachable
    )
}

/// Recognises a body that only jumps (`JMP` in Go's assembler).
#[derive(Clone, Copy)]
enum Jump {
    Opening,
    PcB,
    Called(u32),
    Returned(u32),
    Not,
}

impl Jump {
    fn next(self, operator: &Operator<'_>) -> Self {
        match (self, operator) {
            (Self::Returned(_), _) => self,
            // Local 1 gets its copy of SP.
            (
                Self::Opening | Self::Called(_),
                Operator::GlobalGet {
                    global_index: SP_GLOBAL,
                }
                | Operator::LocalSet {
                    local_index: SP_LOCAL,
                },
            ) => self,
            (Self::Opening, Operator::I32Const { value: 0 }) => Self::PcB,
            (Self::PcB, Operator::Call { function_index }) => Self::Called(*function_index),
            (Self::Called(function), Operator::Return) => Self::Returned(function),
            _ => Self::Not,
        }
    }
}

/// What the bodies of all defined functions show.
pub struct Bodies(Vec<Body>);

impl Bodies {
    #[must_use]
    pub fn of(module: &Module<'_>, morestack: Morestack) -> Self {
        let imports = module.import_count();
        let bodies = module.functions.par_iter();
        let bodies = bodies.map(|f| Body::of(f, imports, morestack).unwrap_or(Body::UNKNOWN));
        Self(bodies.collect())
    }

    /// Whether the defined function `index` polls, whatever happens.
    pub(super) fn polls(&self, module: &Module<'_>, mut index: usize) -> bool {
        for _ in 0..STEPS {
            let body = &self.0[index];
            if body.polls {
                return true;
            }
            match body.first.and_then(|function| module.defined(function)) {
                Some(first) => index = first as usize,
                None => return false,
            }
        }
        false
    }

    /// The function that the defined function `index` is nothing but a jump to, or itself.
    pub(super) fn jumps_to(&self, module: &Module<'_>, mut index: usize) -> usize {
        for _ in 0..STEPS {
            let jump = self.0[index].jump.and_then(|f| module.defined(f));
            index = jump.map_or(index, |function| function as usize);
        }
        index
    }

    /// Whether the host may get the arguments of the defined function `index` as they
    /// are, or a closure its context.
    fn passes_on(&self, module: &Module<'_>, index: usize) -> bool {
        let body = &self.0[index];
        let mut callees = body.callees.iter().filter_map(|&f| module.defined(f));
        body.calls_import || !body.closure && callees.any(|callee| self.0[callee as usize].closure)
    }
}

/// How the defined functions of a module begin; `records` has the name and the record of
/// each that has one.
#[must_use]
pub fn entries(
    module: &Module<'_>,
    bodies: &Bodies,
    records: &[Option<(&str, Record<'_>)>],
) -> Vec<Entry> {
    let entry = |index: usize| {
        let (name, _) = records[index]?;
        if bodies.polls(module, index) {
            return Some(Entry::Polls);
        }
        if WITHOUT_MAP.contains(&name) {
            return Some(Entry::Returns);
        }
        let resume = bodies.jumps_to(module, index);
        let (name, record) = records[resume].as_ref()?;
        // The host may get the address of a buffer as a number, and the buffer be on a
        // stack that moves.
        let may = may_stand_there(name, record) && !bodies.passes_on(module, resume);
        may.then(|| Entry::GivesWay {
            resume,
            closure: bodies.0[resume].closure,
        })
    };
    (0..records.len())
        .map(|index| entry(index).unwrap_or(Entry::Unknown))
        .collect()
}

/// Whether the runtime can deal with a goroutine that stands at the beginning of a
/// function: `getStackMap` in `runtime/stkframe.go` finds its arguments, tracebacks go
/// on at its caller.
fn may_stand_there(name: &str, record: &Record<'_>) -> bool {
    let mapped = match record.arguments() {
        None => false,
        Some(0) => true,
        Some(_) => record.has_funcdata(ARGUMENT_MAPS),
    };
    let walked = record
        .flags()
        .is_some_and(|flags| flags & (TOP_FRAME | SP_WRITE) == 0);
    let own = !name.starts_with("runtime.") || OF_RUNTIME.contains(&name);
    mapped && walked && own
}

/// Whether native Go preempts a function anywhere but at calls of functions that
/// check for stack space: `isAsyncSafePoint` in `runtime/preempt.go`. Package syscall is
/// left out here, which on wasm gives the host addresses as numbers.
#[must_use]
pub fn may_be_preempted(name: &str, record: &Record<'_>) -> bool {
    const EXCEPTED: [&str; 5] = [
        "internal/runtime/",
        "reflect.",
        "runtime.",
        "runtime/internal/",
        "syscall.",
    ];
    let assembly = record.flags().is_none_or(|flags| flags & ASSEMBLY != 0);
    let excepted = EXCEPTED.iter().any(|prefix| name.starts_with(prefix));
    !assembly && !excepted && record.has_funcdata(LOCALS_MAPS)
}
