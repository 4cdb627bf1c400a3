//! Does a build write the right sections, symbols, segments, file modes and forms of
//! output?

use crate::support::{assemble, build, guest, run, test, text};
use anyhow::{Context, Result, ensure};
use harness::go::{Flavour, Goal, NEWEST, Toolchain};
use harness::tool::Tool;
use harness::{facts, target};
use libtest_mimic::Trial;
use object::elf;
use object::read::elf::{ElfFile64, FileHeader, ProgramHeader, SectionHeader};
use object::{Object, ObjectSymbol};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use wasi_aot_compiler::Options;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("output/the executable is static", tool, is_static),
        test("output/sections lie in the file", tool, has_its_sections),
        test("output/Go's names are in the symbol table", tool, has_names),
        test("output/--strip drops the symbol table", tool, strips),
        test("output/the executable bit is set", tool, is_executable),
        test(
            "output/a running program can be built again",
            tool,
            replaces_running,
        ),
        test(
            "output/contains no path of this machine",
            tool,
            has_no_paths,
        ),
        test("output/--emit obj for linux/arm64", tool, |tool| {
            object_for(tool, "linux/arm64", elf::EM_AARCH64)
        }),
        test("output/--emit obj for linux/amd64", tool, |tool| {
            object_for(tool, "linux/amd64", elf::EM_X86_64)
        }),
        test("output/--emit clif", tool, |tool| text_output(tool, "clif")),
        test("output/--emit asm", tool, |tool| text_output(tool, "asm")),
        test("output/-v prints phases and counts", tool, verbose),
        test("output/help and completions", tool, help),
    ]
}

/// The guest hello, built with `flags`.
fn hello(tool: &Tool, flags: &[&str]) -> Result<Vec<u8>> {
    let dir = tempfile::tempdir()?;
    let output = dir.path().join("hello");
    build(tool, &guest("hello", Goal::Wasip1)?, &output, flags)?;
    Ok(fs::read(output)?)
}

fn is_static(tool: &Tool) -> Result<()> {
    let bytes = hello(tool, &[])?;
    let file = ElfFile64::<object::Endianness>::parse(&*bytes)?;
    let endian = file.endian();
    ensure!(
        file.elf_header().e_type(endian) == elf::ET_EXEC,
        "not ET_EXEC"
    );
    for segment in file.elf_program_headers() {
        let (kind, flags) = (segment.p_type(endian), segment.p_flags(endian));
        ensure!(
            kind != elf::PT_INTERP && kind != elf::PT_DYNAMIC,
            "needs a dynamic linker"
        );
        let both = elf::PF_W | elf::PF_X;
        ensure!(
            kind != elf::PT_LOAD || flags & both != both,
            "a segment is writable and executable"
        );
    }
    Ok(())
}

/// Every section lies in the file, also an empty one.
fn has_its_sections(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let output = dir.path().join("program");
    for text in ["", "(memory 1)", "(memory 1) (data (i32.const 9) \"data\")"] {
        let module = format!("(module {text} (func (export \"_start\")))");
        let module = assemble(dir.path(), "module.wasm", &module)?;
        build(tool, &module, &output, &["--strip"])?;
        let bytes = fs::read(&output)?;
        let file = ElfFile64::<object::Endianness>::parse(&*bytes)?;
        let endian = file.endian();
        for section in file.elf_section_table().iter() {
            let end = section.sh_offset(endian) + section.sh_size(endian);
            ensure!(
                section.sh_type(endian) == elf::SHT_NOBITS || end <= bytes.len() as u64,
                "{text}: a section ends at {end}, the file at {}",
                bytes.len()
            );
        }
    }
    Ok(())
}

fn has_names(tool: &Tool) -> Result<()> {
    let bytes = hello(tool, &[])?;
    let names = symbols(&bytes)?;
    for name in ["main.main", "runtime.mallocgc", "fmt.Fprintf"] {
        ensure!(
            names.iter().any(|n| n == name),
            "no symbol {name} among {}",
            names.len()
        );
    }
    Ok(())
}

fn strips(tool: &Tool) -> Result<()> {
    let (whole, stripped) = (hello(tool, &[])?, hello(tool, &["--strip"])?);
    ensure!(
        symbols(&stripped)?.is_empty(),
        "{} symbols",
        symbols(&stripped)?.len()
    );
    ensure!(
        stripped.len() < whole.len(),
        "{} bytes, {} unstripped",
        stripped.len(),
        whole.len()
    );
    Ok(())
}

fn symbols(bytes: &[u8]) -> Result<Vec<String>> {
    let file = object::File::parse(bytes)?;
    let names = file.symbols().map(|symbol| Ok(symbol.name()?.to_owned()));
    names
        .filter(|name| name.as_ref().map_or(true, |name: &String| !name.is_empty()))
        .collect()
}

fn is_executable(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let output = dir.path().join("hello");
    build(tool, &guest("hello", Goal::Wasip1)?, &output, &[])?;
    let mode = fs::metadata(&output)?.permissions().mode();
    ensure!(mode & 0o111 != 0 && mode & 0o002 == 0, "mode {mode:o}");
    let ran = run(&output, &[], dir.path())?;
    ensure!(
        ran.stdout.starts_with(b"hello, \n"),
        "{}",
        text(&ran.stdout)
    );
    Ok(())
}

/// Writing to the file of a running program fails with ETXTBSY. A rename doesn't.
fn replaces_running(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let output = dir.path().join("program");
    build(tool, &guest("stdio", Goal::Wasip1)?, &output, &[])?;
    let mut running = target::command(&output)
        .arg("lines")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()?;
    let again = build(tool, &guest("hello", Goal::Wasip1)?, &output, &[]);
    drop(running.stdin.take());
    let ended = running.wait()?;
    again?;
    ensure!(ended.success(), "the running program ended with {ended}");
    ensure!(run(&output, &[], dir.path())?.stdout.starts_with(b"hello"));
    Ok(())
}

/// The module is built with -trimpath, so any path in the executable would come from
/// wasi-aot.
fn has_no_paths(tool: &Tool) -> Result<()> {
    let module = Toolchain::new(NEWEST)?.build("hello", Flavour::Trimpath, Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let output = dir.path().join("hello");
    build(tool, &module, &output, &["--dir", "data"])?;
    let bytes = fs::read(output)?;
    let here = std::env::current_dir()?;
    let homes = std::env::var("HOME")
        .into_iter()
        .filter(|home| home.len() > 1)
        .map(|home| format!("{home}/"));
    let roots =
        [dir.path(), here.as_path(), harness::paths::root()].map(|path| path.display().to_string());
    for path in roots.into_iter().chain(homes) {
        // A relative path, such as src/policy/root/mod.rs, can hold the name of a home directory.
        let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./".contains(byte);
        let mut places = bytes.windows(path.len() + 1);
        let holds = places.any(|w| &w[1..] == path.as_bytes() && !goes_on(&w[0]));
        ensure!(!holds, "holds {path}");
    }
    Ok(())
}

fn object_for(tool: &Tool, target: &str, machine: u16) -> Result<()> {
    let bytes = hello(tool, &["--emit", "obj", "--target", target])?;
    let file = ElfFile64::<object::Endianness>::parse(&*bytes)?;
    let (header, endian) = (file.elf_header(), file.endian());
    ensure!(header.e_type(endian) == elf::ET_REL, "not ET_REL");
    ensure!(
        header.e_machine(endian) == machine,
        "machine {}",
        header.e_machine(endian)
    );
    let defined = |name: &str| {
        file.symbols()
            .any(|s| s.is_definition() && s.name() == Ok(name))
    };
    let wanted = |name: &str| {
        file.symbols()
            .any(|s| s.is_undefined() && s.name() == Ok(name))
    };
    ensure!(
        defined("wasi_aot_module") && defined("wasi_aot_entry") && defined("main.main"),
        "a symbol is missing"
    );
    ensure!(wanted("wasi_aot_fd_write"), "no reference to the shim");
    Ok(())
}

fn text_output(tool: &Tool, emit: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = assemble(
        dir.path(),
        "m.wasm",
        r#"(module (func $add_two (param i32) (result i32) (i32.add (local.get 0) (i32.const 2))) (func $start (export "_start") (drop (call $add_two (i32.const 1)))))"#,
    )?;
    let output = dir.path().join("text");
    build(tool, &module, &output, &["--emit", emit])?;
    let text = fs::read_to_string(&output).context("not text")?;
    for name in ["add_two", "start"] {
        ensure!(text.contains(name), "doesn't contain {name}: {text}");
    }
    ensure!(
        text.find("add_two") < text.rfind("start"),
        "not in function order"
    );
    ensure!(
        fs::metadata(&output)?.permissions().mode() & 0o111 == 0,
        "text is executable"
    );
    Ok(())
}

/// `-v` prints each phase with its time, and the counts that the build knows.
fn verbose(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = guest("hello", Goal::Wasip1)?;
    let built = tool.build(&module, &dir.path().join("hello"), ["-v"])?;
    ensure!(built.ends.is_success(), "{}", text(&built.stderr));
    let printed = text(&built.stderr);
    for phase in ["merge", "parse", "analyse", "compile", "emit", "link"] {
        let line = printed.lines().find(|line| line.contains(phase));
        let line = line.with_context(|| format!("no phase {phase} in {printed}"))?;
        ensure!(line.contains(" ms"), "no time: {line}");
    }
    let options = Options {
        target: target::tested(),
        ..Options::default()
    };
    let facts = facts::of(&fs::read(&module)?, &[], options)?;
    for count in [
        format!("{} resume points", facts.resume_points),
        format!("{} functions without normal return", facts.never_return),
        format!("{} byte loops replaced", facts.byte_loops),
        format!(
            "{} of {} dispatches removed",
            facts.dispatches_removed, facts.dispatches
        ),
        format!("{} changes in", facts.giving_way),
    ] {
        ensure!(printed.contains(&count), "no {count:?} in {printed}");
    }
    Ok(())
}

fn help(tool: &Tool) -> Result<()> {
    for (args, says) in [
        (&["--help"][..], &["build"][..]),
        (
            &["build", "--help"],
            &[
                "--dir",
                "--dir-ro",
                "--env",
                "--inherit-env",
                "--max-memory",
                "--stack-size",
                "--emit",
                "--target",
                "--strip",
                "counter",
            ],
        ),
        (&["--version"], &["wasi-aot "]),
    ] {
        let done = harness::run::Run::of(tool.command(args)).run()?;
        let shown = text(&done.stdout);
        ensure!(
            done.ends.is_success() && done.stderr.is_empty(),
            "{args:?}: {}",
            text(&done.stderr)
        );
        for text in says {
            ensure!(shown.contains(text), "{args:?} doesn't print {text}");
        }
    }
    for shell in ["bash", "zsh", "fish"] {
        let done = harness::run::Run::of(tool.command(["completions", shell])).run()?;
        ensure!(
            done.ends.is_success() && text(&done.stdout).contains("wasi-aot"),
            "completions {shell}: {}",
            text(&done.stderr)
        );
    }
    ensure!(Path::new(&tool.path).exists());
    Ok(())
}
