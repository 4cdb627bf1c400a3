//! Capabilities: what the process may do beyond what its user may do.
//!
//! A process of root has all of them, a process in a container some, a server with
//! `setcap cap_net_bind_service` one. Invariant: once all is open, the process keeps only the
//! capabilities for files of other users, and these only if a directory is granted.

use crate::harden::Needs;
use rustix::io::Errno;
use rustix::thread::{CapabilitySet, capabilities, set_capabilities};

/// Drops the capabilities that the process doesn't need any more, now that listeners and
/// directories are open. A program that the process could start doesn't get them either: the
/// inheritable and the ambient capabilities are dropped, too.
///
/// # Errors
/// When the kernel refuses. The process then has the capabilities that it had.
pub fn drop_needless(needs: Needs) -> Result<(), Errno> {
    let mut sets = capabilities(None)?;
    let kept = kept(needs, sets.permitted);
    if sets.permitted == kept && sets.inheritable.is_empty() {
        return Ok(());
    }
    sets.permitted = kept;
    sets.effective &= kept;
    // The kernel keeps no ambient capability that isn't inheritable.
    sets.inheritable = CapabilitySet::empty();
    set_capabilities(None, sets)
}

/// The `permitted` capabilities that the guest's files may need. Root in a container opens
/// files of others by DAC_OVERRIDE or DAC_READ_SEARCH. FOWNER lets it set times, remove and
/// rename in a directory like `/tmp`, and link.
///
/// No call changes owners, so CHOWN goes. With FSETID a set-user-ID program would keep its bit
/// when the guest writes into it; without FSETID the kernel takes the bit away.
fn kept(needs: Needs, permitted: CapabilitySet) -> CapabilitySet {
    let read = CapabilitySet::DAC_READ_SEARCH;
    let all = CapabilitySet::DAC_OVERRIDE;
    permitted
        & match (needs.files, needs.writing) {
            (false, _) => CapabilitySet::empty(),
            (true, true) => read | all | CapabilitySet::FOWNER,
            (true, false) if permitted.contains(read) => read,
            // Without DAC_READ_SEARCH, as in many containers, DAC_OVERRIDE lets root read.
            (true, false) => all,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::os_rights::OsRights;

    #[test]
    fn what_is_kept_follows_from_the_grants() {
        let with = |files, writing, permitted| {
            let needs = Needs {
                files,
                writing,
                sockets: true,
                quitting: false,
                emptying_unseen: false,
                os: OsRights::NONE,
            };
            kept(needs, permitted)
        };
        let all = CapabilitySet::all();
        let (read, any) = (CapabilitySet::DAC_READ_SEARCH, CapabilitySet::DAC_OVERRIDE);
        assert_eq!(with(false, false, all), CapabilitySet::empty());
        assert_eq!(with(true, false, all), read);
        assert_eq!(with(true, false, any | CapabilitySet::KILL), any);
        assert_eq!(with(true, true, all), read | any | CapabilitySet::FOWNER);
        let server = CapabilitySet::NET_BIND_SERVICE;
        assert_eq!(with(true, true, server), CapabilitySet::empty());
    }
}
