//! Where the files of the repository are.

use std::path::{Path, PathBuf};
use wasi_aot_contract::target::Target;

/// The root of the repository that this crate was built in.
///
/// # Panics
/// If the directory doesn't exist any more.
#[must_use]
pub fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize()
        .unwrap_or_else(|error| panic!("{}: {error}", root.display()))
}

/// The path of a target's committed image.
#[must_use]
pub fn image_path(target: Target) -> PathBuf {
    root().join("runtime-shim/images").join(target.image())
}
