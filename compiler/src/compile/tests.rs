//! Checks over the golden tests' modules and one with every vector instruction: origins, on
//! every instruction and every trap site that the compiler makes; and what is printed behind
//! each pass.

#[path = "../../tests/golden/go_module.rs"]
mod go_module;

use super::worker::Time;
use super::*;
use crate::analysis::Analysis;
use crate::ir;
use crate::merge;
use crate::module::{self, Gaps, Module};
use crate::options::{OptLevel, Options, Target};
use crate::pass::{Choice, PASSES, TRANSFORM};
use std::path::Path;
use wasi_aot_contract::module::TrapKind;
use wasmparser::Operator;

/// The golden tests' modules, as text, with the names of their files.
fn modules() -> Vec<(String, String)> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let mut modules = vec![("simd.wat".to_string(), read(&tests.join("simd.wat")))];
    for entry in std::fs::read_dir(tests.join("golden")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "wat") {
            continue;
        }
        let text = read(&path);
        let included = text
            .lines()
            .find_map(|l| l.strip_prefix(";;! functions = "));
        let source = text.split("\n;; expected:").next().unwrap().trim_end();
        let source = match included {
            None if text.contains(";;! go = ") => go_module::linked(source),
            None => source.to_string(),
            Some(file) => {
                let (start, end) = source.rsplit_once('\n').unwrap();
                format!("{start}\n{}\n{end}", read(&tests.join(file)))
            }
        };
        modules.push((path.file_name().unwrap().to_string_lossy().into(), source));
    }
    assert!(modules.len() > 30, "only {}", modules.len());
    modules
}

/// Calls `check` for each module and each way to compile it that lowers differently.
fn everywhere(mut check: impl FnMut(&str, &Module<'_>, &Compiler<'_, '_, '_>)) {
    for (file, text) in modules() {
        let wasm = wat::parse_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
        let merged = merge::merge(&wasm, &[], Gaps::Filled).unwrap();
        let module = module::parse(&merged).unwrap();
        for target in Target::ALL {
            let in_memory = Choice::parse("-values").unwrap();
            for (spectre, passes, opt_level) in [
                (false, Choice::All, OptLevel::O2),
                (true, Choice::All, OptLevel::O2),
                (false, in_memory, OptLevel::O0),
            ] {
                let options = Options {
                    target,
                    spectre,
                    passes,
                    opt_level,
                    ..Options::default()
                };
                let analysis = Analysis::new(&module, &options);
                let env = analysis.env(&module, &options);
                let way = format!("{file} {} {opt_level:?} {spectre}", target.name());
                check(&way, &module, &analysis.compiler(&env, &options));
            }
        }
    }
}

/// The bodies of all functions, in order.
fn bodies(compiler: &Compiler<'_, '_, '_>) -> Compiled {
    let solved = compiler.solve(compiler.summaries().unwrap());
    compiler.bodies(&solved, &()).unwrap()
}

#[test]
fn every_instruction_is_from_an_operator_of_its_function() {
    let mut instructions = 0;
    everywhere(|way, module, compiler| {
        let solved = compiler.solve(compiler.summaries().unwrap());
        let mut worker = compiler.worker();
        for (index, function) in module.functions.iter().enumerate() {
            let name = compiler.env.name(index);
            compiler.to_clif(&mut worker, index, &solved).unwrap();
            let body = function.body.range();
            let clif = &worker.context.func;
            let mut is_entry_code = true;
            for block in clif.layout.blocks() {
                for inst in clif.layout.block_insts(block) {
                    let origin = clif.srcloc(inst);
                    // What a function does before its first operator.
                    is_entry_code &= origin.is_default();
                    let inside = body.contains(&u64::from(origin.bits()));
                    let display = clif.dfg.display_inst(inst);
                    assert!(
                        inside || is_entry_code,
                        "{way}: {name}: {display} is from {origin}, outside of {body:?}"
                    );
                    instructions += usize::from(inside);
                }
                is_entry_code = false;
            }
        }
    });
    assert!(instructions > 15_000, "only {instructions}");
}

/// Verified behind each pass, too: that is what the runner of passes does in tests.
#[test]
fn what_is_printed_behind_each_pass_is_read_back() {
    let (mut read, mut changed) = (0, vec![0; PASSES.len()]);
    for (file, text) in modules() {
        let wasm = wat::parse_str(&text).unwrap();
        let merged = merge::merge(&wasm, &[], Gaps::Filled).unwrap();
        let module = module::parse(&merged).unwrap();
        // The target that all passes are for.
        let options = Options {
            target: Target::LinuxArm64,
            ..Options::default()
        };
        let analysis = Analysis::new(&module, &options);
        let env = analysis.env(&module, &options);
        let mut compiler = analysis.compiler(&env, &options);
        let solved = compiler.solve(compiler.summaries().unwrap());
        // So that building runs no pass.
        compiler.passes = 0;
        let mut worker = compiler.worker();
        for index in 0..module.functions.len() {
            let mut func = compiler
                .first_wave(&mut worker, index, Time::First)
                .unwrap();
            let mut printed = read_back(&func, &module, index);
            for (place, changed) in changed.iter_mut().enumerate() {
                let cx = compiler.cx(index, (place >= TRANSFORM).then_some(&solved));
                worker.runner.run(&mut func, &cx, place..place + 1);
                let after = read_back(&func, &module, index);
                *changed += usize::from(after != printed);
                (printed, read) = (after, read + 1);
            }
        }
        assert!(read > 0, "{file}");
    }
    assert!(read > 5_000, "only {read} functions");
    for (pass, changed) in PASSES.iter().zip(changed) {
        assert!(changed > 0, "{} changes no function", pass.name);
    }
}

/// Asserts that a function is read as it is printed; gives the text.
fn read_back(func: &Func, module: &Module<'_>, index: usize) -> String {
    let printed = func.to_string();
    let read = ir::parse(&printed).unwrap_or_else(|why| panic!("{why}\n{printed}"));
    assert_eq!(read.to_string(), printed);
    ir::verify_in(&read, module, index).unwrap_or_else(|why| panic!("{why}\n{printed}"));
    printed
}

/// Whether an operator may trap for this reason.
fn may_trap(kind: TrapKind, operator: &Operator<'_>) -> bool {
    let name = format!("{operator:?}");
    let name = name.split([' ', '{']).next().unwrap();
    let calls = ["CallIndirect", "ReturnCallIndirect"].contains(&name);
    let converts = name.contains("Trunc") && !name.contains("Sat");
    match kind {
        TrapKind::Unreachable => name == "Unreachable",
        TrapKind::MemoryOutOfBounds => {
            let bulk = ["MemoryCopy", "MemoryFill", "MemoryInit"].contains(&name);
            bulk || name.contains("Load") || name.contains("Store")
        }
        TrapKind::TableOutOfBounds | TrapKind::IndirectCallToNull | TrapKind::BadSignature => calls,
        TrapKind::IntegerOverflow => name.contains("DivS") || converts,
        TrapKind::IntegerDivideByZero => name.contains("Div") || name.contains("Rem"),
        TrapKind::BadConversionToInteger => converts,
        TrapKind::StackOverflow => false,
        TrapKind::UnexpectedEntry => name == "BrTable",
        TrapKind::TableAccessOutOfBounds => name.starts_with("Table"),
    }
}

#[test]
fn every_trap_is_from_an_operator_that_traps() {
    let mut traps = 0;
    everywhere(|way, module, compiler| {
        let functions = bodies(compiler);
        for (index, (unit, function)) in functions.units.iter().zip(&module.functions).enumerate() {
            let operators: BTreeMap<u64, Operator<'_>> = function
                .body
                .get_operators_reader()
                .unwrap()
                .into_iter_with_offsets()
                .map(|found| found.map(|(operator, offset)| (offset, operator)).unwrap())
                .collect();
            for trap in &unit.code.traps {
                let operator = operators.get(&u64::from(trap.wasm_offset));
                assert!(
                    operator.is_some_and(|operator| may_trap(trap.kind, operator)),
                    "{way}: {}: {:?} at {:#x} is from {operator:?} at {:#x}",
                    compiler.env.name(index),
                    trap.kind,
                    trap.offset,
                    trap.wasm_offset
                );
                traps += 1;
            }
        }
    });
    assert!(traps > 300, "only {traps}");
}

/// A load's own bounds check doesn't have the origin of the division before it.
#[test]
fn a_trap_has_the_offset_of_its_own_operator() {
    let wasm = wat::parse_str(
        "(module (memory 1) (func (param i32 i32) (result i32)
           (i32.div_u (local.get 0) (local.get 1))
           (i32.load offset=0x40000001)))",
    )
    .unwrap();
    let module = module::parse(&wasm).unwrap();
    for target in Target::ALL {
        let options = Options {
            target,
            ..Options::default()
        };
        let analysis = Analysis::new(&module, &options);
        let env = analysis.env(&module, &options);
        let functions = bodies(&analysis.compiler(&env, &options));
        let traps = functions.units[0].code.traps.iter();
        let traps: Vec<_> = traps.map(|trap| (trap.kind, trap.wasm_offset)).collect();
        let start = u32::try_from(module.functions[0].body.range().start).unwrap();
        // No locals, two `local.get`, `i32.div_u`.
        let (divides, loads) = (start + 5, start + 6);
        assert!(
            traps.contains(&(TrapKind::IntegerDivideByZero, divides)),
            "{traps:?}"
        );
        assert!(
            traps.contains(&(TrapKind::MemoryOutOfBounds, loads)),
            "{traps:?}"
        );
        assert_eq!(traps.len(), 2);
    }
}

/// Cranelift makes one instruction of the branch and the trap.
#[test]
fn a_conditional_trap_has_the_offset_of_the_trap() {
    let wasm =
        wat::parse_str("(module (func (param i32) (if (local.get 0) (then (unreachable)))))")
            .unwrap();
    let module = module::parse(&wasm).unwrap();
    for opt_level in [OptLevel::O0, OptLevel::O2] {
        let options = Options {
            opt_level,
            ..Options::default()
        };
        let analysis = Analysis::new(&module, &options);
        let env = analysis.env(&module, &options);
        let functions = bodies(&analysis.compiler(&env, &options));
        let start = u32::try_from(module.functions[0].body.range().start).unwrap();
        let offsets: Vec<_> = functions.units[0]
            .code
            .traps
            .iter()
            .map(|t| t.wasm_offset)
            .collect();
        // No locals, `local.get`, `if` with a type.
        assert_eq!(offsets, [start + 5], "{opt_level:?}");
    }
}
