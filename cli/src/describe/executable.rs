//! The report for people on an executable or an object: first what it may touch, then what limits
//! it and what keeps it in, then how it was made.

use super::show::{bytes, list, printable, printable_bytes};
use super::{Page, memory, touches};
use wasi_aot_compiler::inspect::Executable;
use wasi_aot_compiler::policy::Milliseconds;

pub(super) fn describe(page: &mut Page, name: &str, executable: &Executable) {
    let manifest = &executable.manifest;
    let by = manifest.built_by.as_deref();
    let by = by.map_or("wasi-aot".into(), printable_bytes);
    let what = if executable.is_object {
        "an object, of which a linker makes a program for a sandbox,"
    } else {
        "a program in a sandbox,"
    };
    page.line(format_args!("{}: {what} made by {by}", printable(name)));
    touches::describe(page, &manifest.policy, &executable.os_functions);
    limits(page, executable);
    keeping(page, executable);
    making(page, executable);
    let go_version = manifest.go_version.as_deref();
    if go_version.is_some() || executable.build_info.is_some() {
        let version = go_version.map(String::from_utf8_lossy);
        page.go(version.as_deref(), executable.build_info.as_ref());
    }
    file(page, executable);
}

fn limits(page: &mut Page, executable: &Executable) {
    let manifest = &executable.manifest;
    page.section("What limits it");
    let memory: u64 = executable.memories.iter().map(|(_, maximum)| maximum).sum();
    let stack = manifest.stack_size();
    page.field(
        "memory",
        match manifest.policy.max_memory {
            Some(all) => format!(
                "takes at most {} for its data and deep recursion (--max-memory)",
                bytes(all)
            ),
            None => format!(
                "takes at most {} for its data, and {} for deep recursion",
                bytes(memory),
                bytes(stack)
            ),
        },
    );
    page.field(
        "processor",
        match manifest.policy.max_cpu {
            Some(limit) => format!("computes for at most {} (--max-cpu)", Milliseconds(limit)),
            None => "computes for as long as it wants".into(),
        },
    );
    if touches::writes(&manifest.policy) {
        page.field("disk", "can fill the disk where it may change files");
    }
}

/// The two fences.
fn keeping(page: &mut Page, executable: &Executable) {
    page.section("What keeps it in");
    match executable.runtime_is_known {
        Some(true) => page.field(
            "runtime",
            "checks all that it asks for; it is the one that this wasi-aot links",
        ),
        Some(false) => {
            page.warning(
                "runtime",
                "is unknown: from another wasi-aot, linked by ld, or changed;",
            );
            page.more("  if somebody changed it, the program may do more than stands here");
        }
        None => page.field("runtime", "none yet: a linker adds it"),
    }
    let policy = &executable.manifest.policy;
    match (policy.no_harden, policy.require_harden) {
        (true, _) => page.warning(
            "kernel",
            "checks nothing: Landlock and seccomp are left out (--no-harden)",
        ),
        (false, false) => page.field(
            "kernel",
            "checks most of it too, where the kernel can (Landlock, seccomp)",
        ),
        (false, true) => page.field(
            "kernel",
            "checks most of it too, or the program doesn't start (Landlock, seccomp)",
        ),
    }
}

fn making(page: &mut Page, executable: &Executable) {
    let manifest = &executable.manifest;
    page.section("How it was built");
    page.field("target", executable.target.name());
    page.field("processor", executable.cpu_spec());
    page.field(
        "preemption",
        if executable.preempts {
            "on: goroutines that compute give way every 10 ms"
        } else {
            "off"
        },
    );
    page.field(
        "speculation",
        if manifest.spectre {
            "bounds checks are guarded (--spectre on)"
        } else {
            "not guarded"
        },
    );
    if manifest.policy.trace_denied {
        page.field(
            "tracing",
            "says which names it asks for in vain (--trace-denied)",
        );
    }
    let memories = executable.memories.iter();
    page.memories(memories.map(|&(initial, maximum)| memory(initial, Some(maximum))));
    page.field(
        "native stack",
        format_args!("{} reserved", bytes(manifest.stack_size())),
    );
    let functions = executable.os_functions.iter();
    page.field(
        "wasi_aot_os_1",
        list(functions.map(|&function| function.into())),
    );
}

fn file(page: &mut Page, executable: &Executable) {
    page.section("File");
    page.field("size", bytes(executable.sizes.file));
    page.field("code", bytes(executable.sizes.code));
    page.field(
        "data",
        format_args!("{} of initial memory", bytes(executable.sizes.data)),
    );
    page.field(
        "symbols",
        if executable.has_symbols {
            "yes"
        } else {
            "none (--strip)"
        },
    );
}
