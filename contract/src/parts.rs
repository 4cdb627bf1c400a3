//! The parts of the runtime that only some policies need.
//!
//! A part is what its root, a function of the runtime, reaches and nothing else needs. The
//! compiler writes the root's address into the [`PolicyInfo`](crate::module::PolicyInfo) if the
//! manifest has a record that needs the part, and 0 otherwise. The linker adds what the object
//! refers to, so an executable whose policy doesn't need a part lacks it.
//!
//! What a module needs has no row here: the module's code refers to the runtime's function for
//! each import, and the linker adds what that function reaches.

use crate::manifest::Record;

macro_rules! parts {
    ($($(#[$doc:meta])* $part:ident: $root:literal, $record:pat,)*) => {
        /// A part of the runtime.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Part {
            $($(#[$doc])* $part,)*
        }

        impl Part {
            /// All parts, in the order of their addresses in the
            /// [`PolicyInfo`](crate::module::PolicyInfo).
            pub const ALL: [Self; [$(stringify!($part)),*].len()] = [$(Self::$part),*];

            /// The symbol of the part's root.
            #[must_use]
            pub const fn root(self) -> &'static str {
                match self {
                    $(Self::$part => symbol!(concat!("part_", $root)),)*
                }
            }

            /// Whether a policy with this record needs the part.
            #[must_use]
            pub const fn is_needed_for(self, record: &Record<'_>) -> bool {
                match self {
                    $(Self::$part => matches!(record, $record),)*
                }
            }
        }
    };
}

parts! {
    /// Opens the directories and files that are granted, and finds what the guest must not change in them.
    Grants: "grants", Record::Dir { .. } | Record::File { .. } | Record::ArgFiles { .. },
    /// Opens listeners, and takes those that a service manager passes.
    Listeners: "listeners", Record::Listen { .. } | Record::ListenFds,
    /// Limits processor time.
    CpuLimit: "cpu_limit", Record::MaxCpu { .. },
    /// Finds the controlling terminal.
    Terminal: "terminal", Record::Tty,
    /// What a program sees outside of its grants.
    Root: "root", Record::Root { .. },
    /// Looks at the sockets that a service manager passes.
    Passed: "passed", Record::ListenFds,
    /// Writes the addresses of listeners to a file.
    ListenReport: "listen_report", Record::ListenReport { .. },
}
