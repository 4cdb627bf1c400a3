//! Does an executable have the parts of the runtime that its module and its policy need, and no
//! others? Does another policy leave everything else as it is?

use crate::support::{assemble, build, guest, run, test, text};
use anyhow::{Context, Result, ensure};
use harness::address;
use harness::go::Goal;
use harness::run::{Ends, Run};
use harness::tool::Tool;
use libtest_mimic::Trial;
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};
use object::{LittleEndian as LE, elf::FileHeader64};
use object::{Object, ObjectSection, ObjectSymbol};
use std::collections::BTreeSet;
use std::mem::offset_of;
use std::path::Path;
use std::sync::Arc;
use wasi_aot_contract::layout::HEADERS_ROOM;
use wasi_aot_contract::module::PolicyInfo;
use wasi_aot_contract::parts::Part;
use wasi_aot_contract::symbols::{self, NOTE_SECTION, POLICY_SECTION, runtime_symbols};

/// A policy with each part: its flag and the flag's value.
fn policies() -> Result<[(Part, [String; 2]); 3]> {
    let listener = address::free(address::loopback())?.to_string();
    let policies = [
        (Part::Grants, ["--dir-ro", "."]),
        (Part::Listeners, ["--listen", &listener]),
        (Part::CpuLimit, ["--max-cpu", "100s"]),
    ];
    Ok(policies.map(|(part, flags)| (part, flags.map(String::from))))
}

/// The flags of a policy without parts, with one, and with all.
fn none_one_all() -> Result<[Vec<String>; 3]> {
    let all = policies()?.map(|(_, flags)| flags).concat();
    Ok([vec![], all[..2].to_vec(), all])
}

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("parts/hello has what it calls", tool, hello),
        test("parts/a call brings what it needs", tool, calls),
        test("parts/a policy brings its part", tool, policy),
        test("parts/sockets that are passed", tool, passed),
        test("parts/none may be missing", tool, missing),
        test(
            "parts/another policy changes only the manifest",
            tool,
            |tool| {
                for target in ["linux/amd64", "linux/arm64"] {
                    only_the_manifest(tool, target)?;
                }
                Ok(())
            },
        ),
        test("parts/another part changes nothing before", tool, |tool| {
            for target in ["linux/amd64", "linux/arm64"] {
                nothing_before(tool, target)?;
            }
            Ok(())
        }),
        test("parts/inspect knows each", tool, inspected),
    ]
}

/// The runtime's functions for modules and its parts that the executable has.
fn has(file: &[u8]) -> Result<BTreeSet<String>> {
    let of_modules = runtime_symbols().map(|(prefix, name)| format!("{prefix}{name}"));
    let known: BTreeSet<_> = of_modules
        .chain(Part::ALL.map(|part| part.root().into()))
        .collect();
    let file = object::File::parse(file)?;
    let defined = file.symbols().filter(|symbol| symbol.is_definition());
    let names = defined.filter_map(|symbol| Some(symbol.name().ok()?.to_owned()));
    Ok(names.filter(|name| known.contains(name)).collect())
}

/// Bytes of the runtime's sections.
fn runtime_size(file: &[u8]) -> Result<u64> {
    let file = object::File::parse(file)?;
    let sections = file.sections();
    let sections = sections.filter(|s| s.name().is_ok_and(|name| name.starts_with(".shim")));
    Ok(sections.map(|section| section.size()).sum())
}

fn hello(tool: &Tool) -> Result<()> {
    let module = guest("hello", Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    for target in ["linux/amd64", "linux/arm64"] {
        build(tool, &module, &program, &["--target", target])?;
        let file = std::fs::read(&program)?;
        let has = has(&file)?;
        ensure!(has.contains("wasi_aot_fd_write"), "{has:?}");
        let foreign = ["path", "sock", "part", "fd_readdir", "memory_grow_other"];
        let foreign = foreign.map(|family| format!("wasi_aot_{family}"));
        let mut all = has.iter();
        ensure!(
            !all.any(|name| foreign.iter().any(|family| name.starts_with(family))),
            "{has:?}"
        );
        let size = runtime_size(&file)?;
        ensure!(size < 90_000, "{size} bytes of the runtime");
    }
    Ok(())
}

/// Each function of preview 1 and of `wasi_aot_os_1` in a program of its own. Nothing else is called.
fn calls(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    let alone = |import: &str, call: &str| -> Result<(BTreeSet<String>, u64)> {
        let module = format!(
            "(module {import} (memory (export \"memory\") 1) (func (export \"_start\") {call}))"
        );
        let module = assemble(dir.path(), "m.wasm", &module)?;
        build(tool, &module, &program, &[])?;
        let file = std::fs::read(&program)?;
        Ok((has(&file)?, runtime_size(&file)?))
    };
    let (none, least) = alone("", "")?;
    for function in wasi_aot_contract::imports::all() {
        let list = |types: &[_]| {
            let types = types.iter().map(|t| format!(" {t:?}").to_lowercase());
            types.collect::<String>()
        };
        let (params, results) = (list(function.params), list(function.results));
        let import = format!(
            "(import \"{}\" \"{}\" (func $f (param{params}) (result{results})))",
            function.module.name(),
            function.name
        );
        let arguments = function.params.iter().map(|t| format!("({t:?}.const 0)"));
        let arguments = arguments.collect::<String>().to_lowercase();
        let call = match results.is_empty() {
            true => format!("(call $f {arguments})"),
            false => format!("(drop (call $f {arguments}))"),
        };
        let (has, size) = alone(&import, &call)?;
        let (prefix, name) = symbols::of_function(function);
        let name = format!("{prefix}{name}");
        let more: Vec<_> = has.difference(&none).collect();
        ensure!(more == [&name] && size > least, "{name}: {more:?}");
        let ran = run(&program, &[], dir.path())?;
        // No function has useful arguments here. `proc_raise` may end by a signal.
        let ended = matches!(ran.ends, Ends::Exit(0)) || function.name == "proc_raise";
        ensure!(ended, "{name}: {}: {}", ran.ends, text(&ran.stderr));
    }
    Ok(())
}

fn policy(tool: &Tool) -> Result<()> {
    let module = guest("hello", Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    for (part, flags) in policies()? {
        build_with(tool, &module, &program, &flags)?;
        let has = has(&std::fs::read(&program)?)?;
        let parts = Part::ALL
            .into_iter()
            .filter(|part| has.contains(part.root()));
        ensure!(parts.eq([part]), "{flags:?}: {has:?}");
        let ran = run(&program, &[], dir.path())?;
        ensure!(
            ran.ends == Ends::Exit(0),
            "{flags:?}: {}: {}",
            ran.ends,
            text(&ran.stderr)
        );
    }
    Ok(())
}

/// Two flags that need listeners bring a part beside that of listeners.
fn passed(tool: &Tool) -> Result<()> {
    let module = guest("hello", Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    let flags = ["--listen-fds", "--listen-report", "report"];
    let both = [Part::Listeners, Part::Passed, Part::ListenReport];
    for (flags, parts) in [(&flags[..1], &both[..2]), (&flags, &both)] {
        build(tool, &module, &program, flags)?;
        let has = has(&std::fs::read(&program)?)?;
        let found = Part::ALL.into_iter();
        let found = found.filter(|part| has.contains(part.root()));
        ensure!(found.eq(parts.iter().copied()), "{flags:?}: {has:?}");
    }
    Ok(())
}

/// The file offset of a section.
fn section(file: &[u8], name: &str) -> Result<std::ops::Range<usize>> {
    let parsed = object::File::parse(file)?;
    let section = parsed.section_by_name(name).context("no such section")?;
    let (start, size) = section.file_range().context("it isn't in the file")?;
    Ok(start as usize..(start + size) as usize)
}

/// An executable whose policy names no address for a part that its manifest needs.
fn missing(tool: &Tool) -> Result<()> {
    let module = guest("hello", Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    for (part, flags) in policies()? {
        build_with(tool, &module, &program, &flags)?;
        let mut file = std::fs::read(&program)?;
        let at = section(&file, POLICY_SECTION)?.start + offset_of!(PolicyInfo, parts);
        let slot = at + part as usize * 8;
        ensure!(
            file[slot..slot + 8] != [0; 8],
            "{flags:?}: the part is absent"
        );
        file[slot..slot + 8].fill(0);
        std::fs::write(&program, file)?;
        let ran = run(&program, &[], dir.path())?;
        ensure!(ran.ends == Ends::Exit(134), "{flags:?}: {}", ran.ends);
        let says = "BUG: the executable lacks a part of the runtime that its manifest needs";
        ensure!(text(&ran.stderr).contains(says), "{}", text(&ran.stderr));
    }
    Ok(())
}

/// As [`build`], with other strings.
fn build_with(tool: &Tool, module: &Path, program: &Path, flags: &[String]) -> Result<()> {
    let flags: Vec<_> = flags.iter().map(String::as_str).collect();
    build(tool, module, program, &flags)
}

/// Builds the guest `start` with these flags.
fn built<S: AsRef<str>>(tool: &Tool, target: &str, dir: &Path, flags: &[S]) -> Result<Vec<u8>> {
    let program = dir.join("program");
    let module = guest("start", Goal::Wasip1)?;
    let mut flags: Vec<_> = flags.iter().map(AsRef::as_ref).collect();
    flags.extend(["--target", target]);
    build(tool, &module, &program, &flags)?;
    Ok(std::fs::read(&program)?)
}

/// Zeroes the sizes of the manifest's segment, of its note and of its section, and where the
/// section headers and sections behind it lie.
fn without_sizes(mut file: Vec<u8>, manifest: usize) -> Result<Vec<u8>> {
    let headers = FileHeader64::<LE>::parse(&*file)?;
    let mut fields = vec![0x28];
    let first = headers.e_phoff.get(LE) as usize;
    for (segment, at) in headers
        .program_headers(LE, &*file)?
        .iter()
        .zip((first..).step_by(56))
    {
        if segment.p_offset(LE) as usize + 0x100 > manifest {
            fields.extend([at + 0x20, at + 0x28]);
        }
    }
    let first = headers.e_shoff.get(LE) as usize;
    for (section, at) in headers
        .section_headers(LE, &*file)?
        .iter()
        .zip((first..).step_by(64))
    {
        if section.sh_offset(LE) as usize >= manifest {
            fields.extend([at + 0x18, at + 0x20]);
        }
    }
    for field in fields {
        file[field..field + 8].fill(0);
    }
    Ok(file)
}

fn only_the_manifest(tool: &Tool, target: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let policies: [&[&str]; 3] = [
        &["--dir", "."],
        &[
            "--dir-ro",
            "/usr",
            "--dir",
            "/tmp::/x",
            "--env",
            "NAME=VALUE",
            "--inherit-env",
        ],
        &[
            "--dir",
            ".",
            "--max-memory",
            "64MiB",
            "--stack-size",
            "1MiB",
            "--no-harden",
        ],
    ];
    for pair in policies.windows(2) {
        let [a, b] = [pair[0], pair[1]].map(|flags| {
            let file = built(tool, target, dir.path(), flags)?;
            let policy = section(&file, POLICY_SECTION)?;
            let note = section(&file, NOTE_SECTION)?;
            ensure!(policy.end <= note.start && note.start < policy.end + 8);
            let file = without_sizes(file, policy.start)?;
            Ok((file[..policy.start].to_vec(), file[note.end..].to_vec()))
        });
        let (a, b) = (a?, b?);
        ensure!(
            a.0 == b.0,
            "{target}: {pair:?}: what is before the manifest"
        );
        // The parts begin on a page of their own.
        let trimmed = |behind: &[u8]| {
            let zeroes = behind.iter().take_while(|&&byte| byte == 0).count();
            behind[zeroes..].to_vec()
        };
        ensure!(
            trimmed(&a.1) == trimmed(&b.1),
            "{target}: {pair:?}: what is behind the manifest"
        );
    }
    Ok(())
}

/// Code, tables, data and memory are the same whichever parts there are.
fn nothing_before(tool: &Tool, target: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let files = none_one_all()?.map(|flags| {
        let file = built(tool, target, dir.path(), &flags)?;
        let policy = section(&file, POLICY_SECTION)?;
        Ok::<_, anyhow::Error>(file[HEADERS_ROOM as usize..policy.start].to_vec())
    });
    let [none, one, three] = files;
    let none = none?;
    ensure!(none == one? && none == three?, "{target}");
    Ok(())
}

/// `inspect` compares what the module needs, and each part.
fn inspected(tool: &Tool) -> Result<()> {
    let module = guest("hello", Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    let says = |path: &Path| -> Result<bool> {
        let shown = Run::of(tool.command(["inspect".as_ref(), path.as_os_str()])).run()?;
        let shown = text(&shown.stdout);
        ensure!(shown.contains(" runtime  "), "{shown}");
        Ok(shown.contains("the one that this wasi-aot links"))
    };
    for target in ["linux/amd64", "linux/arm64"] {
        for mut flags in none_one_all()? {
            flags.extend(["--strip".into(), "--target".into(), target.into()]);
            build_with(tool, &module, &program, &flags)?;
            ensure!(says(&program)?, "{flags:?}");
            flags.remove(flags.len() - 3);
            build_with(tool, &module, &program, &flags)?;
            ensure!(says(&program)?, "{flags:?}");
        }
        // The last one has all parts.
        let file = std::fs::read(&program)?;
        let names = [
            ".shim.text",
            ".shim.rodata",
            ".shim.data",
            ".shim.policy.text",
        ];
        for name in names {
            let mut file = file.clone();
            let section = section(&file, name)?;
            file[(section.start + section.end) / 2] ^= 1;
            std::fs::write(&program, file)?;
            ensure!(!says(&program)?, "{name} may be changed");
        }
    }
    Ok(())
}
