//! Compiles all functions, in parallel, to machine code with symbolic
//! relocations.
//!
//! Each worker thread has one scratch context that it reuses; results come back
//! in function order, so the output doesn't depend on the number of threads.

use crate::error::Error;
use crate::flow::{self, Graph};
use crate::go::bytes::ByteLoop;
use crate::go::{self, DispatchOutcome, Knowledge, Rewritten, Trust};
use crate::lower::{self, Env, Facts, Variables};
use crate::options::{Emit, Observer};
use crate::symbol::Symbol;
use crate::trap;
use crate::weight::{self, Weight};
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::{self, TrapCode, UserFuncName};
use cranelift_codegen::isa::TargetIsa;
use cranelift_codegen::{CodegenError, Context, FinalizedRelocTarget};
use cranelift_frontend::FunctionBuilderContext;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use wasi_aot_contract::module::TrapKind;
use wasmparser::FuncValidatorAllocations;

/// A function with more operators than this goes to `Compiler::large`: the
/// optimiser's cost grows faster than a function's size.
const LARGE_FUNCTION: usize = 250_000;

/// A compiled function.
pub struct Compiled {
    pub code: Vec<u8>,
    pub alignment: u64,
    pub relocations: Vec<Relocation>,
    pub traps: Vec<Trap>,
    /// CLIF or disassembly, where one of them was asked for.
    pub text: Option<String>,
    /// Whether it was too large, or too heavy, for the optimiser.
    pub large: bool,
    /// Of one that wasn't.
    pub weight: Weight,
    /// What became of Go's control flow.
    pub rewritten: Rewritten,
}

impl Compiled {
    /// Machine code that didn't come out of Cranelift, without trap sites.
    #[must_use]
    pub fn from_bytes(code: Vec<u8>, alignment: u64, relocations: Vec<Relocation>) -> Self {
        Self {
            code,
            alignment,
            relocations,
            traps: Vec::new(),
            text: None,
            large: false,
            weight: Weight::default(),
            rewritten: Rewritten::NOT,
        }
    }
}

/// A place in a function that holds a symbol's address.
pub struct Relocation {
    pub offset: u32,
    pub kind: Reloc,
    pub target: Target,
    pub addend: i64,
}

/// What a relocation refers to.
#[derive(Clone, Copy)]
pub enum Target {
    Symbol(Symbol),
    /// An offset in the function itself.
    Within(u32),
}

/// An instruction that traps by itself.
pub struct Trap {
    pub offset: u32,
    pub kind: TrapKind,
    pub wasm_offset: u32,
}

/// What all functions are compiled with.
pub struct Compiler<'c, 'm, 'w> {
    pub env: &'c Env<'m, 'w>,
    pub isa: &'c dyn TargetIsa,
    /// For functions that are too large for the optimiser.
    pub large: &'c dyn TargetIsa,
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
    ImportThunk(u32),
    /// The entry of a defined function that gives way first.
    GivingWay(u32),
    Trap(TrapCode),
}

/// What is known of a function once its CLIF is made.
struct Lowered {
    rewritten: Rewritten,
    large: bool,
    weight: Weight,
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
    pub fn functions(&self, observer: &dyn Observer) -> Result<Vec<Compiled>, Error> {
        let total = self.env.module.functions.len();
        let done = AtomicUsize::new(0);
        let results: Vec<Result<Compiled, Error>> = (0..total)
            .into_par_iter()
            .map_init(Worker::new, |worker, index| {
                let compiled = self.function(worker, index);
                observer.functions(done.fetch_add(1, Ordering::Relaxed) + 1, total);
                compiled
            })
            .collect();
        results.into_iter().collect()
    }

    /// Compiles functions that the compiler makes itself.
    #[must_use]
    pub fn synthetic(&self, functions: &[Synthetic]) -> Vec<Compiled> {
        functions
            .par_iter()
            .map_init(Worker::new, |worker, &function| {
                worker.context.clear();
                let (clif, builder) = (&mut worker.context.func, &mut worker.builder);
                match function {
                    Synthetic::Entry(main) => lower::lower_entry(self.env, main, clif, builder),
                    Synthetic::ImportThunk(index) => {
                        lower::lower_import_thunk(self.env, index, clif, builder)
                    }
                    Synthetic::GivingWay(index) => self.giving_way(index, clif, builder),
                    Synthetic::Trap(code) => lower::lower_trap(self.env, code, clif, builder),
                }
                let name = format!("{function:?}");
                let compiled = self.machine_code(&mut worker.context, self.isa, &name);
                compiled.unwrap_or_else(|e| panic!("BUG: {e}"))
            })
            .collect()
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
        let results: Vec<Result<Lowered, Error>> = (0..self.env.module.functions.len())
            .into_par_iter()
            .map_init(Worker::new, |worker, index| self.lower(worker, index))
            .collect();
        let outcome = |lowered: Result<Lowered, Error>| Ok(lowered?.rewritten.dispatch);
        results.into_iter().map(outcome).collect()
    }

    fn function(&self, worker: &mut Worker, index: usize) -> Result<Compiled, Error> {
        let lowered = self.lower(worker, index)?;
        let isa = if lowered.large { self.large } else { self.isa };
        let mut compiled = self.machine_code(&mut worker.context, isa, &self.env.name(index))?;
        compiled.large = lowered.large;
        compiled.weight = lowered.weight;
        compiled.rewritten = lowered.rewritten;
        Ok(compiled)
    }

    /// Leaves the function's CLIF in the worker's context.
    fn lower(&self, worker: &mut Worker, index: usize) -> Result<Lowered, Error> {
        let module = self.env.module;
        let function = &module.functions[index];
        let name = || self.env.name(index);
        let mut graph = flow::build(
            &function.body,
            &function.validation,
            &module.types,
            &mut worker.validator,
            name,
        )?;
        let trust = match self.go {
            Some(go) if go.made(index) => self.go_trust,
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
        let large = large || in_memory;
        Ok(Lowered {
            rewritten,
            large,
            weight: if large { Weight::default() } else { weight },
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

    /// Compiles the CLIF in `context`; `name` is for messages.
    ///
    /// # Errors
    /// [`Error::Limit`] if the function is too large for the code generator.
    fn machine_code(
        &self,
        context: &mut Context,
        isa: &dyn TargetIsa,
        name: &str,
    ) -> Result<Compiled, Error> {
        let clif =
            (self.emit == Emit::Clif).then(|| format!("; {name}\n{}\n", context.func.display()));
        context.set_disasm(self.emit == Emit::Asm);
        if let Err(e) = context.compile(isa, &mut Default::default()) {
            return Err(too_large(name, &e.inner));
        }
        let code = context.compiled_code().expect("BUG: compiled without code");
        let disassembly = code
            .vcode
            .as_ref()
            .map(|text| format!("; {name}\n{text}\n"));
        let buffer = &code.buffer;
        Ok(Compiled {
            code: buffer.data().to_vec(),
            alignment: u64::from(buffer.alignment),
            relocations: buffer
                .relocs()
                .iter()
                .map(|r| relocation(&context.func, r))
                .collect(),
            traps: traps(buffer),
            text: clif.or(disassembly),
            large: false,
            weight: Weight::default(),
            rewritten: Rewritten::NOT,
        })
    }
}

/// # Panics
/// If the code generator failed for any reason but the function's size.
fn too_large(name: &str, error: &CodegenError) -> Error {
    match error {
        CodegenError::ImplLimitExceeded | CodegenError::CodeTooLarge => Error::Limit(format!(
            "{name} is too large for the code generator; split it, or leave the data in it to a file"
        )),
        other => panic!("BUG: code generator on {name}: {other:?}"),
    }
}

fn relocation(
    function: &ir::Function,
    reloc: &cranelift_codegen::FinalizedMachReloc,
) -> Relocation {
    let target = match &reloc.target {
        FinalizedRelocTarget::ExternalName(ir::ExternalName::User(name)) => Target::Symbol(
            Symbol::from_user_name(&function.params.user_named_funcs()[*name]),
        ),
        FinalizedRelocTarget::Func(offset) => Target::Within(*offset),
        other => panic!("BUG: relocation against {other:?}, which lowering never names"),
    };
    Relocation {
        offset: reloc.offset,
        kind: reloc.kind,
        target,
        addend: reloc.addend,
    }
}

/// The trap sites of a function with their places in the wasm file.
fn traps(buffer: &cranelift_codegen::MachBufferFinalized<cranelift_codegen::Final>) -> Vec<Trap> {
    let locations = buffer.get_srclocs_sorted();
    let wasm_offset = |offset: u32| {
        let next = locations.partition_point(|l| l.start <= offset);
        let found = next
            .checked_sub(1)
            .map(|i| &locations[i])
            .filter(|l| offset < l.end && !l.loc.is_default());
        found.map_or(u32::MAX, |l| l.loc.bits())
    };
    let sites = buffer.traps().iter();
    sites
        .filter_map(|site| {
            Some(Trap {
                offset: site.offset,
                kind: trap::kind(site.code)?,
                wasm_offset: wasm_offset(site.offset),
            })
        })
        .collect()
}

/// The symbols that compiled functions refer to, in a fixed order.
#[must_use]
pub fn referenced_symbols<'a>(
    functions: impl IntoIterator<Item = &'a Compiled>,
) -> BTreeSet<Symbol> {
    let relocations = functions.into_iter().flat_map(|f| &f.relocations);
    relocations
        .filter_map(|r| match r.target {
            Target::Symbol(symbol) => Some(symbol),
            Target::Within(_) => None,
        })
        .collect()
}

/// All functions' texts, one after the other.
#[must_use]
pub fn text<'a>(functions: impl IntoIterator<Item = &'a Compiled>) -> String {
    let mut all = String::new();
    for text in functions.into_iter().filter_map(|f| f.text.as_deref()) {
        writeln!(all, "{text}").expect("BUG: writing to a string failed");
    }
    all
}
