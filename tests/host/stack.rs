//! Is the smallest native stack large enough? Each call of the runtime must fit into half of it.
//! Calls that look up paths without `openat2` take the most.

use crate::older::{Kernel, WALKING};
use anyhow::{Context, Result, ensure};
use harness::live::Live;
use harness::suite;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use wasi_aot_contract::layout::MIN_STACK_SIZE;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let trial = |name: &str, kernel: Option<&'static Kernel>| {
        let tool = Arc::clone(tool);
        suite::test(format!("stack/{name}"), move || fits(&tool, kernel))
    };
    vec![
        trial("every call fits into half of the least", None),
        trial(
            "every call fits into half of the least, walking",
            Some(&WALKING),
        ),
    ]
}

fn fits(tool: &Tool, kernel: Option<&Kernel>) -> Result<()> {
    let dir = tempfile::tempdir()?;
    for grant in ["rw", "ro"] {
        let grant = dir.path().join(grant);
        fs::create_dir_all(grant.join("d"))?;
        fs::write(grant.join("d/file"), "text")?;
        symlink("d", grant.join("l"))?;
        symlink(".", grant.join("d/l"))?;
    }
    let module = dir.path().join("m.wasm");
    fs::write(&module, wat::parse_str(module_text())?)?;
    let flags = ["--dir", "rw", "--dir-ro", "ro", "--stack-size"];
    let size = MIN_STACK_SIZE.to_string();
    let flags = [&flags[..], &[&size]].concat();
    let program = dir.path().join("program");
    let built = tool.build(&module, &program, flags)?;
    ensure!(
        built.ends.is_success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    let mut command = Command::new(&program);
    command.current_dir(dir.path());
    if let Some(kernel) = kernel {
        kernel.surround(&mut command);
    }
    let live = Live::start(command, None, None, None)?;
    live.until("done")?;
    let used = resident(live.pid().as_raw_pid())?;
    let finished = live.finish()?;
    ensure!(finished.ends.is_success(), "{}", finished.ends);
    ensure!(used > 8 << 10, "only {used} bytes were used");
    ensure!(used <= MIN_STACK_SIZE / 2, "{used} bytes were used");
    // Each call must have succeeded at least once.
    let said = String::from_utf8_lossy(&finished.stdout).into_owned();
    for name in CALLS.iter().map(|(name, _)| name) {
        ensure!(
            said.contains(&format!("{name} works\n")),
            "{name} never works: {said}"
        );
    }
    Ok(())
}

/// How many bytes of the native stack were ever touched, in whole pages.
fn resident(process: i32) -> Result<u64> {
    let maps = fs::read_to_string(Path::new(&format!("/proc/{process}/smaps")))?;
    let mut stack = false;
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let first = words.next().unwrap_or_default();
        if let Some((start, end)) = first.split_once('-') {
            let address = |digits| u64::from_str_radix(digits, 16);
            let size = address(end)? - address(start)?;
            stack = size == MIN_STACK_SIZE && words.next() == Some("rw-p");
        } else if stack && first == "Rss:" {
            let kib: u64 = words.next().context("a size")?.parse()?;
            return Ok(kib << 10);
        }
    }
    anyhow::bail!("no mapping of the stack's size: {maps}")
}

/// Calls that take paths or much stack, with their arguments. D stands for a directory, P for a
/// path and its length, Q for another path, F for whether links are followed.
const CALLS: [(&str, &str); 14] = [
    (
        "path_open",
        "i32 D, i32 F, P, i32 1, i64 66, i64 0, i32 0, i32 100",
    ),
    ("path_filestat_get", "i32 D, i32 F, P, i32 200"),
    (
        "path_filestat_set_times",
        "i32 D, i32 F, P, i64 0, i64 0, i32 5",
    ),
    ("path_link", "i32 D, i32 0, P, i32 D, Q"),
    ("path_unlink_file", "i32 D, Q"),
    ("path_symlink", "P, i32 D, Q"),
    ("path_readlink", "i32 D, Q, i32 300, i32 10, i32 100"),
    ("path_rename", "i32 D, Q, i32 D, P"),
    ("path_create_directory", "i32 D, Q"),
    ("path_remove_directory", "i32 D, Q"),
    ("fd_readdir", "i32 D, i32 70000, i32 8192, i64 0, i32 100"),
    ("random_get", "i32 70000, i32 8192"),
    ("poll_oneoff", "i32 69000, i32 70000, i32 1, i32 100"),
    ("fd_prestat_dir_name", "i32 D, i32 70000, i32 4096"),
];

/// The longest paths: up and down again, through links, to names that exist and names that
/// don't.
fn paths() -> [String; 5] {
    [
        format!("{}new", "d/../".repeat(800)),
        format!("{}l/d/../file", "d/../".repeat(800)),
        format!("{}d/l/l/l/l/l/l/l/file", "l/../".repeat(30)),
        "n".repeat(254),
        "new".into(),
    ]
}

/// A module that makes each call with each path in each directory. Then it prints which calls
/// succeeded, and waits.
fn module_text() -> String {
    let (mut imports, mut calls, mut says) = (String::new(), String::new(), String::new());
    let (mut data, mut at) = (String::new(), 1024);
    let mut put = |text: &str| {
        let start = at;
        let text = text.replace('\n', "\\0a");
        let _ = write!(data, "(data (i32.const {start}) \"{text}\")");
        at += text.len();
        start
    };
    let mut pair = |text: &str| {
        let len = text.len();
        format!("(i32.const {}) (i32.const {len})", put(text))
    };
    let paths = paths().map(|text| [pair(&text), pair(&format!("{text}2"))]);
    for (index, (name, arguments)) in CALLS.iter().enumerate() {
        let arguments: Vec<&str> = arguments.split(", ").collect();
        let types = arguments.iter().map(|argument| match *argument {
            "P" | "Q" => "i32 i32",
            argument => &argument[..3],
        });
        let types: String = types.map(|t| format!("{t} ")).collect();
        let _ = write!(
            imports,
            "(import \"wasi_snapshot_preview1\" \"{name}\" (func ${name} (param {types}) (result i32)))"
        );
        for directory in ["3", "4"] {
            for path in &paths {
                for follow in ["0", "1"] {
                    let _ = write!(calls, "(call $note (i32.const {index}) (call ${name} ");
                    for argument in &arguments {
                        let argument = match argument.split_once(' ') {
                            None => path[usize::from(*argument == "Q")].clone(),
                            Some((kind, "D")) => format!("({kind}.const {directory})"),
                            Some((kind, "F")) => format!("({kind}.const {follow})"),
                            Some((kind, number)) => format!("({kind}.const {number})"),
                        };
                        calls.push_str(&argument);
                    }
                    calls.push_str("))\n");
                }
            }
        }
        let text = format!("{name} works\n");
        let (start, len) = (put(&text), text.len());
        let _ = write!(
            says,
            "(if (i32.load8_u (i32.const {index})) (then (call $say (i32.const {start}) (i32.const {len}))))"
        );
    }
    let done = put("done\n");
    format!(
        r#"(module {imports}
            (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 2) {data}
            (func $note (param i32 i32)
                (if (i32.eqz (local.get 1)) (then (i32.store8 (local.get 0) (i32.const 1)))))
            (func $say (param i32 i32)
                (i32.store (i32.const 64) (local.get 0)) (i32.store (i32.const 68) (local.get 1))
                (drop (call $write (i32.const 1) (i32.const 64) (i32.const 1) (i32.const 100))))
            (func (export "_start") {calls} {says} (call $say (i32.const {done}) (i32.const 5))
                (drop (call $read (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 100)))))"#
    )
}
