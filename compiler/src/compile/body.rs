//! One function's way: wasm body -> IR -> passes -> CLIF -> machine code.

use super::report::DispatchOutcome;
use super::watch::{self, Step};
use super::worker::{Time, Worker};
use super::{Code, Compiler, Report, text};
use crate::error::Error;
use crate::ir::{self, Func, Origin, Validation};
use crate::lower;
use crate::options::Emit;
use crate::pass::{self, Cx, Solved, Summary};
use crate::weight::{self, Weight};
use cranelift_codegen::ir::UserFuncName;
use wasmparser::ValType;

/// A function with more instructions than this is compiled by `Compiler::unoptimised_isa`: the
/// optimiser's cost grows faster than a function's size.
const LARGE_FUNCTION: usize = 250_000;

impl Compiler<'_, '_, '_> {
    /// Builds the defined function `index` and runs the first wave's passes on it.
    pub(super) fn first_wave(
        &self,
        worker: &mut Worker<'_>,
        index: usize,
        time: Time,
    ) -> Result<Func, Error> {
        let name = self.env.name(index);
        watch::begin(&name, Step::Build);
        let module = self.env.module;
        let sp_global = self.env.sp_global;
        let spare = std::mem::take(&mut worker.spare);
        let validation = match time {
            Time::First => Validation::Now(&mut worker.validator),
            Time::Again => Validation::Done,
        };
        let mut func = ir::build(module, index, sp_global, validation, spare, || name.clone())?;
        watch::step(Step::Passes);
        let cx = self.cx(index, None);
        worker
            .runner
            .verify(&func, &cx, || "building leaves".into());
        let end = pass::TRANSFORM.min(self.passes);
        worker.runner.counts = time == Time::First;
        worker.runner.run(&mut func, &cx, 0..end);
        worker.runner.counts = true;
        Ok(func)
    }

    /// What became of a function's dispatch, behind the first wave's passes.
    pub(super) fn dispatch(&self, func: &Func) -> DispatchOutcome {
        match self.go {
            Some(_) => DispatchOutcome::of(func),
            None => DispatchOutcome::Absent,
        }
    }

    /// What matters of a function to all others.
    pub(super) fn summary(&self, func: &Func, index: usize) -> Summary {
        let exits = |function: u32| {
            let import = self.env.module.imports.get(function as usize);
            import.is_some_and(|import| import.function.name == "proc_exit")
        };
        let module = self.env.module;
        let ty = &module.types[module.functions[index].type_index as usize];
        if ty.params() != [ValType::I32] || ty.results() != [ValType::I32] {
            return Summary::unknown();
        }
        Summary::new(func, exits)
    }

    /// A function's machine code, and its text if that was asked for.
    ///
    /// # Errors
    /// Those of [`Self::first_wave`], and [`Error::Limit`] if the function is too large for the
    /// code generator.
    pub(super) fn body(
        &self,
        worker: &mut Worker<'_>,
        index: usize,
        solved: &Solved,
    ) -> Result<(Code, String, Report), Error> {
        if self.emit == Emit::Ir {
            let (func, report) = self.to_ir(worker, index, solved)?;
            watch::end();
            let none = Code::from_bytes(Vec::new(), 1, Vec::new());
            return Ok((
                none,
                text::ir(&func, &self.env.names[index], self.env),
                report,
            ));
        }
        let report = self.to_clif(worker, index, solved)?;
        let isa = if report.unoptimised {
            self.unoptimised_isa
        } else {
            self.isa
        };
        let (code, text) = self.machine_code(worker, isa, &self.env.name(index))?;
        Ok((code, text, report))
    }

    /// Leaves a function's CLIF in the worker's context.
    pub(super) fn to_clif(
        &self,
        worker: &mut Worker<'_>,
        index: usize,
        solved: &Solved,
    ) -> Result<Report, Error> {
        let (func, mut report) = self.to_ir(worker, index, solved)?;
        let mut is_heavy = report.weight.is_too_much();
        let is_large = func.insts.len() > LARGE_FUNCTION;
        self.lower(worker, index, &func);
        worker.spare = func;
        // The allocator with a single pass compares nothing.
        if !is_heavy && !is_large {
            report.weight = report.weight.max(weight::merging(&worker.context.func));
            is_heavy = report.weight.is_too_much();
            if is_heavy {
                let func = self.again(worker, index, solved)?;
                self.lower(worker, index, &func);
                worker.spare = func;
            }
        }
        report.unoptimised = is_large || is_heavy;
        if report.unoptimised {
            report.weight = Weight::default();
        }
        Ok(report)
    }

    /// A function behind all passes. The report's weight is too much for a function that has
    /// kept its variables.
    fn to_ir(
        &self,
        worker: &mut Worker<'_>,
        index: usize,
        solved: &Solved,
    ) -> Result<(Func, Report), Error> {
        let time = match self.summarises {
            true => Time::Again,
            false => Time::First,
        };
        let mut func = self.first_wave(worker, index, time)?;
        let dispatch = self.dispatch(&func);
        let cx = self.cx(index, Some(solved));
        let weight = self.second_wave(worker, &mut func, &cx);
        let report = Report {
            unoptimised: false,
            weight,
            dispatch,
        };
        Ok((func, report))
    }

    /// A function that turned out to be too heavy behind all passes: behind all but `values`.
    fn again(&self, worker: &mut Worker<'_>, index: usize, solved: &Solved) -> Result<Func, Error> {
        let mut func = self.first_wave(worker, index, Time::Again)?;
        worker.runner.counts = false;
        let cx = self.cx(index, Some(solved));
        let values = pass::values();
        worker.runner.run(&mut func, &cx, pass::TRANSFORM..values);
        worker.runner.run(&mut func, &cx, values + 1..self.passes);
        worker.runner.counts = true;
        Ok(func)
    }

    /// Runs the second wave's passes; without the pass `values` if the function is too heavy
    /// for it, or the pass isn't selected. Then the weight is too much.
    fn second_wave(&self, worker: &mut Worker<'_>, func: &mut Func, cx: &Cx<'_, '_>) -> Weight {
        let values = pass::values();
        let start = pass::TRANSFORM.min(self.passes);
        worker
            .runner
            .run(func, cx, start..values.min(self.passes).max(start));
        if self.passes <= values {
            return Weight::HEAVIEST;
        }
        let bytes = self.env.module.functions[cx.function].body.as_bytes().len();
        let weight = match self.selection.runs(values, cx.function) {
            true => weight::liveness(func, bytes).max(weight::loops(func)),
            false => Weight::HEAVIEST,
        };
        let next = values + usize::from(weight.is_too_much());
        worker.runner.run(func, cx, next..self.passes);
        weight
    }

    /// Leaves the function's CLIF in the worker's context.
    fn lower(&self, worker: &mut Worker<'_>, index: usize, func: &Func) {
        watch::step(Step::Lower);
        worker.context.clear();
        let place = u32::try_from(index).expect("BUG: index over 32 bits");
        worker.context.func.name = UserFuncName::user(0, place);
        let (clif, builder) = (&mut worker.context.func, &mut worker.builder);
        let function = &self.env.module.functions[index];
        let start = u32::try_from(function.body.range().start).unwrap_or(Origin::NO_OFFSET);
        let env = self.env;
        lower::lower_function(env, function.type_index, start, func, clif, builder);
    }

    pub(super) fn cx<'s>(&'s self, index: usize, solved: Option<&'s Solved>) -> Cx<'s, 's> {
        Cx {
            module: self.env.module,
            function: index,
            go: self.go.filter(|go| go.is_gos(index)),
            solved,
            byte_loop: self.byte_loops.get(&index).copied(),
            preempted: self.go_trust.preempted,
            sp_is_address: self.env.sp_is_address(),
        }
    }
}
