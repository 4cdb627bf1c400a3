//! Does `wasi-aot inspect` describe files correctly? The files are modules of Go's toolchains,
//! executables and objects of wasi-aot, other files, and damaged files.

use crate::support::{assemble, build, granted, guest, link, one_line, test, text};
use anyhow::{Context, Result, ensure};
use harness::go::{Flavour, Goal, NEWEST, OLDER, Toolchain};
use harness::paths;
use harness::run::{Finished, Run};
use harness::target::{self, natively};
use harness::tool::Tool;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use wasi_aot_contract::layout::HEADERS_ROOM;
use wasi_aot_contract::module::ModuleInfo;
use wasi_aot_contract::text::steers;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let modules = [NEWEST, OLDER[0], OLDER[1]].map(|version| {
        test(&format!("inspect/go{version}"), tool, move |tool| {
            go_modules(tool, version)
        })
    });
    let rest = [
        test("inspect/a module, for people", tool, module_text),
        test("inspect/modules that can't be built", tool, refused_modules),
        test("inspect/functions beyond preview 1", tool, os_functions),
        test("inspect/a policy", tool, policy),
        natively(test(
            "inspect/an executable, for people",
            tool,
            executable_text,
        )),
        test("inspect/a policy as a file", tool, policy_file),
        natively(test("inspect/flags of the build", tool, flags)),
        natively(test("inspect/hardening", tool, hardening)),
        test("inspect/an executable that ld linked", tool, linked),
        test("inspect/a runtime that was changed", tool, changed_runtime),
        test("inspect/files of others", tool, foreign),
        test("inspect/truncated files", tool, truncated),
        test("inspect/nothing but text on the terminal", tool, printable),
        test("inspect/standard input", tool, standard_input),
    ];
    modules.into_iter().chain(rest).collect()
}

fn inspect(tool: &Tool, file: &Path, flags: &[&str]) -> Result<Finished> {
    let mut command = tool.command(["inspect"]);
    Run::of({
        command.args(flags).arg(file);
        command
    })
    .run()
}

/// The JSON that `wasi-aot inspect --json` prints.
fn told(tool: &Tool, file: &Path) -> Result<Value> {
    let done = inspect(tool, file, &["--json"])?;
    let stderr = text(&done.stderr);
    ensure!(done.ends.is_success() && stderr.is_empty(), "{stderr}");
    let value: Value = serde_json::from_slice(&done.stdout)?;
    ensure!(value["schema"] == 1, "{value}");
    Ok(value)
}

fn equal(what: &Value, expected: &Value) -> Result<()> {
    ensure!(what == expected, "{what:#}\ninstead of\n{expected:#}");
    Ok(())
}

/// Stripped executables, too: `inspect` needs no symbols.
fn go_modules(tool: &Tool, version: &'static str) -> Result<()> {
    for flavour in [Flavour::Plain, Flavour::Stripped] {
        let module = Toolchain::new(version)?.build("hello", flavour, Goal::Wasip1)?;
        let told = told(tool, &module)?;
        equal(&told["kind"], &json!("module"))?;
        equal(&told["form"], &json!("command"))?;
        equal(&told["build"], &json!({ "possible": true, "error": null }))?;
        equal(&told["go"]["version"], &json!(format!("go{version}")))?;
        equal(&told["go"]["main_package"], &json!("hello"))?;
        let settings = told["go"]["settings"].as_array().context("settings")?;
        ensure!(settings.contains(&json!("GOOS=wasip1")), "{settings:?}");
        let recognised = &told["recognised"];
        for fact in ["go_runtime", "trusted_facts", "preemption"] {
            equal(&recognised[fact], &json!(true))?;
        }
        let dispatch = &recognised["dispatch"];
        ensure!(dispatch["functions"].as_u64() > Some(500), "{dispatch}");
        equal(&dispatch["recognised"], &dispatch["functions"])?;
        let features = told["features"].as_array().context("features")?;
        ensure!(features.contains(&json!("bulk memory")), "{features:?}");
        let asks = told["asks"].as_array().context("asks")?;
        let kinds: Vec<_> = asks.iter().map(|ask| &ask["for"]).collect();
        for kind in ["arguments", "clocks", "random", "streams", "process"] {
            ensure!(kinds.contains(&&json!(kind)), "no {kind}: {kinds:?}");
        }
        ensure!(!kinds.contains(&&json!("unknown")), "{kinds:?}");
        let size = fs::metadata(&module)?.len();
        equal(&told["sizes"]["file"], &json!(size))?;
    }
    Ok(())
}

/// The output must have lines with these beginnings, in this order.
fn lines(tool: &Tool, file: &Path, expected: &[&str]) -> Result<()> {
    let done = inspect(tool, file, &[])?;
    let (shown, stderr) = (text(&done.stdout), text(&done.stderr));
    ensure!(done.ends.is_success() && stderr.is_empty(), "{stderr}");
    let mut rest = shown.lines();
    for &line in expected {
        ensure!(
            rest.any(|l| l.starts_with(line)),
            "no {line:?} where it should be: {shown}"
        );
    }
    Ok(())
}

fn module_text(tool: &Tool) -> Result<()> {
    lines(
        tool,
        &guest("files", Goal::Wasip1)?,
        &[
            "files-",
            "can be built: yes",
            "",
            "What it may ask for",
            "  files         to open, list, make and remove files below granted directories",
            "                (fd_prestat_dir_name, fd_prestat_get, fd_readdir, path_create_directory,",
            "  arguments     its command line",
            "                (args_get, args_sizes_get)",
            "  process       to end itself",
            "Go",
            "  version       go1.27.3",
            "  main package  files",
            "  built with    -buildmode=exe",
            "What the compiler recognises",
            "  Go's runtime  recognised",
            "  dispatch      recognised in ",
            "  trusted facts on",
            "  preemption    on",
            "WebAssembly",
            "  features      WebAssembly 1.0; bulk memory, saturating float to int, sign extension",
            "  exports       _start, memory (memory)",
        ],
    )
}

/// A module that a build refuses is described, with the words of the build.
fn refused_modules(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let component = assemble(dir.path(), "component.wasm", "(component)")?;
    let cases = [
        (
            guest("empty", Goal::Js)?,
            "js",
            "go1.27.3",
            "a Go program for GOOS=js",
        ),
        (
            guest("reactor", Goal::Reactor)?,
            "reactor",
            "go1.27.3",
            "a Go reactor",
        ),
        (component, "component", "", "a WebAssembly component"),
    ];
    for (module, form, version, says) in cases {
        let built = tool.build(&module, &dir.path().join("out"), [""; 0])?;
        let prefix = format!("wasi-aot: {}: ", module.display());
        let error = text(&built.stderr);
        let error = error.trim_end().strip_prefix(&prefix).context("its name")?;
        let told = told(tool, &module)?;
        equal(&told["form"], &json!(form))?;
        equal(
            &told["build"],
            &json!({ "possible": false, "error": error }),
        )?;
        if !version.is_empty() {
            equal(&told["go"]["version"], &json!(version))?;
        }
        let name = module.file_name().context("a name")?.to_string_lossy();
        let expected = [
            format!("{name}: {says}"),
            format!("can be built: no, because {error}"),
        ];
        lines(tool, &module, &expected.each_ref().map(String::as_str))?;
    }
    Ok(())
}

fn policy(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    let module = guest("hello", Goal::Wasip1)?;
    granted(tool, &module, &program, &[])?;
    let nothing = told(tool, &program)?;
    let initial = nothing["policy"]["memory"]["initial"].clone();
    equal(
        &nothing["policy"],
        &json!({
            "directories": [], "environment": [], "inherit_environment": false, "listeners": [],
            "listen_fds": false, "listen_report": null,
            "memory": { "initial": initial, "maximum": 4_294_967_296_u64 },
            "memories": [{ "initial": initial, "maximum": 4_294_967_296_u64 }],
            "stack": 8_589_934_592_u64, "refuse_own_directory": false, "hole": null,
            "hostname": false, "signals": true, "tty": false,
            "files": [], "arg_files": null, "trace_denied": false, "umask": null,
            "max_memory": null, "max_cpu": null,
        }),
    )?;
    let grants = ["--dir", ".", "--dir-ro", "/etc::/conf"];
    let rest = ["--env", "A=x=y", "--env", "B", "--inherit-env"];
    let sizes = ["--max-memory", "65MiB", "--stack-size", "1MiB"];
    let careful = ["--max-cpu", "90s", "--refuse-own-directory"];
    let os = ["--hostname", "--no-signals", "--tty", "--umask", "027"];
    let files = ["--file-ro", "f", "--arg-files", "rw", "--trace-denied"];
    let sockets = ["--listen-fds", "--listen-report", "address"];
    let flags = [&grants[..], &rest, &sizes, &careful, &os, &sockets, &files].concat();
    granted(tool, &module, &program, &flags)?;
    let some = told(tool, &program)?;
    equal(
        &some["policy"],
        &json!({
            "directories": [
                { "access": "read-write", "host": ".", "resolved_at_start": true, "guest": null },
                { "access": "read-only", "host": "/etc", "resolved_at_start": false, "guest": "/conf" },
            ],
            "environment": [{ "name": "A", "value": "x=y" }, { "name": "B", "value": null }],
            "inherit_environment": true,
            "listeners": [],
            "listen_fds": true,
            "listen_report": "address",
            "memory": { "initial": initial, "maximum": 64 << 20 },
            "memories": [{ "initial": initial, "maximum": 64 << 20 }],
            "stack": 1 << 20,
            "max_memory": 65 << 20, "max_cpu": 90_000,
            "refuse_own_directory": true,
            "hostname": true, "signals": false, "tty": true, "umask": "027",
            "files": [
                { "access": "read-only", "host": "f", "resolved_at_start": true, "guest": null },
            ],
            "arg_files": "read-write",
            "trace_denied": true,
            "hole": null,
        }),
    )?;
    equal(&some["go"]["version"], &json!("go1.27.3"))?;
    equal(&some["go"]["main_package"], &json!("hello"))
}

fn os_functions(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    let module = guest("os", Goal::Wasip1)?;
    lines(
        tool,
        &module,
        &[
            "can be built: yes",
            "What it may ask for",
            "  host          the number of its process, and the host's name (--hostname)",
            "                (wasi_aot_os_1.host_name, wasi_aot_os_1.process_id)",
            "  signals       to catch and ignore signals (unless --no-signals is given)",
        ],
    )?;
    for (flags, expected) in [
        (
            &["--dir", "."][..],
            &[
                "                may set permissions of files that it may change or make",
                "  ending        may go on after Ctrl-C and kill; kill -9 ends it",
                "  always        ",
            ][..],
        ),
        (
            &["--no-signals", "--hostname"],
            &[
                "  computer      may ask for the name of this computer",
                "  ending        Ctrl-C and kill end it: it can't ignore them",
                "  always        ",
                "  wasi_aot_os_1 ",
            ],
        ),
    ] {
        granted(tool, &module, &program, flags)?;
        lines(tool, &program, expected)?;
    }
    Ok(())
}

fn executable_text(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    let flags = ["--dir-ro", "data", "--env", "A=1", "--env", "B", "--strip"];
    build(tool, &guest("hello", Goal::Wasip1)?, &program, &flags)?;
    lines(
        tool,
        &program,
        &[
            "program: a program in a sandbox, made by wasi-aot ",
            "What it may touch",
            "  files         may read everything in data, below the directory where it is started",
            "  network       none: it opens no port",
            "  variables     of your environment variables, sees only B",
            "                has values of its own: A=1",
            "  always        its arguments, its input and output, the time, random numbers",
            "  else          nothing: it starts no other program and connects to no other computer",
            "What limits it",
            "  memory        takes at most 4 GiB for its data, and 8 GiB for deep recursion",
            "  processor     computes for as long as it wants",
            "What keeps it in",
            "  runtime       checks all that it asks for; it is the one that this wasi-aot links",
            "  kernel        checks most of it too, where the kernel can (Landlock, seccomp)",
            "How it was built",
            "  target        linux/amd64",
            "  processor     x86-64-v2",
            "  preemption    on",
            "  speculation   not guarded",
            "  memory        ",
            "  native stack  8 GiB reserved",
            "  version       go1.27.3",
            "  main package  hello",
            "  symbols       none",
        ],
    )?;
    let shown = text(&inspect(tool, &program, &[])?.stdout);
    ensure!(!shown.contains('!'), "a mark without a reason: {shown}");
    let flags = ["--dir", "/", "--inherit-env", "--no-harden"];
    let rest = ["--listen", "127.0.0.1:80", "--listen", "[::]:81"];
    let module = guest("hello", Goal::Wasip1)?;
    build(tool, &module, &program, &[&flags[..], &rest].concat())?;
    lines(
        tool,
        &program,
        &[
            "! files         may read, change, add and delete everything on this computer (/)",
            "  network       opens port 80 to programs on this computer only (127.0.0.1:80)",
            "                opens port 81 to every computer that can reach this one ([::]:81)",
            "! variables     sees all environment variables; passwords and tokens",
            "! kernel        checks nothing: Landlock and seccomp are left out (--no-harden)",
            "! Look at this before you start it.",
        ],
    )
}

/// What `inspect --policy` prints, `--policy` takes: the executable is the same to the byte.
fn policy_file(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let at = |name: &str| dir.path().join(name);
    let module = guest("hello", Goal::Wasip1)?;
    let limits = [
        "--max-memory",
        "1GiB",
        "--max-cpu",
        "90s",
        "--stack-size",
        "2MiB",
    ];
    let grants = ["--dir", "a::/b", "--dir-ro", "/c::d::/e", "--file-ro", "/f"];
    let rest = [
        "--env",
        "A=1\n\"\u{202e}",
        "--env",
        "HOME",
        "--listen",
        "[::1]:80",
    ];
    let os = [
        "--tty",
        "--hostname",
        "--no-signals",
        "--trace-denied",
        "--arg-files",
        "rw",
    ];
    let all = [&limits[..], &grants, &rest, &os, &["--require-harden"]].concat();
    let some = ["--max-memory", "1GiB", "--inherit-env", "--no-harden"];
    for flags in [&[][..], &some, &all] {
        build(tool, &module, &at("first"), flags)?;
        let done = inspect(tool, &at("first"), &["--policy"])?;
        ensure!(done.ends.is_success(), "{}", text(&done.stderr));
        let policy = text(&done.stdout);
        let controls = policy.chars().filter(|&c| steers(c) && c != '\n');
        ensure!(controls.count() == 0, "{policy:?}");
        fs::write(at("policy.toml"), &done.stdout)?;
        let file = at("policy.toml");
        let file = file.to_str().context("a name")?;
        build(tool, &module, &at("second"), &["--policy", file])?;
        ensure!(
            fs::read(at("first"))? == fs::read(at("second"))?,
            "{policy}"
        );
    }
    let prefix = format!("wasi-aot: {}: ", module.display());
    let done = inspect(tool, &module, &["--policy"])?;
    one_line(&done, 1, &prefix, &["a module has no policy"])?;
    let mut command = tool.command(["build", "--env"]);
    command.arg(OsStr::from_bytes(b"B=\xff"));
    command.arg("-o").args([&at("first"), &module]);
    let built = Run::of(command).run()?;
    ensure!(built.ends.is_success(), "{}", text(&built.stderr));
    let prefix = format!("wasi-aot: {}: ", at("first").display());
    let done = inspect(tool, &at("first"), &["--policy"])?;
    one_line(&done, 1, &prefix, &["the value of B: \\xff isn't UTF-8"])
}

fn flags(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    let object = ["--emit", "obj"];
    let arm = ["--emit", "obj", "--target", "linux/arm64"];
    // (flags, kind, target, preemption, symbols)
    let guarded = ["--spectre", "on"];
    let not_guarded = ["--spectre", "off"];
    let cases: [(&[&str], &str, &str, bool, bool); 8] = [
        (&["-O0"], "executable", "linux/amd64", true, true),
        (&["--strip"], "executable", "linux/amd64", true, false),
        (&["--no-preempt"], "executable", "linux/amd64", false, true),
        (&["--no-go-opt"], "executable", "linux/amd64", false, true),
        (&guarded, "executable", "linux/amd64", true, true),
        (&not_guarded, "executable", "linux/amd64", true, true),
        (&object, "object", "linux/amd64", true, true),
        (&arm, "object", "linux/arm64", true, true),
    ];
    for (flags, kind, target, preemption, symbols) in cases {
        build(tool, &guest("hello", Goal::Wasip1)?, &program, flags)?;
        let told = told(tool, &program)?;
        equal(&told["kind"], &json!(kind))?;
        equal(&told["target"], &json!(target))?;
        equal(&told["preemption"], &json!(preemption))?;
        let spectre = flags.windows(2).any(|pair| pair == ["--spectre", "on"]);
        equal(&told["spectre"], &json!(spectre))?;
        equal(&told["symbols"], &json!(symbols))?;
        let runtime = (kind == "executable").then_some("known");
        equal(&told["runtime"], &json!(runtime))?;
        equal(&told["go"]["version"], &json!("go1.27.3"))?;
        equal(&told["go"]["main_package"], &json!("hello"))?;
        equal(
            &told["sizes"]["file"],
            &json!(fs::metadata(&program)?.len()),
        )?;
    }
    Ok(())
}

fn hardening(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    let cases: [(&[&str], bool, bool, &str); 3] = [
        (
            &[],
            true,
            false,
            "  kernel        checks most of it too, where the kernel can",
        ),
        (
            &["--no-harden"],
            false,
            false,
            "! kernel        checks nothing: Landlock and seccomp are left out",
        ),
        (
            &["--require-harden"],
            true,
            true,
            "  kernel        checks most of it too, or the program doesn't start",
        ),
    ];
    for (flags, stands, required, says) in cases {
        granted(tool, &guest("hello", Goal::Wasip1)?, &program, flags)?;
        equal(
            &told(tool, &program)?["hardening"],
            &json!({ "landlock": stands, "seccomp": stands, "required": required }),
        )?;
        lines(tool, &program, &[says])?;
    }
    Ok(())
}

/// An executable that `ld` linked. Its `ModuleInfo` isn't where wasi-aot puts it, and it may
/// have no symbols.
fn linked(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let [own, object, linked] = ["own", "m.o", "linked"].map(|name| dir.path().join(name));
    let module = guest("hello", Goal::Wasip1)?;
    let flags = ["--dir", "data", "--max-memory", "1GiB"];
    build(tool, &module, &own, &flags)?;
    build(
        tool,
        &module,
        &object,
        &[&flags[..], &["--emit", "obj"]].concat(),
    )?;
    link(&object, &linked)?;
    let mut expected = told(tool, &own)?;
    // This machine's strip may not know files of another target.
    let with_and_without: &[bool] = if target::is_emulated() {
        &[true]
    } else {
        &[true, false]
    };
    for &symbols in with_and_without {
        if !symbols {
            let mut strip = Command::new("strip");
            strip.arg(&linked);
            ensure!(Run::of(strip).run()?.ends.is_success(), "strip");
        }
        let mut found = told(tool, &linked)?;
        equal(&found["symbols"], &json!(symbols))?;
        // The same runtime, at other addresses.
        equal(&found["runtime"], &json!("unknown"))?;
        for told in [&mut found, &mut expected] {
            told["runtime"].take();
            told["symbols"].take();
            told["sizes"].take();
        }
        equal(&found, &expected)?;
    }
    Ok(())
}

/// Changed runtimes: 4 KiB of code, a byte of constants, the entry, the runtime of another
/// target.
fn changed_runtime(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    let module = guest("hello", Goal::Wasip1)?;
    for target in ["linux/amd64", "linux/arm64"] {
        build(tool, &module, &program, &["--target", target])?;
        equal(&told(tool, &program)?["runtime"], &json!("known"))?;
        let bytes = fs::read(&program)?;
        let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes"));
        let header = |number: usize| 64 + 56 * number;
        let offset = |number: usize| word(header(number) + 8) as usize;
        ensure!(
            bytes[header(1) + 4] == 5,
            "the second segment isn't the runtime's code"
        );
        let code = offset(1) + 0x1000;
        // The runtime's follow the headers and the module's information.
        let constants = HEADERS_ROOM as usize + size_of::<ModuleInfo>() + 64;
        let changes = [
            ("code", code, 0x1000),
            ("a constant", constants, 1),
            ("data", offset(2), 1),
            ("the entry", 24, 1),
            ("rights", header(2) + 4, 1),
            ("an interpreter", header(3), 1),
        ];
        for (name, at, len) in changes {
            let mut changed = bytes.clone();
            for byte in &mut changed[at..at + len] {
                *byte ^= 2;
            }
            fs::write(&program, &changed)?;
            let told = inspect(tool, &program, &["--json"])?;
            let unreadable = !told.ends.is_success();
            let unknown = text(&told.stdout).contains(r#""runtime": "unknown""#);
            ensure!(
                unknown || unreadable && name == "an interpreter",
                "{target}: {name}"
            );
        }
        let mut changed = bytes.clone();
        changed[code..code + 0x1000].fill(0x90);
        fs::write(&program, &changed)?;
        lines(
            tool,
            &program,
            &["What keeps it in", "! runtime       is unknown: "],
        )?;
    }
    Ok(())
}

fn foreign(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let at = |name: &str| dir.path().join(name);
    fs::write(at("script"), "#!/bin/sh\n")?;
    fs::write(at("empty"), "")?;
    let module = guest("hello", Goal::Wasip1)?;
    let mut compile = Command::new(paths::installed("wasmtime")?);
    compile
        .arg("compile")
        .arg(&module)
        .arg("-o")
        .arg(at("m.cwasm"));
    ensure!(Run::of(compile).seconds(300).run()?.ends.is_success());
    let elf = "an ELF file that wasi-aot didn't make; inspect reads WebAssembly modules";
    for (file, says) in [
        (at("script"), "neither a WebAssembly module nor an ELF file"),
        (at("empty"), "an empty file"),
        (
            "/dev/zero".into(),
            "neither a WebAssembly module nor an ELF file",
        ),
        (at("m.cwasm"), elf),
        (tool.path.clone(), elf),
        (at("missing"), "o such file"),
        (dir.path().into(), "s a directory"),
    ] {
        let prefix = format!("wasi-aot: {}: ", file.display());
        one_line(&inspect(tool, &file, &[])?, 1, &prefix, &[says])?;
    }
    Ok(())
}

fn truncated(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let at = |name: &str| dir.path().join(name);
    let module = guest("hello", Goal::Wasip1)?;
    build(tool, &module, &at("whole"), &[])?;
    build(tool, &module, &at("stripped"), &["--strip"])?;
    build(tool, &module, &at("object"), &["--emit", "obj"])?;
    for whole in [module, at("whole"), at("stripped"), at("object")] {
        let whole = fs::read(whole)?;
        for part in 0..50 {
            let len = whole.len() * part / 50;
            let file = at("cut");
            fs::write(&file, &whole[..len])?;
            let prefix = format!("wasi-aot: {}: ", file.display());
            one_line(&inspect(tool, &file, &[])?, 1, &prefix, &[])
                .with_context(|| format!("{len} of {} bytes", whole.len()))?;
        }
    }
    Ok(())
}

/// Names in the file that have escape sequences or bytes that aren't UTF-8.
fn printable(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = assemble(
        dir.path(),
        "m.wasm",
        r#"(module (import "\1b[31m" "a\0ab" (func)) (export "\c2\9b\e2\80\ae" (func 0)) (func (export "_start")))"#,
    )?;
    let program = dir.path().join("program");
    let fine = assemble(dir.path(), "f.wasm", r#"(module (func (export "_start")))"#)?;
    let mut command = tool.command(["build", "--env", "A=\x1b[31m\n", "--env"]);
    command.arg(OsStr::from_bytes(b"B=\xff"));
    command.arg("-o").args([&program, &fine]);
    let built = Run::of(command).run()?;
    ensure!(built.ends.is_success(), "{}", text(&built.stderr));
    for (file, says) in [
        (&module, &["\\u{1b}[31m.a\\nb", "\\u{9b}\\u{202e}"][..]),
        (&program, &["A=\\u{1b}[31m\\n, B=\\xff"]),
    ] {
        let shown = inspect(tool, file, &[])?.stdout;
        let shown = String::from_utf8(shown).context("not UTF-8")?;
        let controls = shown.chars().filter(|&c| steers(c) && c != '\n');
        ensure!(controls.count() == 0, "{shown:?}");
        for says in says {
            ensure!(shown.contains(says), "doesn't print {says:?}: {shown}");
        }
    }
    let variables = &told(tool, &program)?["policy"]["environment"];
    equal(
        variables,
        &json!([
            { "name": "A", "value": "\u{1b}[31m\n" },
            { "name": "B", "value": "\u{fffd}", "value_hex": "ff" },
        ]),
    )
}

fn standard_input(tool: &Tool) -> Result<()> {
    let module = guest("empty", Goal::Wasip1)?;
    let mut command = tool.command(["inspect", "-"]);
    command.stdin(File::open(&module)?);
    let done = command.output()?;
    let shown = text(&done.stdout);
    ensure!(
        done.status.success() && shown.starts_with("standard input: a Go program for GOOS=wasip1"),
        "{shown}"
    );
    Ok(())
}
