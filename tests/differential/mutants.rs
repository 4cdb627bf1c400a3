//! Would this suite find wrong code? This file tests the suite itself.
//!
//! A compiler that lowers an operator wrongly does the same as a right compiler that gets a
//! module with another operator. So our compiler gets a module in which one operator is replaced
//! wherever it occurs, and the reference gets the original. The suite must find a difference
//! within [`BOUND`] modules. Each mutant is wrong in one respect: signedness, width, offset, or
//! order of operands.

use crate::campaign::Worker;
use crate::command::{Command, IMPORTS};
use crate::config::Kind;
use crate::families;
use crate::ours::{Go, Way};
use crate::subject::{compare, expected, subject};
use anyhow::{Result, ensure};
use std::convert::Infallible;
use wasi_aot_compiler::OptLevel;
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CodeSection, Function, Instruction, Module};
use wasmparser::{FunctionBody, Operator};

/// Each mutant must be found within this many modules.
pub const BOUND: u64 = 1500;

/// The replacement of an operator; `None` if it is kept.
pub type Exchange = fn(&Operator<'_>) -> Option<Wrong>;

/// A wrong operator.
pub enum Wrong {
    /// These operators replace it.
    Instead(Vec<Instruction<'static>>),
    /// These operators are inserted before it.
    Before(Vec<Instruction<'static>>),
    /// A call of another function of the same type.
    OtherCallee(u32),
}

/// A deliberate lowering bug.
#[derive(Clone, Copy)]
pub struct Mutant {
    pub name: &'static str,
    pub exchange: Exchange,
    /// The kind of modules in which it must be found.
    pub kind: Kind,
}

/// The seed of the first module of the search.
const SEED: u64 = 1_000_000;

/// The way to build. The mutants are in the module, so any way finds them.
const WAY: Way = Way {
    level: OptLevel::O0,
    go: Go::All,
    spectre: false,
    variables_in_memory: false,
};

/// Looks for the mutants of a family. Returns the number of modules that it took to find each
/// mutant.
///
/// # Errors
/// If a mutant isn't found, or a module can't be run.
pub fn hunt(family: &families::Family) -> Result<String> {
    let mut worker = Worker::new()?;
    let mut text = String::new();
    for mutant in family.mutants {
        let found = find(mutant, &mut worker)?;
        ensure!(
            found.is_some(),
            "{}: {} was not found in {BOUND} modules",
            family.name,
            mutant.name
        );
        let modules = found.unwrap_or(BOUND);
        text.push_str(&format!(
            "| {} | {} | {modules} |\n",
            family.name, mutant.name
        ));
    }
    Ok(text)
}

/// The number of modules after which a mutant is found.
fn find(mutant: &Mutant, worker: &mut Worker) -> Result<Option<u64>> {
    for number in 0..BOUND {
        let Some(subject) = subject(mutant.kind, SEED + number)? else {
            continue;
        };
        let Some(wrong) = exchange(&subject.command, mutant.exchange) else {
            continue;
        };
        let differs = worker.within(|reference, bench| {
            let Ok(expected) = expected(&subject.command, reference) else {
                return false;
            };
            compare(&wrong, WAY, &expected, bench, &mut 0).is_err()
        });
        if differs {
            return Ok(Some(number + 1));
        }
    }
    Ok(None)
}

struct Exchanger {
    exchange: Exchange,
    /// The number of the next body, and the number of the module's own functions.
    next: u32,
    functions: u32,
    exchanged: bool,
    /// The types of all functions.
    types: Vec<u32>,
}

impl Exchanger {
    /// Another function of the same type, if there is one.
    fn other(&self, callee: u32) -> Option<u32> {
        let ty = self.types[callee as usize];
        let same = (0..).zip(&self.types).filter(|(_, other)| **other == ty);
        let of_module =
            same.filter(|(index, _)| *index >= IMPORTS && *index < IMPORTS + self.functions);
        of_module
            .map(|(index, _)| index)
            .find(|index| *index != callee)
    }

    /// Writes the mutant's operators. Returns whether they replace the operator.
    fn write(&mut self, wrong: Wrong, function: &mut Function) -> bool {
        let (instructions, replaces) = match wrong {
            Wrong::Instead(instructions) => (instructions, true),
            Wrong::Before(instructions) => (instructions, false),
            Wrong::OtherCallee(callee) => match self.other(callee) {
                Some(other) => (vec![Instruction::Call(other)], true),
                None => return false,
            },
        };
        self.exchanged = true;
        for instruction in instructions {
            function.instruction(&instruction);
        }
        replaces
    }
}

impl Reencode for Exchanger {
    type Error = Infallible;

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), reencode::Error<Infallible>> {
        let of_module = self.next < self.functions;
        self.next += 1;
        let mut function: Function = self.new_function_with_parsed_locals(&body)?;
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            let wrong = (self.exchange)(&operator).filter(|_| of_module);
            let replaced = wrong.is_some_and(|wrong| self.write(wrong, &mut function));
            if !replaced {
                function.instruction(&self.instruction(operator)?);
            }
        }
        code.function(&function);
        Ok(())
    }
}

/// The command with the operator replaced in the module's functions. `None` if the operator
/// doesn't occur.
fn exchange(command: &Command, exchange: Exchange) -> Option<Vec<u8>> {
    let mut exchanger = Exchanger {
        exchange,
        next: 0,
        functions: command.functions,
        exchanged: false,
        types: function_types(&command.wasm),
    };
    let mut module = Module::new();
    let parser = wasmparser::Parser::new(0);
    exchanger
        .parse_core_module(&mut module, parser, &command.wasm)
        .expect("BUG: a command can't be read");
    exchanger.exchanged.then(|| module.finish())
}

/// The types of all functions of a command, imported ones, too.
fn function_types(wasm: &[u8]) -> Vec<u32> {
    let mut types = Vec::new();
    for payload in wasmparser::Parser::new(0).parse_all(wasm) {
        match payload.expect("BUG: a command can't be read") {
            // No function of the module has the type of the imports.
            wasmparser::Payload::ImportSection(_) => types.extend([u32::MAX; IMPORTS as usize]),
            wasmparser::Payload::FunctionSection(section) => {
                types.extend(section.into_iter().map(|ty| ty.expect("BUG: a type index")));
            }
            _ => {}
        }
    }
    types
}
