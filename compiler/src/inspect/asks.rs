//! The things that a module can ask its host for through its imports, in plain words.

use crate::wasm::Provider;
use wasi_aot_contract::preview1;

/// A kind of thing that a program can ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asks {
    /// Its command line.
    Arguments,
    /// Environment variables.
    Environment,
    /// The time.
    Clocks,
    /// Random numbers.
    Random,
    /// Using open descriptors: standard input and output, and files.
    Streams,
    /// Opening, making, listing and removing files.
    Files,
    /// Accepting and using connections.
    Sockets,
    /// Waiting for time or input, and yielding.
    Waiting,
    /// Ending itself.
    Process,
    /// Not in preview 1, so wasi-aot doesn't offer it.
    Unknown,
}

impl Asks {
    /// What an import asks for.
    #[must_use]
    pub fn of(module: &str, name: &str) -> Self {
        if Provider::of(module) != Provider::Preview1 || preview1::function(name).is_none() {
            return Self::Unknown;
        }
        match name {
            "fd_readdir" | "fd_prestat_get" | "fd_prestat_dir_name" => return Self::Files,
            "sched_yield" => return Self::Waiting,
            _ => {}
        }
        match name.split('_').next().unwrap_or_default() {
            "args" => Self::Arguments,
            "environ" => Self::Environment,
            "clock" => Self::Clocks,
            "random" => Self::Random,
            "fd" => Self::Streams,
            "path" => Self::Files,
            "sock" => Self::Sockets,
            "poll" => Self::Waiting,
            "proc" => Self::Process,
            _ => Self::Unknown,
        }
    }

    /// A stable name, for tools.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Arguments => "arguments",
            Self::Environment => "environment",
            Self::Clocks => "clocks",
            Self::Random => "random",
            Self::Streams => "streams",
            Self::Files => "files",
            Self::Sockets => "sockets",
            Self::Waiting => "waiting",
            Self::Process => "process",
            Self::Unknown => "unknown",
        }
    }

    /// What a program can do with it, and which flag grants it.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Arguments => "its command line",
            Self::Environment => "variables that are granted (--env, --inherit-env)",
            Self::Clocks => "the time",
            Self::Random => "random numbers",
            Self::Streams => "to read and write what is open: standard input and output, files",
            Self::Files => {
                "to open, list, make and remove files below granted directories (--dir, --dir-ro)"
            }
            Self::Sockets => "to accept and use connections on sockets that it is given (--listen)",
            Self::Waiting => "to wait for time or input",
            Self::Process => "to end itself",
            Self::Unknown => "something that is not in WASI preview 1",
        }
    }
}
