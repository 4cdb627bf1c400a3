//! What is known of a module before any of its functions is compiled.

use crate::compile::Compiler;
use crate::go::byte_loops::{self, ByteLoop};
use crate::go::pclntab::Pclntab;
use crate::go::quitting::Quitting;
use crate::go::{Knowledge, Trust};
use crate::lower::Env;
use crate::module::Module;
use crate::naming;
use crate::options::{Emit, OptLevel, Options};
use crate::pass::{self, BYTE_LOOP, NO_RETURN, Selection, Switches, WIDEN_CHECK};
use crate::target;
use cranelift_codegen::isa::OwnedTargetIsa;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Mutex;
use wasi_aot_contract::module::Preemption;

/// Made once for a module and the options it is built with.
pub struct Analysis {
    /// A name for each defined function.
    names: Vec<String>,
    /// Whether the module has the table that Go's linker writes.
    pub is_go: bool,
    /// What is known of a Go module, if it is to be used.
    pub go: Option<Knowledge>,
    /// The byte loops that are to be replaced, in a module of any origin, by place among the
    /// defined functions.
    pub byte_loops: BTreeMap<usize, ByteLoop>,
    /// The code generator.
    pub isa: OwnedTargetIsa,
    /// The code generator for functions that are too large or too heavy for the optimiser.
    unoptimised_isa: OwnedTargetIsa,
}

impl Analysis {
    /// Reads everything off `module` that `options` let the build use.
    #[must_use]
    pub fn new(module: &Module<'_>, options: &Options) -> Self {
        let table = Pclntab::find_in(&module.image, module.functions.len());
        let names = naming::function_names(module, table.as_ref());
        let is_go = table.is_some();
        let go = table.and_then(|table| go_knowledge(module, &table, &names, options));
        let isa = |opt_level| {
            let features = options.features();
            target::isa(options.target, features, opt_level, options.spectre)
        };
        Self {
            names,
            is_go,
            go,
            byte_loops: byte_loops(module, options),
            isa: isa(options.opt_level),
            unoptimised_isa: isa(OptLevel::O0),
        }
    }

    /// What lowering knows.
    #[must_use]
    pub fn env<'m, 'w>(&'m self, module: &'m Module<'w>, options: &Options) -> Env<'m, 'w> {
        let mut env = Env::new(module, options, &*self.isa, &self.names);
        env.quitting = self.quitting(options).map(|quitting| quitting.asking);
        env
    }

    /// What compiles the functions; `env` is this analysis' own.
    #[must_use]
    pub fn compiler<'c, 'm, 'w>(
        &'c self,
        env: &'c Env<'m, 'w>,
        options: &'c Options,
    ) -> Compiler<'c, 'm, 'w> {
        let after = options.ir_after.as_deref();
        let after = after.filter(|_| options.emit == Emit::Ir);
        let selection = selection(options);
        let summarises =
            self.go.is_some() && options.opt_level != OptLevel::O0 && selection.has(NO_RETURN);
        Compiler {
            go: self.go.as_ref(),
            go_trust: Trust {
                shape: !options.no_go_trust,
                preempted: self.preemption(options).is_some(),
            },
            byte_loops: &self.byte_loops,
            selection,
            summarises,
            env,
            isa: &*self.isa,
            unoptimised_isa: &*self.unoptimised_isa,
            emit: options.emit,
            passes: after
                .and_then(pass::named)
                .map_or(pass::PASSES.len(), |place| place + 1),
            shown: options.functions.as_ref(),
            timed: false,
            breaks: options
                .break_function
                .as_ref()
                .and_then(|(pass, function)| {
                    let function = self.names.iter().position(|name| name == function);
                    Some((pass::named(pass)?, function?))
                }),
            verifies: options.verify,
            keeps_lines: false,
            stats: Mutex::default(),
        }
    }

    /// What SIGQUIT shows goroutines by, if they are asked to give way.
    #[must_use]
    pub fn quitting(&self, options: &Options) -> Option<Quitting> {
        self.preemption(options)?;
        self.go.as_ref()?.quitting
    }

    /// How goroutines are preempted, if they are to be and can be.
    #[must_use]
    pub fn preemption(&self, options: &Options) -> Option<Preemption> {
        let go = self.go.as_ref();
        let wanted = !options.no_go_trust && !options.no_preempt;
        go.filter(|_| wanted && selection(options).has(WIDEN_CHECK))
            .and_then(|go| go.preemption)
    }
}

/// Counts, for `--verbose`.
impl fmt::Display for Analysis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.go {
            Some(go) => {
                let points: usize = go.resume_points.iter().map(BTreeSet::len).sum();
                let preemption = match go.preemption {
                    Some(_) => "goroutines can be preempted",
                    None => "no way seen to preempt goroutines",
                };
                write!(f, "a Go module: {points} resume points, {preemption}")?;
            }
            None => f.write_str("no Go knowledge used")?,
        }
        write!(f, ", {} byte loops replaced", self.byte_loops.len())
    }
}

fn go_knowledge(
    module: &Module<'_>,
    table: &Pclntab<'_>,
    names: &[String],
    options: &Options,
) -> Option<Knowledge> {
    if options.no_go_opt {
        return None;
    }
    let mut go = Knowledge::of(module, table)?;
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

fn byte_loops(module: &Module<'_>, options: &Options) -> BTreeMap<usize, ByteLoop> {
    if options.no_go_opt || !selection(options).has(BYTE_LOOP) {
        BTreeMap::new()
    } else {
        byte_loops::byte_loops(module)
    }
}

/// The passes that a build's options leave.
fn selection(options: &Options) -> Selection {
    Selection::of(&Switches {
        passes: &options.passes,
        no_go_opt: options.no_go_opt,
        no_go_trust: options.no_go_trust,
        pass_limit: options.pass_limit,
    })
}
