//! Compares many modules, for a given time or number.

use crate::config::Kind;
use crate::ours::Bench;
use crate::outcome::{End, Outcome};
use crate::reference::Reference;
use crate::subject::{expected, subject};
use anyhow::{Context, Result};
use harness::paths;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Which modules are run, and for how long.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Kinds of modules, which are run in turn.
    pub kinds: Vec<Kind>,
    /// The seed of the first module of each kind. Later modules have the next seeds.
    pub seed: u64,
    /// The number of modules of all kinds.
    pub modules: u64,
    pub time: Duration,
    pub threads: usize,
}

/// The counts of one kind.
#[derive(Debug, Default, Clone)]
pub struct Counts {
    /// The number of modules that were compared.
    pub modules: u64,
    /// The number of seeds that give no module.
    pub none: u64,
    /// The number of executions of ours.
    pub executions: u64,
    /// The number of runs of the reference, and how many of them trapped.
    pub runs: u64,
    pub traps: u64,
    /// (seed, difference) of each mismatch.
    pub mismatches: Vec<(u64, String)>,
}

pub type Report = BTreeMap<Kind, Counts>;

/// Runs a plan in its number of threads.
///
/// # Errors
/// If the harness itself fails.
pub fn run(plan: &Plan) -> Result<Report> {
    let next = AtomicU64::new(0);
    let report = Mutex::new(Report::new());
    let started = Instant::now();
    let work = || -> Result<()> {
        let mut worker = Worker::new()?;
        while started.elapsed() < plan.time {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= plan.modules {
                break;
            }
            let kinds = plan.kinds.len() as u64;
            let kind = plan.kinds[usize::try_from(number % kinds)?];
            let seed = plan.seed.wrapping_add(number / kinds);
            let counts = worker.module(kind, seed);
            let mut report = report.lock().expect("no panic while held");
            report.entry(kind).or_default().add(counts);
        }
        Ok(())
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..plan.threads).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            thread.join().expect("BUG: a worker panicked")?;
        }
        anyhow::Ok(())
    })?;
    Ok(report.into_inner().expect("no panic while held"))
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.modules += other.modules;
        self.none += other.none;
        self.executions += other.executions;
        self.runs += other.runs;
        self.traps += other.traps;
        self.mismatches.extend(other.mismatches);
    }
}

/// The state of one thread.
pub struct Worker {
    reference: Reference,
    bench: Bench,
    /// A pool of one thread for the compiler, because there are as many workers as cores.
    pool: rayon::ThreadPool,
}

impl Worker {
    /// # Errors
    /// If it can't make a directory for executables.
    pub fn new() -> Result<Self> {
        Ok(Self {
            reference: Reference::new(),
            bench: Bench::new()?,
            pool: rayon::ThreadPoolBuilder::new().num_threads(1).build()?,
        })
    }

    /// Runs `work` with one thread for the compiler.
    pub fn within<T: Send>(&mut self, work: impl FnOnce(&mut Reference, &Bench) -> T + Send) -> T {
        let (reference, bench) = (&mut self.reference, &self.bench);
        self.pool.install(|| work(reference, bench))
    }

    /// Compares the module of a seed.
    pub fn module(&mut self, kind: Kind, seed: u64) -> Counts {
        let mut counts = Counts::default();
        let result = self.within(|reference, bench| {
            let Some(subject) = subject(kind, seed)? else {
                counts.none = 1;
                return Ok(());
            };
            counts.modules = 1;
            let checked = expected(&subject.command, reference).and_then(|expected| {
                counts.see(&expected);
                subject.check(&expected, bench, &mut counts.executions)
            });
            checked.or_else(|error| {
                let path = keep(kind, seed, &subject.command.wasm)?;
                Err(error.context(path.display().to_string()))
            })
        });
        if let Err(error) = result {
            counts.mismatches.push((seed, format!("{error:#}")));
        }
        counts
    }
}

impl Counts {
    fn see(&mut self, expected: &[(u64, Outcome)]) {
        let ends =
            |end: fn(End) -> bool| expected.iter().filter(|(_, o)| end(o.end)).count() as u64;
        self.runs = expected.len() as u64;
        self.traps = ends(|end| matches!(end, End::Trapped(_)));
    }
}

/// Keeps a module that differs.
fn keep(kind: Kind, seed: u64, wasm: &[u8]) -> Result<PathBuf> {
    let directory = paths::profile_dir()?.with_file_name("differential");
    std::fs::create_dir_all(&directory)?;
    let path = directory.join(format!("{}-{seed}.wasm", kind.name()));
    std::fs::write(&path, wasm).context("the module can't be kept")?;
    Ok(path)
}

/// A line for each mismatch, and a table with a row for each kind and one for all.
pub fn render(report: &Report) -> String {
    let mut text = String::new();
    let mut all = Counts::default();
    for (kind, counts) in report {
        let name = kind.name();
        for (seed, what) in &counts.mismatches {
            text.push_str(&format!(
                "MISMATCH {what}\n  again: make differential CONFIG={name} SEED={seed} MODULES=1\n"
            ));
        }
        all.add(counts.clone());
    }
    text.push_str(
        "| kind | modules | seeds without one | executions | runs that trap | mismatches |\n",
    );
    text.push_str("|---|---:|---:|---:|---:|---:|\n");
    for (kind, counts) in report {
        text.push_str(&row(kind.name(), counts));
    }
    text.push_str(&row("all", &all));
    text
}

fn row(name: &str, counts: &Counts) -> String {
    format!(
        "| {name} | {} | {} | {} | {} of {} | {} |\n",
        counts.modules,
        counts.none,
        counts.executions,
        counts.traps,
        counts.runs,
        counts.mismatches.len(),
    )
}
