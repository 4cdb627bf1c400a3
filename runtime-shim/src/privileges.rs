//! Capabilities: what the process may do beyond what its user may.
//!
//! A process of root's has them all, one of a container's some, a server with
//! `setcap cap_net_bind_service` one. The guest needs none of them but those for files of
//! other users, and these only for the directories that it is granted.

use crate::harden::Needs;
use rustix::io::Errno;
use rustix::thread::{CapabilitySet, capabilities, set_capabilities};

/// Takes from the process the capabilities that nobody needs any more now that listeners
/// and directories are open, also for programs that it could start (the inheritable and,
/// with them, the ambient ones).
///
/// # Errors
/// When the kernel refuses, and the process has what it had.
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

/// Of the `permitted` capabilities those that the guest's files may need: root in a
/// container opens what belongs to others by DAC_OVERRIDE or DAC_READ_SEARCH; FOWNER is to
/// set times, to remove and rename in a directory like `/tmp`, and to link.
///
/// Nothing changes owners, so CHOWN goes. FSETID would let the guest write into a
/// set-user-ID program that stays one; without it the kernel takes that bit away.
fn kept(needs: Needs, permitted: CapabilitySet) -> CapabilitySet {
    let read = CapabilitySet::DAC_READ_SEARCH;
    let all = CapabilitySet::DAC_OVERRIDE;
    permitted
        & match (needs.files, needs.writing) {
            (false, _) => CapabilitySet::empty(),
            (true, true) => read | all | CapabilitySet::FOWNER,
            (true, false) if permitted.contains(read) => read,
            // What containers have for the same.
            (true, false) => all,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_follows_from_the_grants() {
        let with = |files, writing, permitted| {
            let needs = Needs {
                files,
                writing,
                sockets: true,
                emptying_unseen: false,
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
