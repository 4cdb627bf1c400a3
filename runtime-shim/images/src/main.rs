//! The program that `make shims` and `make build` run.
//!
//!     wasi-aot-shim-images build TARGET_DIR
//!         builds the images of all targets and writes them and their record
//!     wasi-aot-shim-images library TARGET TARGET_DIR OUTPUT
//!         builds the static library for linking with ld
//!     wasi-aot-shim-images script OUTPUT
//!         writes the script for linking with ld

#![forbid(unsafe_code)]

use anyhow::{Context, Result, bail};
use std::path::Path;
use wasi_aot_shim_images::toolchain::Toolchain;
use wasi_aot_shim_images::{Target, archive, build, image_path, record, script};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments {
        ["build", target_dir] => build_all(Path::new(target_dir)),
        ["library", name, target_dir, output] => {
            let target = Target::named(name).with_context(|| format!("no target {name}"))?;
            let tools = Toolchain::find(target)?;
            let built = archive::build(target, &tools, &[], Path::new(target_dir))?;
            std::fs::copy(&built, output).with_context(|| output.to_owned())?;
            Ok(())
        }
        ["script", output] => {
            std::fs::write(output, script::ld()).with_context(|| output.to_owned())
        }
        _ => bail!("usage: build TARGET_DIR | library TARGET TARGET_DIR OUTPUT | script OUTPUT"),
    }
}

/// Builds the images of all targets, and writes them if all were built.
fn build_all(target_dir: &Path) -> Result<()> {
    let mut records = Vec::new();
    let mut images = Vec::new();
    for target in Target::ALL {
        let (image, record) = build(target, target_dir)?;
        println!(
            "{}: {} bytes by {}, {}",
            target.name(),
            image.len(),
            record.compiler,
            record.linker
        );
        images.push((target, image));
        records.push((target, record));
    }
    for (target, image) in images {
        let path = image_path(target);
        std::fs::write(&path, image).with_context(|| path.display().to_string())?;
    }
    record::write(&records)
}
