//! Why a layer of the second fence doesn't stand, and what follows from that.
//!
//! Invariant: if the kernel offers a layer but fails to set it up, the process ends. If the
//! kernel doesn't offer the layer, the process ends if the manifest requires the fence;
//! otherwise only [`super::show`] mentions it.

use crate::report::cannot_start;
use core::fmt;
use rustix::io::Errno as Host;

/// Why a layer doesn't stand.
#[derive(Debug, Clone, Copy)]
pub struct Failure {
    layer: &'static str,
    why: Why,
}

#[derive(Debug, Clone, Copy)]
enum Why {
    /// The kernel doesn't offer the layer, or a container's filter answers so.
    Absent(&'static str, Host),
    /// The kernel's version of the layer would deny the program what it is granted.
    TooOld,
    /// The kernel offers the layer, and fails at this step.
    Refused(&'static str, Host),
    /// A test of the other layers leaves it out.
    #[cfg(feature = "corrupt")]
    Unwanted,
}

impl Failure {
    pub fn absent(layer: &'static str, step: &'static str, error: Host) -> Self {
        Self {
            layer,
            why: Why::Absent(step, error),
        }
    }

    pub fn too_old(layer: &'static str) -> Self {
        Self {
            layer,
            why: Why::TooOld,
        }
    }

    pub fn refused(layer: &'static str, step: &'static str, error: Host) -> Self {
        Self {
            layer,
            why: Why::Refused(step, error),
        }
    }

    #[cfg(feature = "corrupt")]
    pub fn unwanted(layer: &'static str) -> Self {
        let why = Why::Unwanted;
        Self { layer, why }
    }

    /// The failure where no_new_privs is `missing` or not. If it is missing, the kernel refuses
    /// both layers to a process without privileges: then the layers count as absent.
    pub fn without_no_new_privs(self, missing: bool) -> Self {
        match self.why {
            Why::Refused(step, error @ (Host::PERM | Host::ACCESS)) if missing => {
                Self::absent(self.layer, step, error)
            }
            _ => self,
        }
    }

    /// Ends the process if the program may not run without the layer.
    pub fn judge(self, required: bool) {
        match self.why {
            Why::Refused(..) => cannot_start(format_args!(
                "cannot set up {}: {self}; build with --no-harden to run without it",
                self.layer
            )),
            Why::Absent(..) | Why::TooOld if required => cannot_start(format_args!(
                "cannot set up {}: {self}; built with --require-harden, the program doesn't start \
                 without it",
                self.layer
            )),
            _ => {}
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (step, error) = match self.why {
            Why::Absent(step, error) | Why::Refused(step, error) => (step, error),
            Why::TooOld => {
                return f.write_str(
                    "this kernel's version 1 can't be used with a directory granted for writing",
                );
            }
            #[cfg(feature = "corrupt")]
            Why::Unwanted => return f.write_str("left out for a test"),
        };
        let meaning = match error {
            Host::NOSYS | Host::INVAL => " (this kernel doesn't have it)",
            Host::OPNOTSUPP => " (it is switched off on this machine)",
            Host::PERM | Host::ACCESS => " (forbidden here, perhaps by a container)",
            _ => "",
        };
        write!(
            f,
            "{step} fails with errno {}{meaning}",
            error.raw_os_error()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn an_errno_is_explained() {
        for (error, says) in [
            (
                Host::NOSYS,
                "asking fails with errno 38 (this kernel doesn't have it)",
            ),
            (
                Host::OPNOTSUPP,
                "asking fails with errno 95 (it is switched off on this machine)",
            ),
            (
                Host::PERM,
                "asking fails with errno 1 (forbidden here, perhaps by a container)",
            ),
            (Host::NOMEM, "asking fails with errno 12"),
        ] {
            assert_eq!(Failure::absent("x", "asking", error).to_string(), says);
        }
        let too_old = Failure::too_old("x").to_string();
        assert!(
            too_old.starts_with("this kernel's version 1 can't"),
            "{too_old}"
        );
    }

    #[test]
    fn a_process_without_privileges_must_have_given_them_up() {
        let is_absent = |error, missing| {
            let failure = Failure::refused("x", "enforcing", error);
            matches!(failure.without_no_new_privs(missing).why, Why::Absent(..))
        };
        for error in [Host::PERM, Host::ACCESS] {
            assert!(is_absent(error, true) && !is_absent(error, false));
        }
        assert!(!is_absent(Host::TOOBIG, true));
    }
}
