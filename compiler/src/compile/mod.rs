//! Compiles all functions, in parallel, to machine code with symbolic
//! relocations.
//!
//! One function goes from its graph ([`crate::flow`], [`crate::go`]) to CLIF
//! ([`crate::old_lower`]), in [`Compiler::to_clif`], and from there to machine code ([`machine`]).
//! Each worker thread has one scratch context that it reuses; results come back
//! in function order, so the output doesn't depend on the number of threads.

mod machine;
mod origins;
#[cfg(test)]
mod tests;
mod watch;

pub use machine::{Compiled, Relocation, RelocationTarget, referenced_symbols};
pub use watch::name_function_in_panics;

use crate::error::Error;
use crate::flow::{self, Graph};
use crate::go::byte_loops::ByteLoop;
use crate::go::{self, DispatchOutcome, Knowledge, Rewritten, Trust};
use crate::old_lower::{self as lower, Env, Facts, Variables};
use crate::options::{Emit, Observer};
use crate::symbol::Symbol;
use crate::trap;
use crate::weight::{self, Weight};
use cranelift_codegen::Context;
use cranelift_codegen::ir::{self, TrapCode, UserFuncName};
use cranelift_codegen::isa::TargetIsa;
use cranelift_frontend::FunctionBuilderContext;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use wasmparser::FuncValidatorAllocations;
use watch::Step;

/// A function with more operators than this is compiled by `Compiler::unoptimised_isa`: the
/// optimiser's cost grows faster than a function's size.
const LARGE_FUNCTION: usize = 250_000;

/// The outcome of compiling a function of the module, for `--verbose`.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    /// Whether it was too large, or too heavy, for the optimiser.
    pub unoptimised: bool,
    /// The function's cost to the code generator; zero if the function is unoptimised.
    pub weight: Weight,
    /// The outcome of the rewrites of Go's control flow.
    pub rewritten: Rewritten,
}

/// Compiled functions, in order.
pub struct Functions {
    /// Their machine code.
    pub compiled: Vec<Compiled>,
    /// Their CLIF or disassembly, one after the other; empty unless one of the two was asked
    /// for ([`Compiler::emit`]).
    pub text: String,
    /// A report for each function; empty for functions that the compiler makes itself.
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
    /// What is known of a Go module.
    pub go: Option<&'c Knowledge>,
    /// What is trusted of Go's own functions.
    pub go_trust: Trust,
    /// The byte loops among the defined functions, where calls are to replace them.
    pub byte_loops: &'c BTreeMap<usize, ByteLoop>,
    /// Whether all functions are taken for the heaviest.
    pub variables_in_memory: bool,
}

/// A function that the compiler makes itself.
#[derive(Debug, Clone, Copy)]
pub enum Synthetic {
    /// Runs the start function and `_start`, whose index is given.
    Entry(u32),
    /// A wrapper in the module's calling convention around the import with this index.
    ImportThunk(u32),
    /// The entry of the defined function `.0` that gives way first.
    GivingWay(u32),
    /// What a typed table holds where there is no function to call.
    Trap(TrapStub),
}

/// A function that only traps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrapStub {
    /// For a function of another signature.
    BadSignature,
    /// For null.
    Null,
}

impl TrapStub {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::BadSignature, Self::Null];

    fn code(self) -> TrapCode {
        match self {
            Self::BadSignature => trap::BAD_SIGNATURE,
            Self::Null => trap::INDIRECT_CALL_TO_NULL,
        }
    }
}

/// Scratch of one worker.
struct Worker {
    context: Context,
    builder: FunctionBuilderContext,
    validator: FuncValidatorAllocations,
}

impl Worker {
    fn new() -> Self {
        Self {
            context: Context::new(),
            builder: FunctionBuilderContext::new(),
            validator: FuncValidatorAllocations::default(),
        }
    }
}

impl Compiler<'_, '_, '_> {
    /// Compiles the functions with a body, in order.
    ///
    /// # Errors
    /// The first function, in order, that is invalid or unsupported.
    pub fn functions(&self, observer: &dyn Observer) -> Result<Functions, Error> {
        let total = self.env.module.functions.len();
        let done = AtomicUsize::new(0);
        let results: Vec<Result<(Compiled, String, Report), Error>> = (0..total)
            .into_par_iter()
            .map_init(Worker::new, |worker, index| {
                let compiled = self.function(worker, index);
                observer.functions(done.fetch_add(1, Ordering::Relaxed) + 1, total);
                compiled
            })
            .collect();
        let mut functions = Functions {
            compiled: Vec::with_capacity(total),
            text: String::new(),
            reports: Vec::with_capacity(total),
        };
        for result in results {
            let (compiled, text, report) = result?;
            functions.compiled.push(compiled);
            functions.text.push_str(&text);
            functions.reports.push(report);
        }
        Ok(functions)
    }

    /// Compiles functions that the compiler makes itself.
    #[must_use]
    pub fn synthetic(&self, functions: &[Synthetic]) -> Functions {
        let compiled: (Vec<Compiled>, Vec<String>) = functions
            .par_iter()
            .map_init(Worker::new, |worker, &function| {
                let name = format!("{function:?}");
                watch::begin(&name, Step::Lower);
                worker.context.clear();
                let (clif, builder) = (&mut worker.context.func, &mut worker.builder);
                match function {
                    Synthetic::Entry(main) => lower::lower_entry(self.env, main, clif, builder),
                    Synthetic::ImportThunk(index) => {
                        lower::lower_import_thunk(self.env, index, clif, builder)
                    }
                    Synthetic::GivingWay(index) => self.giving_way(index, clif, builder),
                    Synthetic::Trap(stub) => {
                        lower::lower_trap(self.env, stub.code(), clif, builder)
                    }
                }
                let compiled = self.machine_code(&mut worker.context, self.isa, &name);
                compiled.unwrap_or_else(|e| panic!("BUG: {e}"))
            })
            .unzip();
        let (compiled, texts) = compiled;
        Functions {
            compiled,
            text: texts.concat(),
            reports: Vec::new(),
        }
    }

    /// Leaves in `clif` the entry of a defined function that gives way first.
    fn giving_way(
        &self,
        index: u32,
        clif: &mut ir::Function,
        builder: &mut FunctionBuilderContext,
    ) {
        let facts = self.go.and_then(|go| go.giving_way.as_ref());
        let facts = facts.expect("BUG: an entry that gives way, and no facts");
        let index = index as usize;
        let graph = facts.entry(index);
        let nothing = Facts {
            sp: lower::SpFacts {
                mirrored: false,
                never_wraps: false,
            },
            byte_loop: None,
            variables: Variables::Ssa,
        };
        let lowered = lower::lower_function(self.env, index, &graph, nothing, clif, builder);
        lowered.unwrap_or_else(|e| panic!("BUG: {e}"));
    }

    /// The entries of functions that give way first, as far as `functions`, which are
    /// all, need them.
    #[must_use]
    pub fn entries(&self, functions: &[Compiled]) -> Vec<Synthetic> {
        let table = |symbol: &Symbol| matches!(symbol, Symbol::GivingWayTable(_));
        let needed = referenced_symbols(functions).iter().any(table);
        let facts = self.go.and_then(|go| go.giving_way.as_ref());
        let facts = facts.filter(|_| needed);
        let entries = facts.into_iter().flat_map(|facts| facts.with_entries());
        entries.map(Synthetic::GivingWay).collect()
    }

    /// Does for every function what comes before machine code, and says what became
    /// of their dispatches, in order: enough to know whether the code generator
    /// gets to see the module.
    ///
    /// # Errors
    /// As [`Self::functions`], but for the code generator's own limits.
    pub fn check(&self) -> Result<Vec<DispatchOutcome>, Error> {
        let results: Vec<Result<Report, Error>> = (0..self.env.module.functions.len())
            .into_par_iter()
            .map_init(Worker::new, |worker, index| {
                let report = self.to_clif(worker, index, &self.env.name(index));
                watch::end();
                report
            })
            .collect();
        let outcome = |report: Result<Report, Error>| Ok(report?.rewritten.dispatch);
        results.into_iter().map(outcome).collect()
    }

    /// A function's machine code, and its text if that was asked for.
    fn function(
        &self,
        worker: &mut Worker,
        index: usize,
    ) -> Result<(Compiled, String, Report), Error> {
        let name = self.env.name(index);
        let report = self.to_clif(worker, index, &name)?;
        let isa = if report.unoptimised {
            self.unoptimised_isa
        } else {
            self.isa
        };
        let (compiled, text) = self.machine_code(&mut worker.context, isa, &name)?;
        Ok((compiled, text, report))
    }

    /// Leaves the CLIF of the defined function `index`, whose name is `name`, in the worker's
    /// context: builds its graph, rewrites that by what is known of Go, and lowers it.
    fn to_clif(&self, worker: &mut Worker, index: usize, name: &str) -> Result<Report, Error> {
        watch::begin(name, Step::Graph);
        let module = self.env.module;
        let function = &module.functions[index];
        let mut graph = flow::build(
            &function.body,
            &function.validation,
            &module.types,
            &mut worker.validator,
            || name.to_string(),
        )?;
        watch::step(Step::Rewrite);
        let trust = match self.go {
            Some(go) if go.is_gos(index) => self.go_trust,
            _ => Trust::default(),
        };
        let rewritten = match self.go {
            Some(go) => go.rewrite(&mut graph, index, trust),
            None => Rewritten::NOT,
        };
        let mirrors_sp = self.go.is_some()
            && self.env.pinned_global == Some(go::sp::SP_GLOBAL)
            && go::sp::local_mirrors_sp(&graph, module.import_count());
        let sp = lower::SpFacts {
            mirrored: mirrors_sp,
            never_wraps: mirrors_sp
                && trust.shape
                && rewritten.dispatch == DispatchOutcome::Removed,
        };
        let facts = Facts {
            sp,
            byte_loop: self.byte_loops.get(&index).copied(),
            variables: Variables::Ssa,
        };
        watch::step(Step::Lower);
        let large = graph.operators.len() > LARGE_FUNCTION;
        let mut weight = match self.variables_in_memory {
            true => Weight::HEAVIEST,
            false => {
                let bytes = function.body.as_bytes().len();
                weight::liveness(&graph, bytes).max(weight::loops(&graph))
            }
        };
        if !weight.is_too_much() {
            self.clif(worker, index, &graph, facts)?;
            // The allocator with a single pass compares nothing.
            if !large {
                weight = weight.max(weight::merging(&worker.context.func));
            }
        }
        let in_memory = weight.is_too_much();
        if in_memory {
            let variables = Variables::InMemory;
            self.clif(worker, index, &graph, Facts { variables, ..facts })?;
        }
        let unoptimised = large || in_memory;
        Ok(Report {
            unoptimised,
            weight: if unoptimised {
                Weight::default()
            } else {
                weight
            },
            rewritten,
        })
    }

    /// Makes the function's CLIF, in the worker's context.
    fn clif(
        &self,
        worker: &mut Worker,
        index: usize,
        graph: &Graph<'_>,
        facts: Facts,
    ) -> Result<(), Error> {
        worker.context.clear();
        worker.context.func.name =
            UserFuncName::user(0, u32::try_from(index).expect("BUG: index over 32 bits"));
        let (clif, builder) = (&mut worker.context.func, &mut worker.builder);
        let lowered = lower::lower_function(self.env, index, graph, facts, clif, builder);
        if lowered.is_err() {
            // What an unfinished function left there would be taken for the next one's.
            worker.builder = FunctionBuilderContext::new();
        }
        lowered
    }

    /// Compiles the CLIF in `context`; also gives the text that was asked for. `name` is the
    /// function's.
    ///
    /// # Errors
    /// [`Error::Limit`] if the function is too large for the code generator.
    fn machine_code(
        &self,
        context: &mut Context,
        isa: &dyn TargetIsa,
        name: &str,
    ) -> Result<(Compiled, String), Error> {
        watch::step(Step::MachineCode);
        // Before the optimiser changes it.
        let clif = match self.emit {
            Emit::Clif => format!("; {name}\n{}\n\n", context.func.display()),
            _ => String::new(),
        };
        context.set_disasm(self.emit == Emit::Asm);
        let compiled = machine::compile(context, isa, name)?;
        watch::end();
        let code = context.compiled_code().and_then(|code| code.vcode.as_ref());
        let text = match (self.emit, code) {
            (Emit::Asm, Some(disassembly)) => format!("; {name}\n{disassembly}\n\n"),
            _ => clif,
        };
        Ok((compiled, text))
    }
}
