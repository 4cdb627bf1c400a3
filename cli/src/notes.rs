//! Notes about an executable that was just written.

use crate::describe::show;
use crate::progress::Progress;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use wasi_aot_compiler::Observer as _;
use wasi_aot_compiler::policy::{Access, Grant, Policy};

/// Warns if the executable lies in a directory that the program may write to. The program
/// can't change its own file, but it can change other programs there.
pub fn own_directory(output: &Path, policy: &Policy, progress: &Progress) {
    let Ok(current) = std::env::current_dir() else {
        return;
    };
    let host = |grant: &Grant| PathBuf::from(OsStr::from_bytes(&grant.host));
    let is_around = |grant: &&Grant| {
        let around = lexical(&current.join(host(grant)));
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
