//! Notes about what an executable may touch.

use crate::describe::show;
use crate::go::needs;
use crate::progress::Progress;
use crate::settings::Settings;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use wasi_aot_compiler::Observer as _;
use wasi_aot_compiler::policy::{Access, EnvVar, Grant, Policy};

/// Warns if the executable lies in a directory that the program may write to. The program
/// can't change its own file, but it can change other programs there.
pub fn own_directory(output: &Path, policy: &Policy, progress: &Progress) {
    let Ok(current) = std::env::current_dir() else {
        return;
    };
    let is_around = |grant: &&Grant| {
        let Some(host) = grant.plain_host() else {
            return false;
        };
        let around = lexical(&current.join(OsStr::from_bytes(host)));
        grant.access == Access::ReadWrite && lexical(&current.join(output)).starts_with(around)
    };
    if policy.refuse_own_directory {
        return;
    }
    if let Some(grant) = policy.grants.iter().find(is_around) {
        progress.note(&format!(
            "{} lies in --dir {}: the program can't change that file, but it can change other \
             programs there; --dir-ro is safer, or another directory for the executable",
            show::one_line(&output.display().to_string()),
            show::printable_bytes(&grant.host),
        ));
    }
}

/// Says that a module lacks signals and asks for them.
pub fn lacking(wasm: &[u8], progress: &Progress) {
    if needs::lacks_signals(wasm) {
        progress.note(
            "no signal reaches the module, which asks for some: Go leaves signals out on wasip1; \
             wasi-aot build PACKAGE brings them",
        );
    }
}

/// Says what a file with settings grants.
pub fn granted_by(file: &Path, policy: &Policy, progress: &Progress) {
    let file = show::one_line(&file.display().to_string());
    for grant in grants(policy) {
        progress.note(&format!("{file} grants {grant}"));
    }
}

/// Says that a file with settings has grants which `command` doesn't take.
pub fn not_granted_by(settings: &Settings, command: &str, progress: &Progress) {
    let Some(file) = &settings.path else {
        return;
    };
    if !grants(&settings.policy).is_empty() {
        let file = show::one_line(&file.display().to_string());
        progress.note(&format!(
            "{file} has grants, and {command} takes none from it; give --policy {file}"
        ));
    }
}

/// The grants of a policy, as flags, and the flag that takes the second fence away.
pub fn grants(policy: &Policy) -> Vec<String> {
    let flag = |what, grant: &Grant| {
        let only = match grant.access {
            Access::ReadWrite => "",
            Access::ReadOnly => "-ro",
        };
        let host = show::printable_bytes(&grant.host);
        let guest = grant.guest.as_deref().map(show::printable_bytes);
        let guest = guest.map(|guest| format!("::{guest}")).unwrap_or_default();
        format!("--{what}{only} {host}{guest}")
    };
    let passed = policy
        .env
        .iter()
        .filter(|v| matches!(v, EnvVar::Pass { .. }));
    let directories = policy.grants.iter().map(|grant| flag("dir", grant));
    let files = policy.files.iter().map(|file| flag("file", file));
    let arg_files = policy.arg_files.map(|access| match access {
        Access::ReadWrite => "--arg-files rw".to_owned(),
        Access::ReadOnly => "--arg-files ro".to_owned(),
    });
    let listen_fds = policy.listen_fds.then(|| "--listen-fds".into());
    let listeners = policy.listeners.iter().map(|at| format!("--listen {at}"));
    let report = policy.listen_report.as_deref().map(show::printable_bytes);
    let report = report.map(|path| format!("--listen-report {path}"));
    let listeners = listen_fds.into_iter().chain(listeners).chain(report);
    let variables = passed.map(|v| format!("--env {}", show::printable_bytes(v.name())));
    let inherit = policy.inherit_env.then(|| "--inherit-env".into());
    let hostname = policy.host_name.then(|| "--hostname".into());
    let tty = policy.tty.then(|| "--tty".into());
    let zones = policy.time_zones.then(|| "--tz".into());
    let no_harden = policy.no_harden.then(|| "--no-harden".into());
    let all = directories.chain(files).chain(arg_files);
    let all = all.chain(listeners).chain(variables);
    all.chain(inherit)
        .chain(hostname)
        .chain(tty)
        .chain(zones)
        .chain(no_harden)
        .collect()
}

/// An absolute path without `.` and `..`, which are removed without a look at symbolic links.
fn lexical(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain
}
