//! Does code for the features of `--cpu` run on the processors that have them? Does an
//! executable refuse to start if a feature is missing? An emulator stands in for other
//! processors: it refuses instructions that they lack.

use crate::support::{assemble, build, guest, one_line, run, test, text};
use anyhow::{Context, Result, ensure};
use harness::go::Goal;
use harness::paths;
use harness::run::{Ends, Finished, Run};
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fmt::Write;
use std::fs;
use std::mem::offset_of;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use wasi_aot_contract::cpu::x86_64::CPU;
use wasi_aot_contract::layout::MODULE_INFO_ADDR;
use wasi_aot_contract::module::ModuleInfo;
use wasmparser::{Parser, Payload, TypeRef, ValType};

/// (the emulator's name of a processor, the highest level that it has).
const PROCESSORS: [(&str, usize); 4] = [
    // qemu64 has SSE3, as all AMD processors that qemu knows.
    ("qemu64", 0),
    ("qemu64,-sse3", 0),
    ("Nehalem", 1),
    ("Haswell", 2),
];

const NOTHING: &str = r#"(module (func (export "_start")))"#;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let other = emulator(X86_64).is_none();
    let arm = emulator(AARCH64).is_none();
    let trials = [
        test("cpu/other processors", tool, processors).with_ignored_flag(other),
        test("cpu/one feature is missing", tool, features).with_ignored_flag(other),
        test("cpu/every instruction on the lowest", tool, instructions).with_ignored_flag(other),
        test("cpu/aarch64", tool, on_aarch64).with_ignored_flag(arm),
        test("cpu/this machine", tool, native),
        test("cpu/inspect names what a processor needs", tool, inspect),
        test("cpu/run's cache knows processors", tool, cached),
    ];
    // These tests choose targets and emulators themselves.
    trials
        .into_iter()
        .filter(|_| !target::is_emulated())
        .collect()
}

/// The name of qemu's emulator.
const X86_64: &str = "x86_64";
const AARCH64: &str = "aarch64";

/// The path of qemu's emulator for programs of an architecture: the system's, or the one that
/// `tests/setup-aarch64.sh` fetched.
fn emulator(architecture: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let unpacked = paths::root().join(".venv/aarch64/debian/root/usr/bin");
    let directories = std::env::split_paths(&path).chain([unpacked]);
    let name = |dir: PathBuf, suffix| dir.join(format!("qemu-{architecture}{suffix}"));
    let mut files = directories.flat_map(|dir| ["-static", ""].map(|s| name(dir.clone(), s)));
    files.find(|file| file.is_file())
}

/// Runs `program` on a processor of the emulator for x86-64.
fn on(processor: &str, program: &Path) -> Result<Finished> {
    emulated(X86_64, processor, program)
}

fn emulated(architecture: &str, processor: &str, program: &Path) -> Result<Finished> {
    let mut command = Command::new(emulator(architecture).context("no emulator")?);
    command.args(["-cpu", processor]).arg(program).env_clear();
    let mut finished = Run::of(command).seconds(120).run()?;
    // The emulator warns of features that it leaves out. wasi-aot doesn't use these features.
    let said = text(&finished.stderr);
    let said = said.lines().filter(|line| !line.contains("warning: TCG"));
    finished.stderr = said
        .flat_map(|line| [line, "\n"])
        .collect::<String>()
        .into();
    Ok(finished)
}

fn lacks(finished: &Finished, feature: &str, level: usize) -> Result<()> {
    lacks_for(finished, feature, CPU.levels[level].name())
}

fn lacks_for(finished: &Finished, feature: &str, level: &str) -> Result<()> {
    let message = format!(
        "this processor lacks {feature}, which the program is compiled for; build it with --cpu {level}"
    );
    one_line(finished, 125, "", &[": ", &message])
}

fn succeeds(finished: &Finished) -> Result<()> {
    ensure!(
        finished.ends == Ends::Exit(0),
        "{}: {}",
        finished.ends,
        text(&finished.stderr)
    );
    Ok(())
}

/// Runs executables for each level on each processor. They run where the processor has the
/// level, and refuse to start elsewhere.
fn processors(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let hello = guest("hello", Goal::Wasip1)?;
    let nothing = assemble(dir.path(), "m.wasm", NOTHING)?;
    let program = dir.path().join("program");
    for (needed, level) in CPU.levels.iter().enumerate() {
        for (processor, has) in PROCESSORS {
            let module = if needed == has { &hello } else { &nothing };
            build(tool, module, &program, &["--cpu", level.name()])?;
            let finished = on(processor, &program)?;
            let judged = if needed <= has {
                succeeds(&finished)
            } else {
                let missing = level.features.without(CPU.levels[has].features);
                let mut missing = CPU.features_in(missing);
                // The message names the first missing feature. qemu64 has SSE3.
                let first = missing.find(|f| (processor, f.name) != ("qemu64", "sse3"));
                lacks(&finished, first.context("a level like another")?.name, has)
            };
            judged.with_context(|| format!("{} on {processor}", level.name()))?;
        }
    }
    Ok(())
}

/// Single features, each taken from a processor that has all features of the emulator.
fn features(tool: &Tool) -> Result<()> {
    const V3: usize = 2;
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    let module = assemble(dir.path(), "m.wasm", NOTHING)?;
    build(tool, &module, &program, &["--cpu", "v3"])?;
    succeeds(&on("max", &program)?)?;
    for feature in CPU.features_in(CPU.levels[V3].features) {
        let off = match feature.name {
            "lzcnt" => "abm",
            name => name,
        };
        let finished = on(&format!("max,-{off}"), &program)?;
        let has = match feature.name {
            "sse3" | "ssse3" | "sse4.1" | "sse4.2" | "popcnt" => 0,
            _ => 1,
        };
        lacks(&finished, feature.name, has).with_context(|| format!("without {off}"))?;
    }
    // The processor has AVX, but the system doesn't save its registers.
    lacks(&on("max,-xsave", &program)?, "avx", 1)?;
    // A feature beyond the default level, by its own name.
    for feature in ["bmi2", "fma", "lzcnt"] {
        build(tool, &module, &program, &["--cpu", feature])?;
        succeeds(&on("Haswell", &program)?)?;
        let first = if feature == "fma" { "avx" } else { feature };
        lacks(&on("Nehalem", &program)?, first, 1)?;
    }
    Ok(())
}

/// A Cortex-A53 is an Armv8.0-A without FEAT_FP16.
fn on_aarch64(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    let module = assemble(dir.path(), "m.wasm", NOTHING)?;
    for (cpu, on_a53) in [("armv8.0-a", true), ("armv8.0-a,fp16", false)] {
        build(
            tool,
            &module,
            &program,
            &["--target", "arm64", "--cpu", cpu],
        )?;
        succeeds(&emulated(AARCH64, "max", &program)?)?;
        let finished = emulated(AARCH64, "cortex-a53", &program)?;
        if on_a53 {
            succeeds(&finished)?;
        } else {
            lacks_for(&finished, "fp16", "armv8.0-a")?;
        }
    }
    Ok(())
}

/// All vector operators, roundings and counts run on a processor that has only SSE2. If they
/// are compiled for more features and the check at the start is removed, they don't run
/// there.
fn instructions(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = assemble(dir.path(), "m.wasm", &every_instruction()?)?;
    let program = dir.path().join("program");
    for optimise in ["-O0", "-O2"] {
        build(tool, &module, &program, &[optimise, "--cpu", "x86-64-v1"])?;
        succeeds(&on("qemu64,-sse3", &program)?)?;
    }
    for feature in CPU.features_in(CPU.default.features) {
        // The instructions that SSE3 adds compute sums of neighbouring float lanes.
        if feature.name == "sse3" {
            continue;
        }
        let spec = format!("v1,{}", feature.name);
        build(tool, &module, &program, &["--cpu", &spec])?;
        forget_needs(&program)?;
        let finished = on("qemu64,-sse3", &program)?;
        let said = text(&finished.stderr);
        let died = finished.ends == Ends::Exit(134) && said.contains("signal 4");
        // Cranelift uses POPCNT only together with SSE4.2.
        ensure!(
            died == (feature.name != "popcnt"),
            "{spec}: {}: {said}",
            finished.ends
        );
    }
    Ok(())
}

/// The module of the compiler's tests, with a `_start` that calls each of its functions.
fn every_instruction() -> Result<String> {
    let text = include_str!("../../compiler/tests/simd.wat");
    let start = r#"(func (export "_start"))"#;
    ensure!(text.contains(start), "simd.wat has another start");
    let mut scalar = String::new();
    for ty in ["f32", "f64"] {
        for operator in ["ceil", "floor", "trunc", "nearest"] {
            writeln!(
                scalar,
                "(func (param {ty}) (result {ty}) ({ty}.{operator} (local.get 0)))"
            )?;
        }
    }
    for ty in ["i32", "i64"] {
        for operator in ["clz", "ctz", "popcnt"] {
            writeln!(
                scalar,
                "(func (param {ty}) (result {ty}) ({ty}.{operator} (local.get 0)))"
            )?;
        }
    }
    let rest = text.replacen(
        start,
        &format!("(func $main (export \"_start\") calls) {scalar}"),
        1,
    );
    let mut calls = String::new();
    for (index, (params, results)) in signatures(&rest.replace(" calls", ""))?
        .iter()
        .enumerate()
        .skip(1)
    {
        write!(calls, " (call {index}")?;
        for param in params {
            match param {
                ValType::V128 => calls += " (v128.const i32x4 0x01020304 0x3f800000 0xfff00001 9)",
                other => write!(calls, " ({other}.const 7)")?,
            }
        }
        calls += ")";
        calls += &" (drop)".repeat(*results);
    }
    Ok(rest.replacen(" calls", &calls, 1))
}

/// The parameters and the number of results of each function.
fn signatures(text: &str) -> Result<Vec<(Vec<ValType>, usize)>> {
    let wasm = wat::parse_str(text)?;
    let (mut types, mut functions) = (Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(&wasm) {
        match payload? {
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    let ty = ty?;
                    types.push((ty.params().to_vec(), ty.results().len()));
                }
            }
            Payload::FunctionSection(section) => {
                for index in section {
                    functions.push(types[index? as usize].clone());
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    ensure!(
                        !matches!(import?.ty, TypeRef::Func(_)),
                        "functions are imported"
                    );
                }
            }
            _ => {}
        }
    }
    Ok(functions)
}

/// Changes an executable so that it claims to need no feature.
fn forget_needs(program: &Path) -> Result<()> {
    use object::{Object, ObjectSegment};
    let mut bytes = fs::read(program)?;
    let file = object::File::parse(&*bytes)?;
    let at = file.segments().find_map(|segment| {
        let within = MODULE_INFO_ADDR.checked_sub(segment.address())?;
        let (start, size) = segment.file_range();
        (within < size).then_some(start + within)
    });
    let at = at.context("no module info")? as usize + offset_of!(ModuleInfo, cpu_features);
    ensure!(bytes[at..at + 4] != [0; 4], "it needs nothing");
    bytes[at..at + 4].fill(0);
    Ok(fs::write(program, bytes)?)
}

fn native(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    let module = guest("hello", Goal::Wasip1)?;
    build(tool, &module, &program, &["--cpu", "native"])?;
    let output = run(&program, &[], dir.path())?;
    succeeds(&output)?;
    build(tool, &module, &program, &[])?;
    let default = run(&program, &[], dir.path())?;
    ensure!(output.stdout == default.stdout, "another output");
    // `native` and the features that it stands for give the same executable.
    let native = inspected(tool, &dir.path().join("a"), &module, &["--cpu", "native"])?;
    let named = inspected(tool, &dir.path().join("b"), &module, &["--cpu", &native])?;
    ensure!(native == named, "{native}, {named}");
    let [a, b] = ["a", "b"].map(|name| fs::read(dir.path().join(name)));
    ensure!(a? == b?, "native and {native} differ");
    Ok(())
}

/// The processor that an executable needs, from `inspect --json`.
fn inspected(tool: &Tool, program: &Path, module: &Path, flags: &[&str]) -> Result<String> {
    build(tool, module, program, flags)?;
    let mut command = tool.command(["inspect", "--json"]);
    command.arg(program);
    let finished = Run::of(command).run()?;
    let value: serde_json::Value = serde_json::from_slice(&finished.stdout)?;
    Ok(value["cpu"].as_str().context("no processor")?.to_owned())
}

fn inspect(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = assemble(dir.path(), "m.wasm", NOTHING)?;
    let program = dir.path().join("program");
    for (flags, expected) in [
        (&[][..], "x86-64-v2"),
        (&["--cpu", "v1"], "x86-64-v1"),
        (&["--cpu", "x86-64-v4"], "x86-64-v4"),
        (&["--cpu", "v2,+bmi2,lzcnt"], "x86-64-v2,bmi2,lzcnt"),
        (&["--cpu", "v3,avx512vbmi"], "x86-64-v3,avx512f,avx512vbmi"),
        (&["--target", "arm64"], "armv8.0-a"),
        (
            &["--target", "arm64", "--cpu", "v8.0,fp16"],
            "armv8.0-a,fp16",
        ),
    ] {
        let found = inspected(tool, &program, &module, flags)?;
        ensure!(found == expected, "{flags:?}: {found}");
    }
    Ok(())
}

/// Different names of the same features give the same executable.
fn cached(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = assemble(dir.path(), "m.wasm", NOTHING)?;
    let native = inspected(tool, &dir.path().join("p"), &module, &["--cpu", "native"])?;
    let mut entries = Vec::new();
    for spec in ["native", &native, "x86-64-v1", "v1"] {
        let mut command = tool.command(["run", "--cpu", spec]);
        command
            .arg(&module)
            .env_clear()
            .env("XDG_CACHE_HOME", dir.path());
        succeeds(&Run::of(command).run()?)?;
        entries.push(fs::read_dir(dir.path().join("wasi-aot"))?.count());
    }
    ensure!(entries == [1, 1, 2, 2], "{entries:?}");
    Ok(())
}
