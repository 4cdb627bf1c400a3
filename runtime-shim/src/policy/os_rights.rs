//! What the guest may do by the functions of `wasi_aot_os_1`.
//!
//! Invariant: a module that doesn't import the functions of a kind has none of the kind's rights,
//! whatever the manifest says. So the second fence takes the system calls from its process.

use crate::manifest::Manifest;
use wasi_aot_contract::module::ModuleInfo;
use wasi_aot_contract::symbols::{
    ASKS_HOST_NAME, CATCHES_SIGNALS, CREATES_WITH_MODE, OPENS_TERMINAL, OsSet, SETS_MODES,
    SETS_TERMINALS, USES_TERMINALS, os_functions,
};

/// The rights of a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OsRights {
    /// It may catch, ignore and raise signals.
    pub signals: bool,
    /// It may set the modes of files that it may change.
    pub modes: bool,
    /// It may ask for the host's name.
    pub host_name: bool,
    /// It may use the functions for terminals.
    pub terminals: bool,
    /// It may open its controlling terminal.
    pub opens_terminal: bool,
    /// It may set modes of terminals.
    pub sets_terminals: bool,
    /// It can give a file an x bit, when the file is made or later.
    pub x_bits: bool,
}

impl OsRights {
    pub const NONE: Self = Self {
        signals: false,
        modes: false,
        host_name: false,
        terminals: false,
        opens_terminal: false,
        sets_terminals: false,
        x_bits: false,
    };

    /// The rights of `module` under `manifest`.
    pub fn of(module: &ModuleInfo, manifest: &Manifest) -> Self {
        Self::with(os_functions(&module.runtime_symbols), manifest)
    }

    /// The rights of a module that imports these functions.
    fn with(imported: OsSet, manifest: &Manifest) -> Self {
        let imports = |set: OsSet| imported & set != 0;
        Self {
            signals: imports(CATCHES_SIGNALS) && !manifest.refuses_signals,
            modes: imports(SETS_MODES),
            host_name: imports(ASKS_HOST_NAME) && manifest.tells_host_name,
            terminals: imports(USES_TERMINALS) && manifest.gives_terminals,
            opens_terminal: imports(OPENS_TERMINAL) && manifest.gives_terminals,
            sets_terminals: imports(SETS_TERMINALS) && manifest.gives_terminals,
            x_bits: imports(SETS_MODES | CREATES_WITH_MODE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasi::fixture;
    use wasi_aot_contract::manifest::Record;

    #[test]
    fn a_right_takes_the_import_and_the_policy() {
        let all = CATCHES_SIGNALS | SETS_MODES | ASKS_HOST_NAME;
        let with = |functions, records: &[Record<'_>]| {
            OsRights::with(functions, fixture::manifest(records))
        };
        assert_eq!(with(0, &[Record::HostName]), OsRights::NONE);
        let usual = OsRights {
            signals: true,
            modes: true,
            x_bits: true,
            ..OsRights::NONE
        };
        assert_eq!(with(all, &[]), usual);
        let other = OsRights {
            modes: true,
            host_name: true,
            x_bits: true,
            ..OsRights::NONE
        };
        assert_eq!(with(all, &[Record::NoSignals, Record::HostName]), other);
        let signals = OsRights {
            signals: true,
            ..OsRights::NONE
        };
        assert_eq!(with(CATCHES_SIGNALS, &[Record::HostName]), signals);
        assert_eq!(with(USES_TERMINALS, &[]), OsRights::NONE);
        assert_eq!(with(all, &[Record::Tty]), usual);
        let terminals = OsRights {
            terminals: true,
            ..OsRights::NONE
        };
        let opens = OsRights {
            opens_terminal: true,
            ..terminals
        };
        assert_eq!(with(OPENS_TERMINAL, &[Record::Tty]), opens);
        let sets = OsRights {
            sets_terminals: true,
            ..terminals
        };
        assert_eq!(with(SETS_TERMINALS, &[Record::Tty]), sets);
        let size = USES_TERMINALS & !OPENS_TERMINAL & !SETS_TERMINALS;
        assert_eq!(with(size, &[Record::Tty]), terminals);
        let creates = OsRights {
            x_bits: true,
            ..OsRights::NONE
        };
        assert_eq!(with(CREATES_WITH_MODE, &[]), creates);
    }
}
