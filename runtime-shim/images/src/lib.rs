//! Builds the runtime shim for each target, as a static library for `ld` and as the
//! linked image that `wasi-aot` has in it.
//!
//! The images are committed beside this crate, so that `cargo build` of the compiler
//! needs neither a second target's standard library nor a linker. What keeps them
//! honest:
//!
//! - An image depends on the shim's sources, the compiler and the flags, and on
//!   nothing else: not on directories, variables of the environment, or what was built
//!   before ([`archive`], [`image`]).
//! - [`record`] says beside it what it was built from and by what; the tests compare
//!   that with the sources, and with a new build where the same compiler is at hand.

#![forbid(unsafe_code)]

pub mod archive;
mod flags;
pub mod image;
pub mod record;
pub mod script;
pub mod toolchain;

pub use wasi_aot_contract::target::Target;

use anyhow::Result;
use std::path::{Path, PathBuf};

/// The root of the repository that this crate was built in.
///
/// # Panics
/// If it isn't there any more.
#[must_use]
pub fn root() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize()
        .unwrap_or_else(|error| panic!("{}: {error}", root.display()))
}

/// Where an image is committed.
#[must_use]
pub fn image_path(target: Target) -> PathBuf {
    root().join("runtime-shim/images").join(target.image())
}

/// Builds the image of a target from source. What cargo makes on the way is kept in
/// `target_dir` for the next time.
///
/// # Errors
/// If the standard library for the target is missing, or a tool fails.
pub fn build(target: Target, target_dir: &Path) -> Result<(Vec<u8>, record::Record)> {
    let tools = toolchain::Toolchain::find(target)?;
    let archive = archive::build(target, &tools, &[], target_dir)?;
    let image = image::link(target, &tools, &archive)?;
    let record = record::Record::of(target, &tools, &image)?;
    Ok((image, record))
}
