//! The things that a module can ask its host for through its imports, in plain words.

use crate::wasm::Provider;
use wasi_aot_contract::signature::HostModule;

/// A kind of thing that a program can ask for. What matters most comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Asks {
    /// In no module of the runtime's, so wasi-aot doesn't offer it.
    Unknown,
    /// Opening, making, listing and removing files.
    Files,
    /// Accepting and using connections.
    Sockets,
    /// Environment variables.
    Environment,
    /// The host's name, and the process's ID.
    Host,
    /// The controlling terminal, and sizes and modes of terminals.
    Terminals,
    /// Catching and ignoring signals.
    Signals,
    /// Using open descriptors: standard input and output, and files.
    Streams,
    /// Its command line.
    Arguments,
    /// The time.
    Clocks,
    /// Random numbers.
    Random,
    /// Waiting for time or input, and yielding.
    Waiting,
    /// Ending itself.
    Process,
}

impl Asks {
    /// What an import asks for.
    #[must_use]
    pub fn of(module: &str, name: &str) -> Self {
        let Provider::Runtime(from) = Provider::of(module) else {
            return Self::Unknown;
        };
        if from.function(name).is_none() {
            return Self::Unknown;
        }
        match from {
            HostModule::Preview1 => Self::of_preview1(name),
            HostModule::Os => Self::of_os(name),
        }
    }

    fn of_preview1(name: &str) -> Self {
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

    fn of_os(name: &str) -> Self {
        match name.split('_').next().unwrap_or_default() {
            "signal" => Self::Signals,
            "path" => Self::Files,
            "fd" => Self::Streams,
            "host" | "process" => Self::Host,
            "terminal" => Self::Terminals,
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
            Self::Signals => "signals",
            Self::Host => "host",
            Self::Terminals => "terminals",
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
            Self::Signals => "to catch and ignore signals (unless --no-signals is given)",
            Self::Host => "the number of its process, and the host's name (--hostname)",
            Self::Terminals => {
                "to open its terminal, and to know sizes and set modes of terminals (--tty)"
            }
            Self::Unknown => "something that is neither in WASI preview 1 nor in wasi_aot_os_1",
        }
    }
}
