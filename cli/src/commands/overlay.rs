//! `wasi-aot overlay`: the overlay of Go's library, for the user's own `go` commands.

use crate::go::{Overlay, Toolchain};
use anyhow::{Result, bail};
use clap::Args;
use std::io::{self, Write};

/// Print the file for go build -overlay with which Go's library has signals and modes of files
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  GOOS=wasip1 GOARCH=wasm go build -overlay=\"$(wasi-aot overlay)\" -o app.wasm ./cmd/app
  GOOS=wasip1 GOARCH=wasm go test -overlay=\"$(wasi-aot overlay)\" -exec 'wasi-aot go-exec' ./...

`wasi-aot build`, `run` and `test` use the overlay by themselves for a Go package.")]
pub struct OverlayCommand {}

impl OverlayCommand {
    /// # Errors
    /// When Go refuses overlays for its library, there is no place to keep the files, or the
    /// library has another form.
    pub fn run(self) -> Result<()> {
        let toolchain = Toolchain::of_user(None)?;
        let overlay = Overlay::make(&toolchain, None)?;
        if overlay.goroot.is_some() {
            bail!(
                "{} lies in Go's module cache, where Go refuses overlays; give the package to \
                 wasi-aot build, run or test, or install {}",
                toolchain.goroot.display(),
                toolchain.version
            );
        }
        if overlay.is_temporary() {
            bail!(
                "there is no directory to keep the overlay in; set XDG_CACHE_HOME to a directory \
                 that can be written to"
            );
        }
        writeln!(io::stdout(), "{}", overlay.json.display())?;
        Ok(())
    }
}
