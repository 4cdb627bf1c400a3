//! Compiles a module to units of machine code with symbolic relocations, in parallel.
//!
//! The functions go through two waves. In the first, each is built and summarised by itself
//! ([`waves`]); then what is found out about all together is solved; in the second, each
//! function becomes machine code ([`body`], [`machine`]). Each worker thread has one scratch
//! context that it reuses; results come back in function order, so the output doesn't depend
//! on the number of threads.

mod body;
mod machine;
mod origins;
mod report;
#[cfg(test)]
mod tests;
mod text;
mod unit;
mod watch;
mod waves;
mod worker;

pub use machine::{Code, Relocation, RelocationTarget, referenced_symbols};
pub use report::{DispatchOutcome, Report};
pub use unit::{TrapStub, Unit, UnitKind};
pub use watch::name_function_in_panics;

use crate::error::Error;
use crate::go::byte_loops::ByteLoop;
use crate::go::giving_way::Entry;
use crate::go::{Knowledge, Trust};
use crate::ir::{Func, Origin};
use crate::lower::{self, Env};
use crate::options::{Emit, Pattern};
use crate::pass::{self, Runner, Selection, Stats};
use crate::symbol::Symbol;
use cranelift_codegen::isa::TargetIsa;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Mutex;
use watch::Step;
use worker::Worker;

/// Compiled units, in order.
#[derive(Default)]
pub struct Compiled {
    pub units: Vec<Unit>,
    /// The text that was asked for ([`Compiler::emit`]), one unit after the other.
    pub text: String,
    /// A report for each body; units that the compiler makes itself have none.
    pub reports: Vec<Report>,
}

/// What all functions are compiled with.
pub struct Compiler<'c, 'm, 'w> {
    /// What lowering knows of the module.
    pub env: &'c Env<'m, 'w>,
    /// The code generator.
    pub isa: &'c dyn TargetIsa,
    /// The code generator for functions that are too large or too heavy for the optimiser.
    pub unoptimised_isa: &'c dyn TargetIsa,
    /// The output, which may be text.
    pub emit: Emit,
    /// The number of passes that run, if not all do: the text shows what they made.
    pub passes: usize,
    /// The functions that the text is about; `None` means all.
    pub shown: Option<&'c Pattern>,
    /// What is known of a Go module.
    pub go: Option<&'c Knowledge>,
    /// What is trusted of Go's own functions.
    pub go_trust: Trust,
    /// The byte loops among the defined functions, where calls are to replace them.
    pub byte_loops: &'c BTreeMap<usize, ByteLoop>,
    /// The passes that run.
    pub selection: Selection,
    /// Whether functions are summarised, so that something about all can be solved.
    pub summarises: bool,
    /// Whether passes are timed.
    pub timed: bool,
    /// For tests: a pass by its place, and the function that it breaks.
    pub breaks: Option<(usize, usize)>,
    /// Whether functions are verified behind each pass.
    pub verifies: bool,
    /// Whether units have lines ([`Code::lines`]).
    pub keeps_lines: bool,
    /// What the passes did so far.
    pub stats: Mutex<Stats>,
}

impl Compiler<'_, '_, '_> {
    /// Compiles units that the compiler makes itself.
    #[must_use]
    pub fn own_units(&self, kinds: &[UnitKind]) -> Compiled {
        let wanted: Vec<(UnitKind, String)> = kinds
            .iter()
            .map(|&kind| (kind, kind.own_name()))
            .filter(|(_, name)| self.shows(name))
            .collect();
        let compiled: (Vec<Unit>, Vec<String>) = wanted
            .into_par_iter()
            .map_init(
                || self.worker(),
                |worker, (kind, name)| {
                    watch::begin(&name, Step::Lower);
                    worker.context.clear();
                    self.lower_own(worker, kind);
                    let compiled = self.machine_code(worker, self.isa, &name);
                    let (code, text) = compiled.unwrap_or_else(|e| panic!("BUG: {e}"));
                    (Unit { kind, name, code }, text)
                },
            )
            .unzip();
        let (units, texts) = compiled;
        Compiled {
            units,
            text: texts.concat(),
            reports: Vec::new(),
        }
    }

    /// Leaves the CLIF of a unit of the compiler's own in the worker's context.
    fn lower_own(&self, worker: &mut Worker<'_>, kind: UnitKind) {
        let (clif, builder) = (&mut worker.context.func, &mut worker.builder);
        match kind {
            UnitKind::Entry(main) => lower::lower_entry(self.env, main, clif, builder),
            UnitKind::ImportThunk(index) => {
                lower::lower_import_thunk(self.env, index, clif, builder)
            }
            UnitKind::GivingWay(index) => {
                let func = self.giving_way(index);
                let cx = self.cx(index as usize, None);
                worker
                    .runner
                    .verify(&func, &cx, || "giving way makes".into());
                let defined = &self.env.module.functions[index as usize];
                let none = Origin::NO_OFFSET;
                lower::lower_function(self.env, defined.type_index, none, &func, clif, builder);
            }
            UnitKind::Quitting(index) => lower::lower_quitting(self.env, index, clif, builder),
            UnitKind::Traces => {
                let quitting = self.go.and_then(|go| go.quitting);
                let quitting = quitting.expect("BUG: traces, and no facts");
                let (func, none) = (pass::traces(quitting), Origin::NO_OFFSET);
                let fatal = self.env.module.defined(quitting.fatal);
                let fatal = fatal.expect("BUG: an import has a record") as usize;
                let cx = self.cx(fatal, None);
                worker.runner.verify(&func, &cx, || "traces are".into());
                let type_index = self.env.module.functions[fatal].type_index;
                lower::lower_function(self.env, type_index, none, &func, clif, builder);
            }
            UnitKind::Trap(stub) => lower::lower_trap(self.env, stub.code(), clif, builder),
            UnitKind::Body(_) | UnitKind::Veneers => {
                panic!("BUG: {kind:?} isn't made here")
            }
        }
    }

    /// The entry of a defined function that gives way first.
    fn giving_way(&self, index: u32) -> Func {
        let facts = self.go.and_then(|go| go.giving_way.as_ref());
        let facts = facts.expect("BUG: an entry that gives way, and no facts");
        let function = index + self.env.module.import_count();
        match facts.entry_of(function) {
            Some(Entry::GivesWay { resume, closure }) => {
                pass::give_way_entry(function, resume, closure, facts.morestack)
            }
            other => panic!("BUG: {other:?} has no entry of its own"),
        }
    }

    /// The entries of functions that give way first, as far as `units`, which are all bodies,
    /// need them.
    #[must_use]
    pub fn entries(&self, units: &[Unit]) -> Vec<UnitKind> {
        let table = |symbol: &Symbol| matches!(symbol, Symbol::GivingWayTable(_));
        let needed = referenced_symbols(units).iter().any(table);
        let facts = self.go.and_then(|go| go.giving_way.as_ref());
        let facts = facts.filter(|_| needed);
        let entries = facts.into_iter().flat_map(|facts| facts.with_entries());
        entries.map(UnitKind::GivingWay).collect()
    }

    /// The entries of functions that ask first whether SIGQUIT has come, and what prints traces
    /// then.
    #[must_use]
    pub fn quitting(&self) -> Vec<UnitKind> {
        let asking = self.env.quitting.into_iter().flatten();
        let asking = asking.filter_map(|index| self.env.module.defined(index));
        let entries = asking.map(UnitKind::Quitting);
        let traces = self.env.quitting.map(|_| UnitKind::Traces);
        entries.chain(traces).collect()
    }

    /// Whether a unit of this name is compiled. If the output is text, all others aren't.
    fn shows(&self, name: &str) -> bool {
        let shown = self.shown.filter(|_| self.emit.is_text());
        shown.is_none_or(|pattern| pattern.matches(name))
    }

    /// Compiles the CLIF in the worker's context; also gives the text that was asked for.
    /// `name` is the unit's.
    ///
    /// # Errors
    /// [`Error::Limit`] if the unit is too large for the code generator.
    fn machine_code(
        &self,
        worker: &mut Worker<'_>,
        isa: &dyn TargetIsa,
        name: &str,
    ) -> Result<(Code, String), Error> {
        watch::step(Step::MachineCode);
        let context = &mut worker.context;
        // Before the optimiser changes it.
        let clif = match self.emit {
            Emit::Clif => text::clif(&context.func, name, self.env),
            _ => String::new(),
        };
        context.set_disasm(self.emit == Emit::Asm);
        let code = machine::compile(context, isa, name, self.keeps_lines)?;
        watch::end();
        let compiled = context.compiled_code();
        let disassembly = compiled.and_then(|code| code.vcode.as_ref());
        let text = match (self.emit, disassembly) {
            (Emit::Asm, Some(disassembly)) => text::asm(disassembly, &context.func, name, self.env),
            _ => clif,
        };
        Ok((code, text))
    }

    fn worker(&self) -> Worker<'_> {
        let runner = Runner::new(&self.selection, self.timed, self.breaks, self.verifies);
        Worker::new(runner, &self.stats)
    }
}
