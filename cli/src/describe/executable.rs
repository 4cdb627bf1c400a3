//! The report for people on an executable or an object: first its policy.

use super::show::{bytes, list, printable, printable_bytes};
use super::{Page, memory};
use wasi_aot_compiler::inspect::Executable;
use wasi_aot_compiler::inspect::executable::Manifest;
use wasi_aot_compiler::policy::{Access, EnvVar, Grant, Milliseconds};

pub(super) fn describe(page: &mut Page, name: &str, executable: &Executable) {
    let manifest = &executable.manifest;
    let by = manifest.built_by.as_deref();
    let what = if executable.is_object {
        "an object"
    } else {
        "an executable"
    };
    page.line(format_args!(
        "{}: {what} for {} made by {}, {}",
        printable(name),
        executable.target.name(),
        by.map_or("wasi-aot".into(), printable_bytes),
        bytes(executable.sizes.file)
    ));
    policy(page, executable);
    page.section("How it runs");
    page.field(
        "hardening",
        match (manifest.policy.no_harden, manifest.policy.require_harden) {
            (true, _) => "Landlock and seccomp: off (--no-harden)",
            (false, false) => "Landlock and seccomp: on",
            (false, true) => "Landlock and seccomp: on, else it doesn't start (--require-harden)",
        },
    );
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
    page.field("processor", executable.cpu_spec());
    if let Some(is_known) = executable.runtime_is_known {
        page.field(
            "runtime",
            if is_known {
                "the one that this wasi-aot links"
            } else {
                "unknown: from another wasi-aot, linked by ld, or changed"
            },
        );
    }
    let go_version = manifest.go_version.as_deref();
    if go_version.is_some() || executable.build_info.is_some() {
        let version = go_version.map(String::from_utf8_lossy);
        page.go(version.as_deref(), executable.build_info.as_ref());
    }
    file(page, executable);
}

fn file(page: &mut Page, executable: &Executable) {
    page.section("File");
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

fn policy(page: &mut Page, executable: &Executable) {
    let manifest = &executable.manifest;
    page.section("What it may touch");
    page.field(
        "always",
        "arguments, standard input and output, clocks, random numbers",
    );
    directories(page, manifest);
    files(page, manifest);
    environment(page, manifest);
    let listeners = manifest.policy.listeners.iter();
    page.field("listens at", list(listeners.map(ToString::to_string)));
    operating_system(page, executable);
    let memories = executable.memories.iter();
    page.memories(memories.map(|&(initial, maximum)| memory(initial, Some(maximum))));
    page.field(
        "native stack",
        format_args!("{} reserved", bytes(manifest.stack_size())),
    );
    if let Some(all) = manifest.policy.max_memory {
        page.more(format_args!(
            "together with all memories at most {} (--max-memory)",
            bytes(all)
        ));
    }
    page.field(
        "CPU time",
        match manifest.policy.max_cpu {
            Some(limit) => format!("at most {} (--max-cpu)", Milliseconds(limit)),
            None => "unlimited".into(),
        },
    );
}

/// What the module may do by the functions of `wasi_aot_os_1` that it calls, and what of that is
/// granted. A module that calls none of the functions gets no line, unless a flag is about them.
fn operating_system(page: &mut Page, executable: &Executable) {
    let manifest = &executable.manifest;
    let calls = |names: &[&str]| executable.os_functions.iter().any(|f| names.contains(f));
    match (
        calls(&["signal_open", "signal_set"]),
        manifest.policy.no_signals,
    ) {
        (true, false) => page.field("signals", "may be caught and ignored"),
        (_, true) => page.field("signals", "can't be caught or ignored (--no-signals)"),
        (false, false) => {}
    }
    match (calls(&["host_name"]), manifest.policy.host_name) {
        (_, true) => page.field("host name", "may be asked for (--hostname)"),
        (true, false) => page.field("host name", "can't be asked for"),
        (false, false) => {}
    }
    // Each program that was built with the overlay calls terminal_open.
    let terminals = ["terminal_size", "terminal_get_mode", "terminal_set_mode"];
    match (calls(&terminals), manifest.policy.tty) {
        (_, true) => page.field("terminals", "may be opened and set (--tty)"),
        (true, false) => page.field("terminals", "can't be opened or set"),
        (false, false) => {}
    }
    let writable = |grant: &Grant| grant.access == Access::ReadWrite;
    if calls(&["path_set_mode", "fd_set_mode"]) && manifest.policy.grants.iter().any(writable) {
        page.field("file modes", "may be set in directories for writing");
    }
}

fn directories(page: &mut Page, manifest: &Manifest) {
    let grants = &manifest.policy.grants;
    if grants.is_empty() {
        page.field("directories", "none");
    }
    for (index, grant) in grants.iter().enumerate() {
        let shown = directory(grant);
        if index == 0 {
            page.field("directories", shown);
        } else {
            page.more(shown);
        }
        if grant.is_relative() {
            page.more("  resolved in the directory where the program is started");
            page.more("  (if that is / or a home directory, the grant is all of it)");
        }
    }
    if manifest
        .policy
        .grants
        .iter()
        .any(|grant| grant.access == Access::ReadWrite)
    {
        page.more(if manifest.policy.refuse_own_directory {
            "it doesn't start if it lies in a writable directory (--refuse-own-directory)"
        } else {
            "it can't change its own file, but it can change other programs there"
        });
    }
    if let Some(hole) = &manifest.policy.hole {
        page.more(format_args!("except {}", printable_bytes(hole)));
    }
}

fn files(page: &mut Page, manifest: &Manifest) {
    let files = manifest.policy.files.iter().map(directory);
    if !manifest.policy.files.is_empty() {
        page.field("files", list(files));
    }
    match manifest.policy.arg_files {
        Some(Access::ReadOnly) => page.field("arguments", "name files that it may read"),
        Some(Access::ReadWrite) => {
            page.field("arguments", "name files that it may read, write and make");
        }
        None => {}
    }
    if manifest.policy.trace_denied {
        page.field(
            "tracing",
            "says which names it asks for in vain (--trace-denied)",
        );
    }
}

fn directory(grant: &Grant) -> String {
    let host = printable_bytes(&grant.host);
    let guest = grant.guest.as_deref().map(printable_bytes);
    let guest = guest.map_or("its absolute path".into(), |guest| guest);
    let rights = match grant.access {
        Access::ReadWrite => "reading and writing",
        Access::ReadOnly => "reading only",
    };
    format!("{host} for {rights}, seen as {guest}")
}

fn environment(page: &mut Page, manifest: &Manifest) {
    let variables = manifest.policy.env.iter().map(|variable| match variable {
        EnvVar::Set { name, value } => {
            format!("{}={}", printable_bytes(name), printable_bytes(value))
        }
        EnvVar::Pass { name } => format!("{} (passed through)", printable_bytes(name)),
    });
    let shown = list(variables);
    page.field(
        "environment",
        match (manifest.policy.inherit_env, manifest.policy.env.is_empty()) {
            (true, true) => "all variables are passed through".into(),
            (true, false) => format!("{shown}; all others are passed through"),
            (false, _) => shown,
        },
    );
}
