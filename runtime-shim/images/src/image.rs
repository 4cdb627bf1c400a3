//! Links the shim's library into one relocatable object, the image that the compiler embeds. It
//! has everything that an executable can need and nothing else, in a section for each function
//! and each piece of data. The compiler's linker takes from it what a module needs.

use crate::paths::root;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use wasi_aot_contract::parts::Part;
use wasi_aot_contract::symbols;
use wasi_aot_contract::target::Target;

/// The bytes of the image.
///
/// # Errors
/// If the linker fails.
pub fn link(target: Target, tools: &Toolchain, archive: &Path) -> Result<Vec<u8>> {
    let directory = tempfile::tempdir()?;
    let output = directory.path().join("image");
    let mut linker = tools.linker();
    linker
        .args(["-r", "--gc-sections", "--strip-debug", "-e", "_start", "-T"])
        .arg(root().join("runtime-shim/shim.ld"));
    for name in exports() {
        linker.args(["-u", &name]);
    }
    let status = linker
        .arg(archive)
        .arg("-o")
        .arg(&output)
        .status()
        .context("the linker does not start")?;
    ensure!(
        status.success(),
        "the runtime shim does not link for {}",
        target.name()
    );
    Ok(std::fs::read(&output)?)
}

/// The symbols of the shim that an object may refer to: for a module's code, and for a policy.
fn exports() -> impl Iterator<Item = String> {
    let of_modules = symbols::runtime_symbols().map(|(prefix, name)| format!("{prefix}{name}"));
    of_modules.chain(Part::ALL.map(|part| part.root().into()))
}
