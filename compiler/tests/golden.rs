//! Golden tests: what the compiler makes of small functions.
//!
//! Each `tests/golden/NAME.wat` begins with `;;! emit = clif` or `;;! emit = asm`
//! (and optionally `;;! target = linux/arm64`, `;;! cpu = x86-64-v1` and `;;! spectre = on`;
//! `;;! functions = FILE` puts those of a file in `tests/` before the module's last line), and
//! ends with the expected output of its functions, one `;;` comment per line. `make bless` (or
//! `WASI_AOT_BLESS=1 cargo test`) rewrites the expectations; the diff is then
//! there to be reviewed.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use wasi_aot_compiler::{Emit, Options, Target, cpu};

/// Marks where the expectation begins.
const EXPECTED: &str = "\n;; expected:\n";

#[test]
fn golden() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let entries = std::fs::read_dir(&directory)
        .unwrap()
        .map(|e| e.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .filter(|p| p.extension().is_some_and(|e| e == "wat"))
        .collect();
    files.sort();
    assert!(
        files.len() >= 10,
        "only {} golden files in {}",
        files.len(),
        directory.display()
    );
    let bless = std::env::var_os("WASI_AOT_BLESS").is_some();
    let failed: Vec<_> = files.iter().filter(|file| !check(file, bless)).collect();
    assert!(
        failed.is_empty(),
        "changed: {failed:?}; review, then `make bless`"
    );
}

/// Whether the file's expectation holds; with `bless`, makes it hold.
fn check(file: &Path, bless: bool) -> bool {
    let text = std::fs::read_to_string(file).unwrap();
    let (source, expected) = text.split_once(EXPECTED).unwrap_or((text.trim_end(), ""));
    let actual = compile(source);
    if actual == expected {
        return true;
    }
    if bless {
        std::fs::write(file, format!("{source}{EXPECTED}{actual}")).unwrap();
        return true;
    }
    eprintln!("--- {}\n{actual}", file.display());
    false
}

/// The output for the functions of `source`, commented out.
fn compile(source: &str) -> String {
    let directive = |key: &str| {
        let line = source
            .lines()
            .find_map(|l| l.strip_prefix(";;!")?.trim().strip_prefix(key));
        line.map(|value| value.trim_start_matches([' ', '=']).trim())
    };
    let emit = match directive("emit") {
        Some("clif") => Emit::Clif,
        Some("asm") => Emit::Asm,
        other => panic!("`;;! emit = clif` or `asm` is missing: {other:?}"),
    };
    let target = match directive("target") {
        None => Target::LinuxAmd64,
        Some(name) => Target::named(name).unwrap_or_else(|| panic!("unknown target {name}")),
    };
    let cpu = directive("cpu").map(|spec| cpu::parse(target, spec).unwrap());
    let options = Options {
        target,
        cpu,
        emit,
        spectre: directive("spectre") == Some("on"),
        ..Options::default()
    };
    let wasm = match directive("functions") {
        None => wat::parse_str(source),
        Some(file) => {
            let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
            let functions = std::fs::read_to_string(tests.join(file)).unwrap();
            let (module, end) = source.rsplit_once('\n').unwrap();
            wat::parse_str(format!("{module}\n{functions}\n{end}"))
        }
    }
    .unwrap();
    let output = wasi_aot_compiler::build(&wasm, &options, &()).unwrap();
    let mut commented = String::new();
    for line in own_functions(std::str::from_utf8(&output).unwrap()) {
        writeln!(commented, "{}", format!(";; {line}").trim_end()).unwrap();
    }
    commented
}

/// The lines of the module's functions, without `_start` and what the compiler
/// adds: functions begin with `; NAME`.
fn own_functions(output: &str) -> impl Iterator<Item = &str> {
    let mut own = false;
    output.lines().filter(move |line| {
        if let Some(name) = line.strip_prefix("; ") {
            own = name != "_start" && !name.contains('(');
        }
        own && !line.is_empty()
    })
}
