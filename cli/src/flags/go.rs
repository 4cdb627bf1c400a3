//! Flags of `go build` for a Go package as input. They have Go's names, and may be written with
//! one dash, as Go's users do ([`crate::arguments`]).

use clap::Args;
use std::ffi::OsString;

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Go packages")]
pub struct GoFlags {
    /// Build with these tags
    #[arg(long, value_name = "TAG,...")]
    tags: Option<OsString>,

    /// Pass these flags to Go's linker
    #[arg(long, value_name = "FLAGS", allow_hyphen_values = true)]
    ldflags: Option<OsString>,

    /// Pass these flags to Go's compiler
    #[arg(long, value_name = "[PATTERN=]FLAGS", allow_hyphen_values = true)]
    gcflags: Option<OsString>,

    /// Treat dependencies in this way: readonly, vendor or mod
    #[arg(long = "mod", value_name = "MODE")]
    mode: Option<OsString>,

    /// Read this file instead of go.mod
    #[arg(long, value_name = "FILE")]
    modfile: Option<OsString>,

    /// Leave directories of this machine out of the program
    #[arg(long)]
    trimpath: bool,

    /// Leave Go's library as it is: without signals, modes of files and time zones
    #[arg(long)]
    no_go_overlay: bool,
}

impl GoFlags {
    /// The names of the flags that Go's users write with one dash.
    pub const NAMES: [&str; 6] = ["tags", "ldflags", "gcflags", "mod", "modfile", "trimpath"];

    /// Whether the overlay of Go's library may be used.
    pub fn overlay(&self) -> bool {
        !self.no_go_overlay
    }

    /// As `go build` takes them.
    pub fn arguments(&self) -> Vec<OsString> {
        let values = [
            &self.tags,
            &self.ldflags,
            &self.gcflags,
            &self.mode,
            &self.modfile,
        ];
        let mut arguments = Vec::new();
        for (name, value) in Self::NAMES.into_iter().zip(values) {
            if let Some(value) = value {
                let mut argument = OsString::from(format!("-{name}="));
                argument.push(value);
                arguments.push(argument);
            }
        }
        arguments.extend(self.trimpath.then(|| "-trimpath".into()));
        arguments
    }
}
