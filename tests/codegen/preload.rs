//! Does an executable with `--preload` behave as if its modules were instantiated in order?
//! Does the build name an import that no module satisfies?

use crate::support::{assemble, guest, one_line, run, test, text};
use anyhow::{Result, ensure};
use harness::go::Goal;
use harness::run::{Ends, Finished, Run};
use harness::tool::Tool;
use harness::{facts, target};
use libtest_mimic::Trial;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use wasi_aot_compiler::{Options, Preload};

/// Modules: (name, text). The main module is the last; its name is empty.
type Modules = &'static [(&'static str, &'static str)];

/// What a run must print, its exit code, and a text on standard error.
struct Linked {
    name: &'static str,
    modules: Modules,
    stdout: &'static str,
    code: i32,
    says: &'static [&'static str],
}

/// Imports of each kind, and calls in both directions through one table. The main module
/// overwrites a part of the preload's data and elements.
const ENV: &str = r#"(module $env
    (type $op (func (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (table (export "table") 4 funcref)
    (global $count (export "count") (mut i32) (i32.const 40))
    (global (export "base") i32 (i32.const 1024))
    (func $add (export "add") (type $op)
        (global.set $count (i32.add (global.get $count) (i32.const 1)))
        (i32.add (local.get 0) (local.get 1)))
    (func (export "apply") (param i32 i32 i32) (result i32)
        (call_indirect (type $op) (local.get 1) (local.get 2) (local.get 0)))
    (func $boom (export "fail") unreachable)
    (elem (i32.const 0) $add $boom)
    (data (i32.const 8) "jello from env\n"))"#;

/// The beginning and the end of main modules. `$check` ends the run with its second argument
/// if the first one is 0.
const MAIN_IMPORTS: &str =
    r#"(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))"#;
const MAIN_FUNCTIONS: &str = r#"
    (func $check (param i32 i32) (if (i32.eqz (local.get 0)) (then (call $exit (local.get 1)))))"#;

const LINKED: &[Linked] = &[
    Linked {
        name: "everything that can be imported",
        modules: &[
            ("env", ENV),
            (
                "",
                r#"(import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
                (import "env" "memory" (memory 1))
                (import "env" "table" (table $table 2 funcref))
                (import "env" "count" (global $count (mut i32)))
                (import "env" "base" (global $base i32))
                (import "env" "add" (func $add (param i32 i32) (result i32)))
                (import "env" "apply" (func $apply (param i32 i32 i32) (result i32)))
                (func $mul (param i32 i32) (result i32) (i32.mul (local.get 0) (local.get 1)))
                (elem (i32.const 1) $mul) (elem declare func $add)
                (data (global.get $base) "\08\00\00\00\0f\00\00\00")
                (data (i32.const 8) "h")
                (func (export "_start")
                    (drop (call $write (i32.const 1) (global.get $base) (i32.const 1) (i32.const 2048)))
                    (call $check (i32.eq (call $apply (i32.const 1) (i32.const 6) (i32.const 7)) (i32.const 42)) (i32.const 1))
                    (call $check (i32.eq (call $apply (i32.const 0) (i32.const 6) (i32.const 7)) (i32.const 13)) (i32.const 2))
                    (call $check (i32.eq (global.get $count) (i32.const 41)) (i32.const 3))
                    (call $check (i32.eq (call $add (i32.const 1) (i32.const 2)) (i32.const 3)) (i32.const 4))
                    (call $check (i32.eq (global.get $count) (i32.const 42)) (i32.const 5))
                    (table.set $table (i32.const 3) (ref.func $add))
                    (call $check (i32.eq (call $apply (i32.const 3) (i32.const 6) (i32.const 8)) (i32.const 14)) (i32.const 6))
                    (call $check (i32.eq (memory.grow (i32.const 1)) (i32.const 1)) (i32.const 7))
                    (call $exit (i32.const 77)))"#,
            ),
        ],
        stdout: "hello from env\n",
        code: 77,
        says: &[],
    },
    Linked {
        name: "a trap in a preload has its names",
        modules: &[
            ("env", ENV),
            (
                "",
                r#"(import "env" "fail" (func $fail)) (func (export "_start") (call $fail))"#,
            ),
        ],
        stdout: "",
        code: 134,
        says: &["trap: unreachable in env!boom"],
    },
    Linked {
        // The preload's start runs before the main module's segments are applied: it saw 7
        // and wrote 9. The main module's own memory has its data from the beginning, since no
        // other module can see it.
        name: "start functions run in order, between the segments of their modules",
        modules: &[
            (
                "a",
                r#"(module (memory (export "m") 1) (global $seen (export "seen") (mut i32) (i32.const 0))
                    (data (i32.const 0) "\07")
                    (func $start (global.set $seen (i32.load8_u (i32.const 0))) (i32.store8 (i32.const 0) (i32.const 9))
                        (i32.store8 (i32.const 1) (i32.const 9)) (drop (memory.grow (i32.const 1))))
                    (start $start))"#,
            ),
            (
                "b",
                r#"(module (import "a" "m" (memory 2)) (import "a" "seen" (global $seen (mut i32)))
                    (data (i32.const 0x10000) "\03")
                    (func $start (global.set $seen (i32.add (global.get $seen) (i32.load8_u (i32.const 0x10000)))))
                    (start $start))"#,
            ),
            (
                "",
                r#"(import "a" "m" (memory 1)) (import "a" "seen" (global $seen (mut i32)))
                (data (i32.const 1) "\05")
                (func $start (global.set $seen (i32.mul (global.get $seen) (i32.const 2))))
                (start $start)
                (func (export "_start")
                    (call $check (i32.eq (global.get $seen) (i32.const 20)) (i32.const 1))
                    (call $check (i32.eq (i32.load16_u (i32.const 0)) (i32.const 0x0509)) (i32.const 2)))"#,
            ),
        ],
        stdout: "",
        code: 0,
        says: &[],
    },
    Linked {
        name: "an import that hasn't grown enough",
        modules: &[
            (
                "a",
                r#"(module (memory (export "m") 1) (func $start (drop (memory.grow (i32.const 1)))) (start $start))"#,
            ),
            (
                "",
                r#"(import "a" "m" (memory 3)) (func (export "_start"))"#,
            ),
        ],
        stdout: "",
        code: 134,
        says: &["trap: unreachable in import of a.m, which has fewer than 3 pages"],
    },
    Linked {
        name: "a preload without memory calls preview 1",
        modules: &[
            (
                "log",
                r#"(module (import "wasi_snapshot_preview1" "fd_write" (func $w (param i32 i32 i32 i32) (result i32)))
                    (func (export "line") (drop (call $w (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))))"#,
            ),
            (
                "",
                r#"(import "log" "line" (func $line)) (memory 1)
                (data (i32.const 0) "\08\00\00\00\03\00\00\00ab\0a") (func (export "_start") (call $line))"#,
            ),
        ],
        stdout: "ab\n",
        code: 0,
        says: &[],
    },
    Linked {
        name: "a data segment that doesn't fit traps at the start",
        modules: &[(
            "",
            r#"(memory 1) (data (i32.const 0xfffe) "abc") (func (export "_start"))"#,
        )],
        stdout: "",
        code: 134,
        says: &["trap: out of bounds memory access in instantiation"],
    },
    Linked {
        name: "an element segment that doesn't fit traps at the start",
        modules: &[(
            "",
            r#"(table 2 funcref) (table 1 funcref) (elem (table 1) (i32.const 1) func 0) (func (export "_start"))"#,
        )],
        stdout: "",
        code: 134,
        says: &["trap: out of bounds table access in instantiation"],
    },
    Linked {
        name: "a preload's segment that doesn't fit is named",
        modules: &[
            (
                "a",
                r#"(module (memory (export "m") 1) (data (i32.const -1) "abc"))"#,
            ),
            ("", r#"(func (export "_start"))"#),
        ],
        stdout: "",
        code: 134,
        says: &["trap: out of bounds memory access in a!instantiation"],
    },
];

/// (name, modules that the build refuses, its line after the main module's name).
struct Refused {
    name: &'static str,
    modules: Modules,
    says: &'static str,
}

const REFUSED: &[Refused] = &[
    Refused {
        name: "no preload",
        modules: &[(
            "",
            r#"(import "env" "memory" (memory 1)) (func (export "_start"))"#,
        )],
        says: "unknown import env.memory, a memory, 1 or more pages; give the module that exports it: --preload env=FILE",
    },
    Refused {
        name: "no such export",
        modules: &[
            ("env", ENV),
            (
                "",
                r#"(import "env" "sub" (func (param i32) (result i64))) (func (export "_start"))"#,
            ),
        ],
        says: "import env.sub is a function (i32) -> (i64), but the preload env exports memory, table, count, base, add, apply, fail and no sub; give the right --preload env=FILE",
    },
    Refused {
        name: "another signature",
        modules: &[
            ("env", ENV),
            (
                "",
                r#"(import "env" "add" (func (param i64))) (func (export "_start"))"#,
            ),
        ],
        says: "import env.add is a function (i64) -> (), but the preload env exports a function (i32, i32) -> (i32); give the --preload env=FILE that it was built for",
    },
    Refused {
        name: "another kind",
        modules: &[
            ("env", ENV),
            (
                "",
                r#"(import "env" "add" (global i32)) (func (export "_start"))"#,
            ),
        ],
        says: "import env.add is a global i32, but the preload env exports a function (i32, i32) -> (i32); give the --preload env=FILE that it was built for",
    },
    Refused {
        name: "a larger table",
        modules: &[
            ("env", ENV),
            (
                "",
                r#"(import "env" "table" (table 5 funcref)) (func (export "_start"))"#,
            ),
        ],
        says: "import env.table is a table of funcref, 5 or more, but the preload env exports a table of funcref, 4 or more; give the --preload env=FILE that it was built for",
    },
    Refused {
        name: "a memory with a maximum",
        modules: &[
            ("env", ENV),
            (
                "",
                r#"(import "env" "memory" (memory 1 2)) (func (export "_start"))"#,
            ),
        ],
        says: "import env.memory is a memory, 1 to 2 pages, but the preload env exports a memory, 1 or more pages; give the --preload env=FILE that it was built for",
    },
    Refused {
        name: "a global that changes",
        modules: &[
            ("env", ENV),
            (
                "",
                r#"(import "env" "base" (global (mut i32))) (func (export "_start"))"#,
            ),
        ],
        says: "import env.base is a global mut i32, but the preload env exports a global i32; give the --preload env=FILE that it was built for",
    },
    Refused {
        name: "a later preload",
        modules: &[
            ("a", r#"(module (import "b" "f" (func)))"#),
            ("b", r#"(module (func (export "f")))"#),
            ("", r#"(func (export "_start"))"#),
        ],
        says: "preload a: import b.f comes from a later preload; give --preload b=FILE before the module that imports it",
    },
    Refused {
        name: "an unknown import of a preload",
        modules: &[
            ("a", r#"(module (import "b" "f" (func)))"#),
            ("", r#"(func (export "_start"))"#),
        ],
        says: "preload a: unknown import b.f, a function () -> (); give the module that exports it: --preload b=FILE",
    },
    Refused {
        name: "an invalid preload",
        modules: &[
            ("a", r#"(module (func $f (result i32) i64.const 1))"#),
            ("", r#"(func (export "_start"))"#),
        ],
        says: "preload a: invalid module in f: type mismatch: expected i32, found i64 (offset 0x1a)",
    },
    Refused {
        name: "preview 1 and another memory",
        modules: &[
            (
                "a",
                r#"(module (import "wasi_snapshot_preview1" "fd_close" (func (param i32) (result i32))) (memory 1))"#,
            ),
            ("", r#"(memory 1) (func (export "_start"))"#),
        ],
        says: "preload a: it calls wasi_snapshot_preview1.fd_close and has a memory of its own, but wasi_snapshot_preview1 acts on the main module's memory; import the main module's memory instead",
    },
    Refused {
        name: "preview 1 itself",
        modules: &[
            ("wasi_snapshot_preview1", "(module)"),
            ("", r#"(func (export "_start"))"#),
        ],
        says: "--preload wasi_snapshot_preview1=FILE: every executable already provides wasi_snapshot_preview1; leave this preload out",
    },
    Refused {
        name: "a name twice",
        modules: &[
            ("a", "(module)"),
            ("a", "(module)"),
            ("", r#"(func (export "_start"))"#),
        ],
        says: "--preload a=FILE is given twice; give the second preload another name",
    },
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials: Vec<_> = LINKED
        .iter()
        .map(|linked| {
            let name = format!("preload/{}", linked.name);
            test(&name, tool, |tool| linked.check(tool))
        })
        .collect();
    trials.push(test("preload/a Go program", tool, go));
    trials.push(test("preload/wasi-aot run links, too", tool, cached));
    trials.extend(REFUSED.iter().map(|refused| {
        let name = format!("preload/refused/{}", refused.name);
        test(&name, tool, |tool| refused.check(tool))
    }));
    trials
}

/// The module that a Go program imports from. `one` never returns 0; the compiler must not take
/// it for a Go function that never returns normally.
const CALC: &str = r#"(module
    (global $calls (mut i64) (i64.const 0))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "half") (param f64) (result f64) (f64.mul (local.get 0) (f64.const 0.5)))
    (func (export "next") (result i64)
        (global.set $calls (i64.add (global.get $calls) (i64.const 1))) (global.get $calls))
    (func (export "one") (param i32) (result i32) (i32.const 1))
    (func (export "fail") unreachable))"#;

/// The merge loses no fact that a build knows of the Go program's code.
fn stays_go(module: &[u8], calc: &[u8]) -> Result<()> {
    let calc = Preload {
        name: "calc",
        wasm: calc,
    };
    let options = Options {
        target: target::tested(),
        ..Options::default()
    };
    let facts = facts::of(module, &[calc], options)?;
    ensure!(facts.preemptible, "{facts:?}");
    let all_removed = facts.dispatches_removed == facts.dispatches;
    ensure!(all_removed && facts.dispatches != 0, "{facts:?}");
    Ok(())
}

/// Calls of a Go program to another module work, with and without knowledge of Go.
fn go(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let calc = assemble(dir.path(), "calc.wasm", CALC)?;
    let module = guest("linked", Goal::Wasip1)?;
    stays_go(&fs::read(&module)?, &fs::read(&calc)?)?;
    let calc = format!("calc={}", calc.display());
    let program = dir.path().join("program");
    for more in [&[][..], &["--no-go-trust"], &["--no-go-opt"], &["-O0"]] {
        let flags = [&["--preload", &calc], more].concat();
        let built = tool.build(&module, &program, &flags)?;
        let notes = text(&built.stderr);
        ensure!(built.ends.is_success(), "{notes}");
        let ran = run(&program, &[], dir.path())?;
        let (stdout, stderr) = (text(&ran.stdout), text(&ran.stderr));
        ensure!(ran.ends.is_success(), "{more:?}: {}: {stderr}", ran.ends);
        ensure!(stdout == "42 -2 1.5 1\ncalls: 8001\n", "{more:?}: {stdout}");
        let ran = run(&program, &["fail"], dir.path())?;
        let stderr = text(&ran.stderr);
        let says = stderr.contains("trap: unreachable in calc!fail");
        ensure!(ran.ends == Ends::Exit(134) && says, "{more:?}: {stderr}");
    }
    Ok(())
}

/// `run` links, too. Its cache identifies a preload by its bytes.
fn cached(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let main = format!("{MAIN_IMPORTS} (import \"a\" \"code\" (global $code i32))");
    let main =
        format!("(module {main} (func (export \"_start\") (call $exit (global.get $code))))");
    let main = assemble(dir.path(), "main.wasm", &main)?;
    for code in [3, 4, 3] {
        let preload = format!("(module (global (export \"code\") i32 (i32.const {code})))");
        let preload = assemble(dir.path(), "a.wasm", &preload)?;
        let preload = format!("a={}", preload.display());
        let mut command = tool.command([
            "run".as_ref(),
            "--preload".as_ref(),
            preload.as_ref(),
            main.as_os_str(),
        ]);
        command.env("XDG_CACHE_HOME", dir.path());
        let ran = Run::of(command).run()?;
        ensure!(
            ran.ends == Ends::Exit(code),
            "{}: {}",
            ran.ends,
            text(&ran.stderr)
        );
    }
    Ok(())
}

/// Builds `dir/program` of these modules, which are written below `dir`.
fn build(tool: &Tool, dir: &Path, modules: Modules) -> Result<Finished> {
    let mut flags = Vec::new();
    let mut main = None;
    for (place, (name, text)) in modules.iter().enumerate() {
        let file = format!("{place}.wasm");
        if name.is_empty() {
            let text = format!("(module {MAIN_IMPORTS} {text} {MAIN_FUNCTIONS})");
            main = Some(assemble(dir, &file, &text)?);
        } else {
            let file = assemble(dir, &file, text)?;
            flags.extend(["--preload".into(), format!("{name}={}", file.display())]);
        }
    }
    let main = main.expect("BUG: no main module");
    tool.build(&main, &dir.join("program"), &flags)
}

impl Linked {
    fn check(&self, tool: &Tool) -> Result<()> {
        let dir = tempfile::tempdir()?;
        let built = build(tool, dir.path(), self.modules)?;
        ensure!(built.ends.is_success(), "{}", text(&built.stderr));
        let ran = run(&dir.path().join("program"), &[], dir.path())?;
        let stderr = text(&ran.stderr);
        ensure!(ran.ends == Ends::Exit(self.code), "{}: {stderr}", ran.ends);
        ensure!(text(&ran.stdout) == self.stdout, "{:?}", text(&ran.stdout));
        ensure!(self.says.is_empty() == stderr.is_empty(), "{stderr}");
        for says in self.says {
            ensure!(stderr.contains(says), "doesn't print {says:?}: {stderr}");
        }
        Ok(())
    }
}

impl Refused {
    fn check(&self, tool: &Tool) -> Result<()> {
        let dir = tempfile::tempdir()?;
        let built = build(tool, dir.path(), self.modules)?;
        let file = format!("{}.wasm", self.modules.len() - 1);
        let prefix = format!("wasi-aot: {}: ", dir.path().join(file).display());
        one_line(&built, 1, &prefix, &[])?;
        let stderr = text(&built.stderr);
        let line = stderr.trim_end().strip_prefix(&prefix);
        ensure!(line == Some(self.says), "{stderr}");
        Ok(())
    }
}
