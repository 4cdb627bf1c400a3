//! The text of the module that makes the calls.
//!
//! The text is generated from the contract's list of functions, so no import can be forgotten:
//! a parameter with an unknown name fails the test. A generator of random numbers in the module
//! (Marsaglia's xorshift64*) chooses calls and arguments, so a seed repeats a run. Its state
//! isn't in linear memory, because results of calls may be written anywhere there.
//!
//! The module prevents two things: long waits (it repairs subscriptions before each
//! `poll_oneoff`), and the loss of descriptor 2, to which it writes at its end how often each
//! import succeeded.

use std::fmt::Write;
use wasi_aot_contract::imports;
use wasi_aot_contract::signature::{HostModule, Signature, Type};

/// The exit code of a run that reached its end.
pub const DONE: i32 = 42;

/// Size of linear memory in bytes and pages.
const END: u32 = 3 << 16;

/// Most pointers of the calls point to `WORK`: pairs of address and length of paths, then
/// vectors, then the paths' bytes. It is copied from `SOURCE` again and again.
const SOURCE: u32 = 0x1_8000;
const WORK: u32 = 0x8000;
const SIZE: u32 = 0xe000;
const VECTORS: u32 = WORK + 0x200;
const BYTES: u32 = WORK + 0x400;
/// 64 subscriptions. Those with an even index are clocks.
const SUBSCRIPTIONS: u32 = 0x6000;
/// Arguments of the process, and counts at the end.
const SCRATCH: u32 = 0x1000;

const VECTOR_COUNT: u32 = 64;

/// Paths; the first eight are the likeliest. Paths that lead out name no file of the machine, so
/// a runtime that lets them pass does no damage.
fn paths() -> Vec<Vec<u8>> {
    let mut paths: Vec<Vec<u8>> = [
        "file",
        "dir",
        "dir/sub",
        "dir/sub/deep",
        "empty",
        "new",
        "in/file",
        "dir/new",
        "out",
        "out/secret",
        "out/new",
        "to-file",
        "to-none",
        "absolute/secret",
        "top/nothing",
        "up/outside",
        "self",
        "other",
        "..",
        ".",
        "",
        "/",
        "../outside/secret",
        "dir/../../outside/new",
        "../writable/file",
        "new/",
        "file/",
        "out/",
        "x\0y",
        "../../../../../../nothing",
        "/nothing",
        "/writable/file",
        "to-file/",
    ]
    .map(|path| path.as_bytes().to_vec())
    .into();
    paths.push(vec![0xff, 0xfe]);
    for (unit, len) in [
        ("n", 255),
        ("n", 256),
        ("./", 4095),
        ("a/", 4096),
        ("../", 5000),
    ] {
        let mut path = unit.repeat(len).into_bytes();
        path.truncate(len);
        paths.push(path);
    }
    paths
}

/// The bytes at [`SOURCE`].
fn data() -> Vec<u8> {
    let (mut table, mut bytes) = (Vec::new(), Vec::new());
    for path in paths() {
        let at = BYTES + bytes.len() as u32;
        table.extend(
            [at, path.len() as u32]
                .iter()
                .flat_map(|word| word.to_le_bytes()),
        );
        bytes.extend(path);
    }
    table.resize((VECTORS - WORK) as usize, 0);
    for index in 0..VECTOR_COUNT {
        let (at, len) = match index % 8 {
            5 => (END - 8, 8),
            6 => (WORK, 0x1000),
            7 => [(END - 4, 8), (u32::MAX, 8), (0, u32::MAX), (END, 1)][index as usize / 8 % 4],
            _ => (index * 40, index),
        };
        table.extend([at, len].iter().flat_map(|word: &u32| word.to_le_bytes()));
    }
    table.resize((BYTES - WORK) as usize, 0);
    table.extend(bytes);
    assert!(table.len() <= SIZE as usize, "BUG: no room for the paths");
    table
}

/// The whole module.
pub fn text() -> String {
    let mut text = String::from("(module\n");
    for function in imports::all() {
        let (module, id) = (function.module.name(), id(function));
        let (name, params) = (function.name, types(function.params));
        let result = if function.results.is_empty() {
            ""
        } else {
            "(result i32)"
        };
        let import =
            format!(r#"(import "{module}" "{name}" (func ${id} (param {params}) {result}))"#);
        writeln!(text, "{import}").expect("a string takes everything");
    }
    let mut escaped = String::new();
    for byte in data() {
        write!(escaped, "\\{byte:02x}").expect("a string takes everything");
    }
    let pages = END >> 16;
    writeln!(
        text,
        r#"(memory (export "memory") {pages}) (data (i32.const {SOURCE}) "{escaped}")"#
    )
    .expect("a string takes everything");
    text.push_str(&calls());
    text.push_str(&helpers());
    text.push(')');
    text
}

/// The function's name in the module. Both modules of the runtime have a `path_open`.
fn id(function: &Signature) -> String {
    match function.module {
        HostModule::Preview1 => function.name.to_owned(),
        HostModule::Os => format!("os_{}", function.name),
    }
}

fn types(params: &[Type]) -> String {
    let names = params.iter().map(|ty| match ty {
        Type::I32 => "i32 ",
        Type::I64 => "i64 ",
    });
    names.collect()
}

/// For each import a function that calls it once and counts its success; and a table of these
/// functions.
fn calls() -> String {
    let (mut text, mut table) = (String::new(), String::new());
    for function in imports::all() {
        let (name, id) = (function.name, id(function));
        let arguments: String = (parameters(function).iter().zip(function.params))
            .map(|(param, ty)| match ty {
                Type::I32 => format!("(call $bent {})\n", small(name, param)),
                Type::I64 => format!("{}\n", large(name, param)),
            })
            .collect();
        let call = match name {
            // The call would end the run.
            "proc_exit" => "(i32.const 1)".to_owned(),
            "poll_oneoff" => POLL.to_owned(),
            _ => format!("(call ${id} {arguments})"),
        };
        write!(
            text,
            "(global $count_{id} (mut i64) (i64.const 0))
             (func $try_{id} (if (i32.eqz {call}) (then
               (global.set $count_{id} (i64.add (global.get $count_{id}) (i64.const 1))))))\n"
        )
        .expect("a string takes everything");
        write!(table, " $try_{id}").expect("a string takes everything");
    }
    format!("{text} (table funcref (elem {table})) (type $try (func))\n")
}

macro_rules! names {
    ($($name:ident($($param:ident: $ty:ident),*) $(-> $result:ident)?;)*) => {
        pub fn of(function: &str) -> &'static [&'static str] {
            match function {
                $(stringify!($name) => &[$(stringify!($param)),*],)*
                _ => unreachable!("BUG: there is no {function}"),
            }
        }
    };
}
mod preview1 {
    wasi_aot_contract::for_each_preview1!(names);
}
mod os {
    wasi_aot_contract::for_each_os!(names);
}

/// The names of a function's parameters.
fn parameters(function: &Signature) -> &'static [&'static str] {
    match function.module {
        HostModule::Preview1 => preview1::of(function.name),
        HostModule::Os => os::of(function.name),
    }
}

/// The subscriptions begin with a clock, or aren't in memory, so that the wait ends soon.
const POLL: &str = "(block $r (result i32)
    (call $subscribe)
    (call $poll_oneoff
      (select (i32.sub (i32.const -1) (call $below (i32.const 48)))
        (i32.add (i32.const 0x6000) (i32.mul (call $below (i32.const 16)) (i32.const 96)))
        (i32.eqz (call $below (i32.const 8))))
      (call $pointer)
      (select (i32.const 89478486) (call $below (i32.const 32)) (i32.eqz (call $below (i32.const 8))))
      (call $pointer)))";

/// The usual value of an argument of 32 bits.
fn small(function: &str, param: &str) -> &'static str {
    match param {
        "fd" | "to"
            if matches!(
                function,
                "fd_close" | "fd_renumber" | "fd_fdstat_set_rights"
            ) =>
        {
            "(call $victim)"
        }
        "fd" | "old_fd" | "new_fd" if function.starts_with("path_") => "(call $directory)",
        "fd" | "old_fd" | "new_fd" | "to" => "(call $descriptor)",
        "path" | "old_path" | "new_path" => "(call $path)",
        "path_len" | "old_path_len" | "new_path_len" => "(global.get $path_len)",
        "iovs" => "(call $vector)",
        "iovs_len" => "(call $below (i32.const 7))",
        "len" | "buf_len" => "(call $below (i32.const 3000))",
        "flags" | "dirflags" | "old_flags" if function.starts_with("path_") => {
            "(call $below (i32.const 3))"
        }
        "flags" | "oflags" | "fdflags" | "advice" | "whence" | "fst_flags" | "ri_flags"
        | "si_flags" | "how" | "id" | "code" => "(call $below (i32.const 9))",
        // URG or WINCH, which end no process.
        "signal" if function == "proc_raise" => {
            "(i32.add (i32.const 22) (i32.mul (i32.const 5) (call $below (i32.const 2))))"
        }
        "signal" => "(call $below (i32.const 32))",
        "action" | "terminal_mode" => "(call $below (i32.const 4))",
        // The owner keeps access.
        "mode" => "(i32.or (i32.const 0x1c0) (call $below (i32.const 64)))",
        "argv" | "argv_buf" | "argc" | "argv_buf_size" | "environ" | "environ_buf" | "count"
        | "buf_size" | "resolution" | "time" | "stat" | "nread" | "nwritten" | "prestat"
        | "buf" | "bufused" | "newoffset" | "offset" | "opened_fd" | "accepted_fd" | "datalen"
        | "ro_flags" | "subscriptions" | "events" | "nevents" | "found_action" | "pid"
        | "found_size" | "found_mode" => "(call $pointer)",
        "nsubscriptions" => "(call $below (i32.const 32))",
        _ => panic!("what is the parameter {param} of {function}?"),
    }
}

/// The value of an argument of 64 bits. Space on a disk is asked for in small amounts, or in
/// amounts that no disk has.
fn large(function: &str, param: &str) -> &'static str {
    match param {
        "rights_base" | "rights_inheriting" => "(call $rights)",
        "len" | "offset" if function == "fd_allocate" => "(call $modest)",
        "offset" | "len" | "size" | "atim" | "mtim" | "cookie" | "precision" | "base"
        | "inheriting" => "(call $number)",
        _ => panic!("what is the parameter {param} of {function}?"),
    }
}

/// The random generator, the functions that draw arguments, and `_start`.
fn helpers() -> String {
    let count = imports::all().count();
    let opening = imports::all()
        .position(|function| function.name == "path_open")
        .expect("BUG: preview 1 has no path_open");
    let counts: String = (imports::all().enumerate())
        .map(|(index, function)| {
            let at = SCRATCH as usize + 8 * index;
            format!(
                "(i64.store (i32.const {at}) (global.get $count_{}))\n",
                id(function)
            )
        })
        .collect();
    include_str!("helpers.wat")
        .replace("{counts}", &counts)
        .replace("{count}", &count.to_string())
        .replace("{opening}", &opening.to_string())
        .replace("{paths}", &paths().len().to_string())
        .replace("{END}", &END.to_string())
        .replace("{SOURCE}", &SOURCE.to_string())
        .replace("{WORK}", &WORK.to_string())
        .replace("{SIZE}", &SIZE.to_string())
        .replace("{VECTORS}", &VECTORS.to_string())
        .replace("{VECTOR_COUNT}", &VECTOR_COUNT.to_string())
        .replace("{SUBSCRIPTIONS}", &SUBSCRIPTIONS.to_string())
        .replace("{SCRATCH}", &SCRATCH.to_string())
        .replace("{DONE}", &DONE.to_string())
}
