//! `--tz`: what a program needs to know the machine's time zones, as grants and variables.
//!
//! Go on wasip1 looks for zones where `ZONEINFO` says (`LoadLocation` in `time/zoneinfo.go`). With
//! the overlay Go also looks where native Go does (`time/zoneinfo_unix.go`): `TZ`, `/etc/localtime`,
//! `/usr/share/zoneinfo`, `/etc/zoneinfo`. Other places there are those of systems that aren't Linux.
//!
//! Invariant: only names are added that no grant has yet, so `--tz` contradicts no other flag.

use super::path::{Components, is_inside};
use super::{Access, EnvVar, Grant, Policy};
use std::borrow::Cow;

/// Directories of zones; the first one is the value of `ZONEINFO`.
const ZONES: [&[u8]; 2] = [b"/usr/share/zoneinfo", b"/etc/zoneinfo"];
/// The zone of the machine.
const LOCAL: &[u8] = b"/etc/localtime";

impl Policy {
    /// The policy with the records that `time_zones` stands for.
    pub(super) fn with_time_zones(&self) -> Cow<'_, Self> {
        if !self.time_zones {
            return Cow::Borrowed(self);
        }
        let mut policy = self.clone();
        policy.time_zones = false;
        for zones in ZONES {
            if !self.names(zones) {
                policy.grants.push(optional(zones));
            }
        }
        if !self.names(LOCAL) {
            policy.files.push(optional(LOCAL));
        }
        let sets = |name: &[u8]| self.env.iter().any(|variable| variable.name() == name);
        if !sets(b"TZ") {
            policy.env.push(EnvVar::Pass {
                name: b"TZ".to_vec(),
            });
        }
        if !sets(b"ZONEINFO") {
            policy.env.push(EnvVar::Set {
                name: b"ZONEINFO".to_vec(),
                value: ZONES[0].to_vec(),
            });
        }
        Cow::Owned(policy)
    }

    /// Whether a grant shows the absolute path `path` under that name, or takes the name.
    fn names(&self, path: &[u8]) -> bool {
        let wanted = Components::of(path);
        let holds = |grant: &Grant| {
            let name = grant.guest_name();
            name == wanted || (grant.guest.is_none() && is_inside(&wanted, &name))
        };
        self.grants.iter().chain(&self.files).any(holds)
    }
}

/// A grant for reading of what may be missing, under its own name.
fn optional(path: &[u8]) -> Grant {
    Grant {
        access: Access::ReadOnly,
        host: [b"?", path].concat(),
        guest: None,
    }
}
