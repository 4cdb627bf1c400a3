//! What `build` and `run` compile: a module, or a Go package that Go compiles to a module first.

use crate::flags::go::GoFlags;
use crate::go::{self, Package, Program};
use crate::input;
use crate::progress::Progress;
use crate::usage::Usage;
use anyhow::Result;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::Instant;
use wasi_aot_compiler::{Observer as _, Phase};

#[derive(Debug)]
pub enum Source {
    Module(PathBuf),
    Package {
        package: Package,
        /// Flags of `go build`.
        flags: Vec<OsString>,
        /// Whether the overlay of Go's library may be used.
        overlay: bool,
    },
}

impl Source {
    /// The source that the first arguments name, and how many they are. `more` are further flags
    /// of `go build`.
    ///
    /// # Errors
    /// When there are flags for a Go package and there is none.
    pub fn of<S: AsRef<OsStr>>(
        arguments: &[S],
        flags: &GoFlags,
        more: &[OsString],
    ) -> Result<(Self, usize), Usage> {
        let overlay = flags.overlay();
        let flags = [&flags.arguments()[..], more].concat();
        if let Some((count, package)) = Package::of(arguments) {
            let package = Self::Package {
                package,
                flags,
                overlay,
            };
            return Ok((package, count));
        }
        let module = Path::new(arguments.first().map_or(OsStr::new("-"), AsRef::as_ref));
        if let Some(flag) = flags.first() {
            return Err(Usage(format!(
                "{} is for a Go package, and {} is none; leave it out",
                flag.display(),
                input::name(module)
            )));
        }
        Ok((Self::Module(module.into()), 1))
    }

    /// Its name in messages.
    pub fn name(&self) -> String {
        match self {
            Self::Module(path) => input::name(path),
            Self::Package { package, .. } => package.name(),
        }
    }
}

/// Lets Go compile a package.
///
/// # Errors
/// Those of [`go::build`].
pub fn compile(
    package: &Package,
    flags: &[OsString],
    overlay: bool,
    progress: &Progress,
) -> Result<Program> {
    let started = Instant::now();
    let program = go::build(package, flags, overlay, progress)?;
    progress.phase(&Phase {
        name: "go build",
        duration: started.elapsed(),
        detail: format!("{} bytes of WebAssembly", program.wasm.len()),
    });
    Ok(program)
}
