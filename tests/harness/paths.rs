//! Where the suites find tools, guests and the products of `make build`.

use anyhow::{Context, Result, ensure};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

/// The root of the repository.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("BUG: the tests lie in a directory of the repository")
}

/// Cargo's directory for this profile (`target/release`), in which the running
/// test's executable lies at `deps/NAME-HASH`.
pub fn profile_dir() -> Result<PathBuf> {
    let exe = std::env::current_exe()?;
    let dir = exe.parent().and_then(Path::parent);
    Ok(dir
        .context("this test does not run from cargo's target directory")?
        .to_owned())
}

/// The directory of built guests, which is kept from run to run. A guest's name contains a
/// hash of everything that it is built from.
pub fn guest_cache() -> Result<PathBuf> {
    let dir = profile_dir()?.with_file_name("guests");
    std::fs::create_dir_all(&dir)?;
    Ok(dir)
}

/// The path of `name` below `.venv/`, where `tests/setup.sh` installs it, with links resolved.
pub fn installed(name: &str) -> Result<PathBuf> {
    let path = root().join(".venv").join(name);
    path.canonicalize()
        .with_context(|| format!("{} is missing; run tests/setup.sh matrix", path.display()))
}

/// A file that `make build` leaves in [`profile_dir`], or the file that the environment
/// variable `variable` names.
pub fn product(name: &str, variable: &str) -> Result<PathBuf> {
    let path = match std::env::var_os(variable) {
        Some(path) => PathBuf::from(path),
        None => profile_dir()?.join(name),
    };
    ensure!(
        path.is_file(),
        "{} is missing; run make build, or set {variable}",
        path.display()
    );
    Ok(path.canonicalize()?)
}

/// Calls `make` if `path` doesn't exist. Two threads that want the same file don't make it
/// twice. `make` gets a name to write to, which is renamed to `path` only if it succeeds.
pub fn make_once(path: &Path, make: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    static MAKING: OnceLock<Mutex<HashMap<PathBuf, Arc<Mutex<()>>>>> = OnceLock::new();
    let lock = {
        let mut making = MAKING
            .get_or_init(Mutex::default)
            .lock()
            .expect("no panic while held");
        Arc::clone(making.entry(path.to_owned()).or_default())
    };
    // Poisoning is no harm: a thread that panicked here has not made `path`.
    let _guard = lock
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    if path.exists() {
        return Ok(());
    }
    let parent = path.parent().context("a path with a directory")?;
    std::fs::create_dir_all(parent)?;
    let scratch = tempfile::tempdir_in(parent)?;
    let draft = scratch.path().join("draft");
    make(&draft)?;
    Ok(std::fs::rename(&draft, path)?)
}
