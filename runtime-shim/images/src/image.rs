//! Links the shim's library into the image that every executable begins with. The image has
//! its fixed address and every function that a module may call, and refers to the address
//! where the module's info will be.

use crate::paths::root;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, ensure};
use std::path::Path;
use wasi_aot_contract::target::Target;
use wasi_aot_contract::{layout, preview1, symbols};

/// The bytes of the image.
///
/// # Errors
/// If the linker fails.
pub fn link(target: Target, tools: &Toolchain, archive: &Path) -> Result<Vec<u8>> {
    let directory = tempfile::tempdir()?;
    let output = directory.path().join("image");
    let mut linker = tools.linker();
    linker
        .args(["-static", "--gc-sections", "--strip-debug"])
        .args(["-z", &format!("max-page-size={}", target.page_size()), "-T"])
        .arg(root().join("runtime-shim/shim.ld"));
    let addresses = [
        ("IMAGE_BASE", layout::IMAGE_BASE),
        ("MODULE_INFO_ADDR", layout::MODULE_INFO_ADDR),
        (symbols::MODULE, layout::MODULE_INFO_ADDR),
    ];
    for (name, address) in addresses {
        linker.arg(format!("--defsym={name}={address:#x}"));
    }
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

/// The symbols of the shim that a module's code may refer to.
fn exports() -> impl Iterator<Item = String> {
    let wasi = preview1::FUNCTIONS
        .iter()
        .map(|function| format!("{}{}", symbols::PREFIX, function.name));
    let helpers = symbols::HELPERS.into_iter();
    helpers.map(String::from).chain(wasi)
}
