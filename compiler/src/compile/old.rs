//! TRANSITION: the old middle, which [`super::body`] and [`super::waves`] replace.

use super::report::{DispatchOutcome, Report};
use super::watch::{self, Step};
use super::worker::Worker;
use super::{Code, Compiled, Compiler, Unit, UnitKind};
use crate::error::Error;
use crate::flow::{self, Graph};
use crate::go::{self, Rewritten, Trust};
use crate::old_lower::{self as lower, Facts, Variables};
use crate::options::Observer;
use crate::weight::{self, Weight};
use cranelift_codegen::ir::{self as clif, UserFuncName};
use cranelift_frontend::FunctionBuilderContext;
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

const LARGE_FUNCTION: usize = 250_000;

impl From<go::DispatchOutcome> for DispatchOutcome {
    fn from(old: go::DispatchOutcome) -> Self {
        match old {
            go::DispatchOutcome::Absent => Self::Absent,
            go::DispatchOutcome::Removed => Self::Removed,
            go::DispatchOutcome::NotRecognised => Self::NotRecognised,
        }
    }
}

/// Whether the old middle compiles functions.
pub fn is_used() -> bool {
    std::env::var_os("WASI_AOT_MIDDLE").is_none_or(|middle| middle != "new")
}

impl Compiler<'_, '_, '_> {
    pub fn old_bodies(&self, observer: &dyn Observer) -> Result<Compiled, Error> {
        let total = self.env.module.functions.len();
        let done = AtomicUsize::new(0);
        let results: Vec<Result<Option<(Unit, String, Report)>, Error>> = (0..total)
            .into_par_iter()
            .map_init(
                || self.worker(),
                |worker, index| {
                    if !self.shows(&self.env.names[index]) {
                        return Ok(None);
                    }
                    let (code, text, report) = self.old_function(worker, index)?;
                    observer.functions(done.fetch_add(1, Ordering::Relaxed) + 1, total);
                    let unit = Unit {
                        kind: UnitKind::Body(
                            u32::try_from(index).expect("BUG: index over 32 bits"),
                        ),
                        name: self.env.names[index].clone(),
                        code,
                    };
                    Ok(Some((unit, text, report)))
                },
            )
            .collect();
        let mut compiled = Compiled::default();
        for result in results {
            let Some((unit, text, report)) = result? else {
                continue;
            };
            compiled.units.push(unit);
            compiled.text.push_str(&text);
            compiled.reports.push(report);
        }
        Ok(compiled)
    }

    pub(super) fn giving_way(
        &self,
        index: u32,
        clif: &mut clif::Function,
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

    fn old_function(
        &self,
        worker: &mut Worker<'_>,
        index: usize,
    ) -> Result<(Code, String, Report), Error> {
        let name = self.env.name(index);
        let report = self.to_clif(worker, index, &name)?;
        let isa = if report.unoptimised {
            self.unoptimised_isa
        } else {
            self.isa
        };
        let (code, text) = self.machine_code(worker, isa, &name)?;
        Ok((code, text, report))
    }

    pub(super) fn to_clif(
        &self,
        worker: &mut Worker<'_>,
        index: usize,
        name: &str,
    ) -> Result<Report, Error> {
        watch::begin(name, Step::Build);
        let module = self.env.module;
        let function = &module.functions[index];
        let mut graph = flow::build(
            &function.body,
            &function.validation,
            &module.types,
            &mut worker.validator,
            || name.to_string(),
        )?;
        watch::step(Step::Passes);
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
                && rewritten.dispatch == go::DispatchOutcome::Removed,
        };
        let facts = Facts {
            sp,
            byte_loop: self.byte_loops.get(&index).copied(),
            variables: Variables::Ssa,
        };
        watch::step(Step::Lower);
        let large = graph.operators.len() > LARGE_FUNCTION;
        let mut weight = match self.selection.runs(crate::pass::values(), index) {
            false => Weight::HEAVIEST,
            true => {
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
            dispatch: rewritten.dispatch.into(),
            giving_way: rewritten.giving_way,
        })
    }

    fn clif(
        &self,
        worker: &mut Worker<'_>,
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
}
