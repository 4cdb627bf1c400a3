//! The whole way from bytes to the output file's bytes.

use crate::compile::{self, Compiler, Synthetic};
use crate::emit::{self, Input};
use crate::error::Error;
use crate::go::bytes::{self, ByteLoop};
use crate::go::{DispatchOutcome, Knowledge};
use crate::link;
use crate::lower::Env;
use crate::module::{self, Module};
use crate::names;
use crate::options::{Emit, Observer, OptLevel, Options, Phase, Target};
use crate::{shim, target, trap};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;
use wasi_aot_contract::layout::{MAX_PAGES, WASM_PAGE_SIZE};

/// Compiles `wasm` as `options` say and returns the bytes of the output file
/// (for [`Emit::Clif`] and [`Emit::Asm`]: UTF-8 text).
///
/// Same input and options give the same bytes.
///
/// # Errors
/// Any [`Error`]; each displays as one line.
pub fn build(wasm: &[u8], options: &Options, observer: &dyn Observer) -> Result<Vec<u8>, Error> {
    let mut phases = Phases {
        observer,
        started: Instant::now(),
    };
    options.policy.check()?;
    let shim = shim_for(options)?;
    let module = module::parse(wasm)?;
    let main = module.entry()?;
    let (initial_pages, maximum_pages) = memory_limits(&module, options)?;
    note_missing_grants(&module, options, observer);
    phases.end("parse", || {
        format!(
            "{} functions, {} bytes of data",
            module.functions.len(),
            module.image.len()
        )
    });

    let reserved = emit::reserved_names();
    let names = names::function_names(&module, reserved.iter().map(String::as_str));
    let isa = target::isa(options.target, options.opt_level);
    let large = target::isa(options.target, OptLevel::O0);
    let env = Env::new(
        &module,
        options.target,
        isa.frontend_config(),
        !options.no_go_opt,
        &names,
    );
    let go = go_knowledge(&module, &names, options);
    let byte_loops = byte_loops(&module, options);
    phases.end("analyse", || {
        let facts = match &go {
            Some(go) => {
                let points: usize = go.resume_points.iter().map(BTreeSet::len).sum();
                let never_zero = go.never_zero.iter().filter(|&&never| never).count();
                format!(
                    "a Go module: {points} resume points, {never_zero} functions without normal return, {}",
                    match go.preemption {
                        Some(_) => "goroutines can be preempted",
                        None => "no way seen to preempt goroutines",
                    }
                )
            }
            None => "no Go knowledge used".into(),
        };
        format!("{facts}, {} byte loops replaced", byte_loops.len())
    });
    let compiler = Compiler {
        go: go.as_ref(),
        go_trust: !options.no_go_trust,
        byte_loops: &byte_loops,
        env: &env,
        isa: &*isa,
        large: &*large,
        emit: options.emit,
    };
    let functions = compiler.functions(observer)?;
    let kinds = synthetic_functions(&module, main);
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
        let outcomes = |outcome| functions.iter().filter(|f| f.dispatch == outcome).count();
        let removed = outcomes(DispatchOutcome::Removed);
        let dispatches = removed + outcomes(DispatchOutcome::NotRecognised);
        format!("{code} bytes of code{large}, {removed} of {dispatches} dispatches removed")
    });
    if matches!(options.emit, Emit::Clif | Emit::Asm) {
        return Ok(compile::text(all()).into_bytes());
    }

    let manifest = options.policy.manifest();
    let input = Input {
        env: &env,
        isa: isa.clone(),
        functions: &functions,
        synthetic: &synthetic,
        manifest: &manifest,
        initial_pages,
        maximum_pages,
        preemption: go
            .as_ref()
            .filter(|_| !options.no_go_trust && !options.no_preempt)
            .and_then(|go| go.preemption),
    };
    let (object, sizes) = emit::object(&input);
    phases.end("emit", || {
        format!(
            "{} bytes of code, {} of tables, {} of initial memory",
            sizes.code, sizes.tables, sizes.memory
        )
    });
    let Some(shim) = shim else { return Ok(object) };
    let executable = link::executable(&object, shim, options.strip)?;
    phases.end("link", || format!("{} bytes", executable.len()));
    Ok(executable)
}

/// What is known of a Go module, if it is to be used.
fn go_knowledge(module: &Module<'_>, names: &[String], options: &Options) -> Option<Knowledge> {
    if options.no_go_opt {
        return None;
    }
    let mut go = Knowledge::of(module, options.opt_level != OptLevel::O0)?;
    if let Some(forgotten) = &options.forget_resume_points {
        for (points, _) in go
            .resume_points
            .iter_mut()
            .zip(names)
            .filter(|(_, name)| *name == forgotten)
        {
            points.clear();
        }
    }
    Some(go)
}

/// The byte loops that are to be replaced, in a module of any origin.
fn byte_loops(module: &Module<'_>, options: &Options) -> BTreeMap<usize, ByteLoop> {
    if options.no_go_opt {
        BTreeMap::new()
    } else {
        bytes::byte_loops(module)
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

/// The shim to link with, where an executable is wanted.
fn shim_for(options: &Options) -> Result<Option<&'static [u8]>, Error> {
    match (options.emit, options.target) {
        (Emit::Exe, Target::LinuxAmd64) => Ok(Some(shim::LINUX_AMD64)),
        (Emit::Exe, target) => Err(Error::NoShim(target.name())),
        _ => Ok(None),
    }
}

/// Pages of linear memory at start and at most, `--max-memory` applied.
fn memory_limits(module: &Module<'_>, options: &Options) -> Result<(u32, u32), Error> {
    let (initial, maximum) = module
        .memory
        .as_ref()
        .map_or((0, 0), |m| (m.initial, m.maximum));
    let allowed = options.policy.max_pages().unwrap_or(MAX_PAGES);
    if initial > allowed {
        let bytes = |pages: u32| format!("{} KiB", u64::from(pages) * WASM_PAGE_SIZE / 1024);
        return Err(Error::InitialMemory {
            initial: bytes(initial),
            maximum: bytes(allowed),
        });
    }
    Ok((initial, maximum.min(allowed)))
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
    let elements = module.table.iter().flat_map(|t| &t.elements).flatten();
    let imports: BTreeSet<u32> = elements
        .copied()
        .filter(|&index| (index as usize) < module.imports.len())
        .collect();
    let mut functions: Vec<_> = imports.into_iter().map(Synthetic::ImportThunk).collect();
    functions.push(Synthetic::Trap(trap::BAD_SIGNATURE));
    functions.push(Synthetic::Trap(trap::INDIRECT_CALL_TO_NULL));
    functions.push(Synthetic::Entry(main));
    functions
}
