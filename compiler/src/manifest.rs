//! The manifest of an executable: the policy's records, then those that say how the code was
//! made.

use crate::policy::{Budget, Policy};
use wasi_aot_contract::manifest::{Record, writer};

/// How the code of an executable was made, which another policy doesn't change.
#[derive(Debug, Clone, Copy)]
pub struct Made<'a> {
    /// Whether the code is guarded against speculative execution.
    pub spectre: bool,
    /// The compiler and its version.
    pub built_by: Option<&'a [u8]>,
    /// The version of Go that made the module.
    pub go_version: Option<&'a [u8]>,
    /// Whether the module is Go's and can name files: then an empty root is outside of its grants.
    pub joins_names: bool,
}

/// The bytes of a manifest.
///
/// # Panics
/// If a path or variable holds a NUL byte, which [`Policy::check`] refuses.
#[must_use]
pub fn write(policy: &Policy, budget: &Budget, made: &Made<'_>) -> Vec<u8> {
    let has_files = policy.has_files();
    let policy = Policy {
        stack_size: budget.stack,
        ..policy.clone()
    };
    let mut manifest = policy.manifest();
    let built_by = made.built_by.map(|compiler| Record::BuiltBy { compiler });
    let go_version = made.go_version.map(|version| Record::GoVersion { version });
    let spectre = made.spectre.then_some(Record::Spectre);
    // In other modules files that are granted by themselves need the root.
    let joins = made.joins_names;
    let root = (joins || has_files).then_some(Record::Root { joins });
    let records = [root, spectre, built_by, go_version];
    writer::append(&mut manifest, records.into_iter().flatten());
    manifest
}
