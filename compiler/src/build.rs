//! The whole way from bytes to the output file's bytes.

use crate::analysis::Analysis;
use crate::compile::{self, Synthetic};
use crate::emit::{self, Input};
use crate::error::Error;
use crate::go::DispatchOutcome;
use crate::link;
use crate::merge::{self, Preload};
use crate::module::{self, Module};
use crate::options::{Emit, Observer, Options, Phase};
use crate::{shim, trap};
use std::time::Instant;
use wasi_aot_contract::layout::{MAX_PAGES, WASM_PAGE_SIZE};
use wasi_aot_contract::manifest::{Record, writer};
use wasi_aot_contract::module::MemoryLimits;

/// What executables say they were built by.
const COMPILER: &str = concat!("wasi-aot ", env!("CARGO_PKG_VERSION"));

/// Compiles `wasm` as `options` say and returns the bytes of the output file
/// (for [`Emit::Clif`] and [`Emit::Asm`]: UTF-8 text).
///
/// Same input and options give the same bytes.
///
/// # Errors
/// Any [`Error`]; each displays as one line.
pub fn build(wasm: &[u8], options: &Options, observer: &dyn Observer) -> Result<Vec<u8>, Error> {
    build_with(wasm, &[], options, observer)
}

/// As [`build`], with modules that are instantiated before `wasm` and that it, and
/// those after them, may import from.
///
/// # Errors
/// As [`build`].
pub fn build_with(
    wasm: &[u8],
    preloads: &[Preload<'_>],
    options: &Options,
    observer: &dyn Observer,
) -> Result<Vec<u8>, Error> {
    let mut phases = Phases {
        observer,
        started: Instant::now(),
    };
    options.policy.check()?;
    let merged = merge::merge(wasm, preloads)?;
    phases.end("merge", || merge_detail(wasm, &merged, preloads));
    let module = module::parse(&merged)?;
    let main = module.entry()?;
    let memories = memory_limits(&module, options)?;
    note_missing_grants(&module, options, observer);
    phases.end("parse", || {
        format!(
            "{} functions, {} bytes of data",
            module.functions.len(),
            module.image.len()
        )
    });

    let analysis = Analysis::new(&module, options);
    phases.end("analyse", || analysis.to_string());
    let env = analysis.env(&module, options);
    let compiler = analysis.compiler(&env, options);
    let functions = compiler.functions(observer)?;
    let mut kinds = compiler.entries(&functions);
    kinds.extend(synthetic_functions(&module, main));
    let synthetic: Vec<_> = kinds
        .iter()
        .copied()
        .zip(compiler.synthetic(&kinds))
        .collect();
    let all = || {
        functions
            .iter()
            .chain(synthetic.iter().map(|(_, compiled)| compiled))
    };
    phases.end("compile", || {
        let code: usize = all().map(|f| f.code.len()).sum();
        let large = functions.iter().filter(|f| f.large).count();
        let large = if large == 0 {
            String::new()
        } else {
            format!(", {large} too large for the optimiser")
        };
        let outcomes = |outcome| {
            let dispatches = functions.iter().map(|f| f.rewritten.dispatch);
            dispatches.filter(|&dispatch| dispatch == outcome).count()
        };
        let removed = outcomes(DispatchOutcome::Removed);
        let dispatches = removed + outcomes(DispatchOutcome::NotRecognised);
        let giving_way: usize = functions.iter().map(|f| f.rewritten.giving_way).sum();
        format!(
            "{code} bytes of code{large}, {removed} of {dispatches} dispatches removed, {giving_way} calls give way"
        )
    });
    if matches!(options.emit, Emit::Clif | Emit::Asm) {
        return Ok(compile::text(all()).into_bytes());
    }

    let manifest = manifest(&module, options);
    let input = Input {
        env: &env,
        isa: analysis.isa.clone(),
        functions: &functions,
        synthetic: &synthetic,
        manifest: &manifest,
        memories: &memories,
        features: options.features(),
        preemption: analysis.preemption(options),
    };
    let (object, sizes) = emit::object(&input)?;
    phases.end("emit", || {
        format!(
            "{} bytes of code, {} of tables, {} of initial memory",
            sizes.code, sizes.tables, sizes.memory
        )
    });
    if options.emit == Emit::Obj {
        return Ok(object);
    }
    let executable = link::executable(&object, shim::image(options.target), options.strip)?;
    phases.end("link", || format!("{} bytes", executable.len()));
    Ok(executable)
}

fn merge_detail(wasm: &[u8], merged: &[u8], preloads: &[Preload<'_>]) -> String {
    let preloads = preloads.len();
    match merged.len() {
        len if std::ptr::eq(wasm, merged) => format!("nothing to do in {len} bytes"),
        len => format!("{preloads} preloads, {len} bytes"),
    }
}

/// Times phases as they end.
struct Phases<'o> {
    observer: &'o dyn Observer,
    started: Instant,
}

impl Phases<'_> {
    fn end(&mut self, name: &'static str, detail: impl FnOnce() -> String) {
        let duration = self.started.elapsed();
        self.observer.phase(&Phase {
            name,
            duration,
            detail: detail(),
        });
        self.started = Instant::now();
    }
}

/// The policy, and behind it what the executable was made by and from.
fn manifest(module: &Module<'_>, options: &Options) -> Vec<u8> {
    let mut manifest = options.policy.manifest();
    let built_by = Record::BuiltBy {
        compiler: COMPILER.as_bytes(),
    };
    let go_version = module.go_version.map(|version| Record::GoVersion {
        version: version.as_bytes(),
    });
    writer::append(&mut manifest, [built_by].into_iter().chain(go_version));
    manifest
}

/// Pages of each memory at start and at most, `--max-memory` applied.
fn memory_limits(module: &Module<'_>, options: &Options) -> Result<Vec<MemoryLimits>, Error> {
    let allowed = options.policy.max_pages().unwrap_or(MAX_PAGES);
    let limits = module.memories.iter().map(|memory| {
        if memory.initial > allowed {
            let bytes = |pages: u32| format!("{} KiB", u64::from(pages) * WASM_PAGE_SIZE / 1024);
            return Err(Error::InitialMemory {
                initial: bytes(memory.initial),
                maximum: bytes(allowed),
            });
        }
        Ok(MemoryLimits {
            initial_pages: memory.initial,
            maximum_pages: memory.maximum.min(allowed),
        })
    });
    limits.collect()
}

/// A program that wants files and gets none is rarely what was meant.
fn note_missing_grants(module: &Module<'_>, options: &Options, observer: &dyn Observer) {
    let wants_files = module
        .imports
        .iter()
        .any(|i| i.function.name.starts_with("path_"));
    if wants_files && options.policy.grants.is_empty() && options.emit == Emit::Exe {
        observer.note("the program can open files, but no directory is granted; grant one with --dir or --dir-ro");
    }
}

/// What the compiler adds to the module's own functions.
fn synthetic_functions(module: &Module<'_>, main: u32) -> Vec<Synthetic> {
    let imports = module.referenced_imports.iter().copied();
    let mut functions: Vec<_> = imports.map(Synthetic::ImportThunk).collect();
    functions.push(Synthetic::Trap(trap::BAD_SIGNATURE));
    functions.push(Synthetic::Trap(trap::INDIRECT_CALL_TO_NULL));
    functions.push(Synthetic::Entry(main));
    functions
}
