//! Builds the runtime shim for each target: as a static library for `ld`, and as the image
//! that `wasi-aot` embeds, a relocatable object.
//!
//! The images are committed in this crate's directory, so that `cargo build` of the compiler
//! needs neither a second target's standard library nor a linker. Two things keep the images
//! true to their sources:
//!
//! - An image depends only on the shim's sources, the compiler and the flags. It doesn't
//!   depend on directories, environment variables, or earlier builds ([`archive`],
//!   [`image`]).
//! - [`record`] stores what each image was built from, and by which tools. Tests compare the
//!   record with the sources, and with a new build if the same compiler is installed.

#![forbid(unsafe_code)]

pub mod archive;
mod flags;
pub mod image;
mod paths;
pub mod record;
pub mod script;
pub mod toolchain;

pub use paths::{image_path, root};
pub use wasi_aot_contract::target::Target;

use anyhow::Result;
use std::path::Path;

/// Builds the image of a target from source. `target_dir` is cargo's target directory, which
/// makes the next build faster.
///
/// # Errors
/// A missing standard library for the target, and a tool that fails.
pub fn build(target: Target, target_dir: &Path) -> Result<(Vec<u8>, record::Record)> {
    let tools = toolchain::Toolchain::find(target)?;
    let archive = archive::build(target, &tools, &[], target_dir)?;
    let image = image::link(target, &tools, &archive)?;
    let record = record::Record::of(target, &tools, &image)?;
    Ok((image, record))
}
