//! Golden tests: what the compiler makes of small functions.
//!
//! Each `tests/golden/NAME.wat` begins with `;;! emit = ir`, `clif` or `asm`
//! (and optionally `;;! target = linux/arm64`, `;;! cpu = x86-64-v1` and `;;! spectre = on`;
//! `;;! functions = FILE` puts those of a file in `tests/` before the module's last line), and
//! ends with the expected output of its functions, one `;;` comment per line. `make bless` (or
//! `WASI_AOT_BLESS=1 cargo test`) rewrites the expectations; the diff is then
//! there to be reviewed.
//!
//! `;;! go = WAYS` makes the module one of Go's ([`go_module`]) and compiles it once for each
//! of WAYS, so that a rewrite can be seen beside what it rewrites: `without` knowledge of Go,
//! with `verified` facts only, or with `trusted` ones, too.
//!
//! `;;! after = PASSES` shows the IR as it is behind each of these passes, `nothing` as it was
//! built, so that what one pass does can be seen.

#[path = "golden/go_module.rs"]
mod go_module;

use similar::TextDiff;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use wasi_aot_compiler::{Emit, Options, Target, cpu};
use wasi_aot_contract::symbols;

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
    let diff = TextDiff::from_lines(expected, &actual);
    let name = file.display().to_string();
    let mut diff = diff.unified_diff();
    eprintln!(
        "{}",
        diff.context_radius(3).header(&name, "what is made now")
    );
    false
}

/// The output for the functions of `source`, commented out, for each way.
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
        Some("ir") => Emit::Ir,
        other => panic!("`;;! emit = ir`, `clif` or `asm` is missing: {other:?}"),
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
        verify: true,
        ..Options::default()
    };
    let wasm = match directive("functions") {
        None if directive("go").is_some() => wat::parse_str(go_module::linked(source)),
        None => wat::parse_str(source),
        Some(file) => {
            let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
            let functions = std::fs::read_to_string(tests.join(file)).unwrap();
            let (module, end) = source.rsplit_once('\n').unwrap();
            wat::parse_str(format!("{module}\n{functions}\n{end}"))
        }
    }
    .unwrap();
    let mut commented = String::new();
    for way in directive("go").map_or(vec![None], |ways| ways.split(", ").map(Some).collect()) {
        let (no_go_opt, no_go_trust) = match way {
            None | Some("trusted") => (false, false),
            Some("verified") => (false, true),
            Some("without") => (true, false),
            Some(other) => panic!("{other} is no way to know Go"),
        };
        let options = Options {
            no_go_opt,
            no_go_trust,
            ..options.clone()
        };
        if let Some(way) = way {
            writeln!(commented, ";; ==== {way}").unwrap();
        }
        for after in directive("after").map_or(vec![None], |a| a.split(", ").map(Some).collect()) {
            let mut options = options.clone();
            match after {
                None => {}
                Some("nothing") => options.pass_limit = Some(0),
                Some(pass) => options.ir_after = Some(pass.to_string()),
            }
            if let Some(after) = after {
                writeln!(commented, ";; ==== after {after}").unwrap();
            }
            let output = wasi_aot_compiler::build(&wasm, &options, &()).unwrap();
            for line in own_functions(std::str::from_utf8(&output).unwrap()) {
                writeln!(commented, "{}", format!(";; {line}").trim_end()).unwrap();
            }
        }
    }
    commented
}

/// The lines of the module's functions, without `_start`, Go's runtime and what the compiler
/// adds: functions begin with `; NAME`.
fn own_functions(output: &str) -> impl Iterator<Item = &str> {
    let mut own = false;
    output.lines().filter(move |line| {
        if let Some(name) = line.strip_prefix("; ") {
            let stands_by = name == "_start" || name.starts_with("runtime.");
            own = !stands_by && !name.starts_with(symbols::PREFIX);
        }
        own && !line.is_empty()
    })
}
