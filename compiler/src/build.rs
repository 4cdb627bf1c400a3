//! The whole way from bytes to the output file's bytes.

use crate::analysis::Analysis;
use crate::compile::{Compiled, DispatchOutcome, Report, TrapStub, UnitKind};
use crate::emit::{self, Input};
use crate::error::{Error, printable};
use crate::go::preempt::G_GLOBAL;
use crate::link;
use crate::lower::Env;
use crate::manifest::{self, Made};
use crate::merge::{self, Preload};
use crate::module::{self, Gaps, Module};
use crate::options::{Emit, Facts, Observer, Options, Phase};
use crate::pass::{GIVE_WAY, PASSES, Selection, Solved, Stats, Summary};
use crate::passes::PassTotal;
use crate::policy::Budget;
use crate::shim_image;
use std::collections::BTreeSet;
use std::time::Instant;
use wasi_aot_contract::layout::WASM_PAGE_SIZE;
use wasi_aot_contract::module::MemoryLimits;

/// The compiler's name and version in each manifest.
const COMPILER: &str = concat!("wasi-aot ", env!("CARGO_PKG_VERSION"));

/// Compiles `wasm` as `options` say and returns the bytes of the output file
/// (for [`Emit::Ir`], [`Emit::Clif`] and [`Emit::Asm`]: UTF-8 text).
///
/// Same input and options give the same bytes.
///
/// # Errors
/// Any [`Error`]; each displays as one line.
pub fn build(wasm: &[u8], options: &Options, observer: &dyn Observer) -> Result<Vec<u8>, Error> {
    build_with(wasm, &[], options, observer)
}

/// As [`build`], with preloads, which are instantiated in order before `wasm`. `wasm` and
/// later preloads may import from a preload.
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
    let gaps = match options.emit {
        Emit::Obj => Gaps::Filled,
        _ => Gaps::LeftOut,
    };
    let merged = merge::merge(wasm, preloads, gaps)?;
    phases.end("merge", || merge_detail(wasm, &merged, preloads));
    let module = module::parse(&merged)?;
    let main = module.entry()?;
    let initial = module
        .memories
        .iter()
        .map(|memory| u64::from(memory.initial));
    let budget = Budget::of(&options.policy, initial.sum())?;
    let memories = memory_limits(&module);
    note_missing_grants(&module, options, observer);
    note_cut_tables(&module, observer);
    phases.end("parse", || {
        format!(
            "{} functions, {} bytes of data",
            module.functions.len(),
            module.image.size()
        )
    });

    let analysis = Analysis::new(&module, options);
    phases.end("analyse", || analysis.to_string());
    let env = analysis.env(&module, options);
    let mut compiler = analysis.compiler(&env, options);
    compiler.timed = observer.times_passes();
    note_limit(&env, options, observer);
    let summaries = compiler.summaries()?;
    phases.end("build", || summaries_detail(summaries.as_deref()));
    let solved = compiler.solve(summaries);
    phases.end("solve", || solved.to_string());
    let mut compiled = compiler.bodies(&solved, observer)?;
    if options.emit != Emit::Ir {
        let mut kinds = compiler.entries(&compiled.units);
        kinds.extend(compiler.quitting());
        kinds.extend(own_units(&module, main));
        let own = compiler.own_units(&kinds);
        compiled.units.extend(own.units);
        compiled.text.push_str(&own.text);
    }
    phases.end("compile", || compile_detail(&compiled));
    let stats = compiler.stats.into_inner();
    let stats = stats.unwrap_or_else(|e| panic!("BUG: a worker panicked: {e}"));
    observer.passes(&totals(&stats));
    observer.facts(&facts(&analysis, &compiled.reports, &solved, &stats));
    if options.emit.is_text() {
        return match &options.functions {
            Some(pattern) if compiled.text.is_empty() => {
                Err(Error::NotShown(printable(&pattern.to_string())))
            }
            _ => Ok(compiled.text.into_bytes()),
        };
    }

    let manifest = manifest::write(&options.policy, &budget, &made(&module, &analysis, options));
    let input = Input {
        env: &env,
        isa: analysis.isa.clone(),
        units: &compiled.units,
        manifest: &manifest,
        with_memory: options.emit == Emit::Obj,
        memories: &memories,
        features: options.features(),
        preemption: analysis.preemption(options).map(|p| (G_GLOBAL, p)),
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
    let memory = link::Memory {
        chunks: module.image.chunks(),
        size: u64::from(memories.first().map_or(0, |m| m.initial_pages)) * WASM_PAGE_SIZE,
    };
    let shim = shim_image::of(options.target);
    let executable = link::executable(&object, &memory, shim, options.strip)?;
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

/// Counts of the compiled units, for `--verbose`.
fn compile_detail(compiled: &Compiled) -> String {
    let code: usize = compiled.units.iter().map(|u| u.code.bytes.len()).sum();
    let reports = &compiled.reports;
    let large = match reports.iter().filter(|r| r.unoptimised).count() {
        0 => String::new(),
        large => format!(", {large} too large for the optimiser"),
    };
    let heaviest = reports
        .iter()
        .map(|r| r.weight.percent())
        .max()
        .unwrap_or(0);
    let outcomes = |outcome| {
        let dispatches = reports.iter().map(|r| r.dispatch);
        dispatches.filter(|&dispatch| dispatch == outcome).count()
    };
    let removed = outcomes(DispatchOutcome::Removed);
    let dispatches = removed + outcomes(DispatchOutcome::NotRecognised);
    format!(
        "{code} bytes of code{large} (the heaviest else has {heaviest}% of the limit), {removed} of {dispatches} dispatches removed"
    )
}

/// Counts of the functions that the first wave built, for `--verbose`.
fn summaries_detail(summaries: Option<&[Summary]>) -> String {
    match summaries {
        None => "nothing to be solved".into(),
        Some(summaries) => format!("{} functions validated and summarised", summaries.len()),
    }
}

/// What each pass did.
fn totals(stats: &Stats) -> Vec<PassTotal> {
    let totals = stats.all().map(|(name, total)| PassTotal {
        name,
        functions: total.functions,
        changes: total.changes,
        time: total.time,
    });
    totals.collect()
}

/// The facts that `analysis` found, and counts of the changes to all functions.
fn facts(analysis: &Analysis, reports: &[Report], solved: &Solved, stats: &Stats) -> Facts {
    let mut facts = Facts {
        byte_loops: analysis.byte_loops.len(),
        giving_way: stats.of(GIVE_WAY).changes,
        ..Facts::default()
    };
    if let Some(go) = &analysis.go {
        facts.is_go = true;
        facts.resume_points = go.resume_points.iter().map(BTreeSet::len).sum();
        facts.never_return = solved.never_zero.iter().filter(|&&never| never).count();
        facts.preemptible = go.preemption.is_some();
    }
    for report in reports {
        facts.dispatches += usize::from(report.dispatch != DispatchOutcome::Absent);
        facts.dispatches_removed += usize::from(report.dispatch == DispatchOutcome::Removed);
    }
    facts
}

/// Says which pass on which function is the last one within `--pass-limit`.
fn note_limit(env: &Env<'_, '_>, options: &Options, observer: &dyn Observer) {
    let Some(limit) = options.pass_limit else {
        return;
    };
    let pairs = Selection::pairs(env.module.functions.len());
    let last = match limit.min(pairs).checked_sub(1) {
        None => "no pass runs".to_string(),
        Some(last) => {
            let (pass, function) = Selection::pair(last);
            let (pass, function) = (PASSES[pass].name, env.name(function));
            format!("the last one is {pass} on {function}")
        }
    };
    observer.note(&format!("pass limit {limit} of {pairs}: {last}"));
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

/// How the code of the module is made.
fn made<'m>(module: &Module<'m>, analysis: &Analysis, options: &Options) -> Made<'m> {
    Made {
        spectre: options.spectre,
        built_by: Some(COMPILER.as_bytes()),
        go_version: module.go_version.map(str::as_bytes),
        joins_names: analysis.is_go && opens_files(module),
    }
}

/// The module's own limits of each memory. The runtime keeps all memories together within the
/// policy's budget, which it reads from the manifest.
fn memory_limits(module: &Module<'_>) -> Vec<MemoryLimits> {
    let limits = module.memories.iter().map(|memory| MemoryLimits {
        initial_pages: memory.initial,
        maximum_pages: memory.maximum,
    });
    limits.collect()
}

/// Whether the module can ask for a file by its name.
fn opens_files(module: &Module<'_>) -> bool {
    let mut imports = module.imports.iter();
    imports.any(|import| import.function.name.starts_with("path_"))
}

/// A program that can open files but has no directory is rarely intended, so this gets a note.
fn note_missing_grants(module: &Module<'_>, options: &Options, observer: &dyn Observer) {
    let policy = &options.policy;
    let is_granted = !policy.grants.is_empty() || policy.has_files();
    if opens_files(module) && !is_granted && options.emit == Emit::Exe {
        observer.note("the program can open files, but no directory is granted; grant one with --dir or --dir-ro");
    }
}

/// Notes each table that can't grow to its maximum.
fn note_cut_tables(module: &Module<'_>, observer: &dyn Observer) {
    let tables = module.tables.iter().enumerate();
    for (index, table) in tables.filter(|(_, table)| table.is_cut()) {
        let maximum = table.maximum.unwrap_or(u32::MAX);
        observer.note(&format!(
            "table {index} may have {maximum} elements; here it grows to {}, and no further",
            table.room
        ));
    }
}

/// The units that the compiler adds to the module's functions.
fn own_units(module: &Module<'_>, main: u32) -> Vec<UnitKind> {
    let imports = module.referenced_imports.iter().copied();
    let mut units: Vec<_> = imports.map(UnitKind::ImportThunk).collect();
    units.extend(TrapStub::ALL.map(UnitKind::Trap));
    units.push(UnitKind::Entry(main));
    units
}
