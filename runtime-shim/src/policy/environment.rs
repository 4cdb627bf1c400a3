//! The environment variables that the guest sees.
//!
//! Invariants:
//!
//! * The guest gets no variable of the host that the manifest doesn't pass through.
//! * Of two explicit assignments to one name the later wins; an explicit assignment wins over
//!   an inherited variable. A variable that is to be passed through but that the host doesn't
//!   have assigns nothing, so `--env K=V --env K` bakes a default.
//! * [`SHOW_FENCES`] is a variable for the runtime: no record passes it.

use super::Refusal;
use crate::manifest::Manifest;
use crate::process::SHOW_FENCES;
use crate::shim_memory::Keeper;
use core::ffi::{CStr, c_char};
use wasi_aot_contract::manifest::Record;

/// Everything that the variables depend on.
pub struct Environment {
    manifest: Manifest,
    /// The host's variables, each `K=V`; C strings.
    host: &'static [*const c_char],
    /// `PWD=...`, which the runtime sets unless the manifest does.
    pub pwd: Option<&'static [u8]>,
    /// `LISTEN_FDS=...`; the manifest's own assignment wins.
    pub listen_fds: Option<&'static [u8]>,
    /// `TMPDIR=...` with the guest's name of `@tmp`; the manifest's own assignment wins.
    pub tmpdir: Option<&'static [u8]>,
}

impl Environment {
    pub const EMPTY: Self = Self {
        manifest: Manifest::EMPTY,
        host: &[],
        pwd: None,
        listen_fds: None,
        tmpdir: None,
    };

    /// # Safety
    /// Each element of `host` must be a C string that never changes.
    pub const unsafe fn new(manifest: &Manifest, host: &'static [*const c_char]) -> Self {
        Self {
            manifest: *manifest,
            host,
            pwd: None,
            listen_fds: None,
            tmpdir: None,
        }
    }

    /// Every variable as `K=V`. A name occurs once unless the host has the name twice.
    pub fn variables(&self) -> impl Iterator<Item = &'static [u8]> {
        let inherits = self.manifest.inherits_environment;
        let inherited = (self.host().filter(move |_| inherits)).filter(|assignment| {
            let name = name(assignment);
            !self.sets(name) && self.own().all(|own| self::name(own) != name)
        });
        let explicit = self.explicit().enumerate().filter(|(index, assignment)| {
            let overridden = |later: &'static [u8]| name(later) == name(assignment);
            !self.explicit().skip(index + 1).any(overridden)
        });
        inherited
            .chain(explicit.map(|(_, assignment)| assignment))
            .chain(self.own())
    }

    /// The guest's working directory, `PWD`, or `/`.
    pub fn working_directory(&self) -> &'static [u8] {
        let is_pwd = |assignment: &&[u8]| name(assignment) == b"PWD";
        let pwd = self.pwd.or_else(|| self.explicit().filter(is_pwd).last());
        let pwd = pwd.and_then(|pwd| pwd.strip_prefix(b"PWD="));
        pwd.filter(|pwd| pwd.starts_with(b"/")).unwrap_or(b"/")
    }

    /// The variables that the runtime sets.
    fn own(&self) -> impl Iterator<Item = &'static [u8]> {
        let others = [self.listen_fds, self.tmpdir].into_iter().flatten();
        let others = others.filter(|own| !self.sets(name(own)));
        self.pwd.into_iter().chain(others)
    }

    /// The host's value of the variable `name`, which the guest need not see. An empty value counts
    /// as none, as the XDG Base Directory Specification says.
    pub fn of_host(&self, name: &[u8]) -> Option<&'static [u8]> {
        let mut values = self
            .host()
            .filter(|assignment| self::name(assignment) == name);
        let value = values.next()?.get(name.len() + 1..)?;
        (!value.is_empty()).then_some(value)
    }

    /// Whether the manifest assigns `name`.
    pub fn sets(&self, name: &[u8]) -> bool {
        self.explicit()
            .any(|assignment| self::name(assignment) == name)
    }

    /// Assignments that the manifest makes, in its order.
    fn explicit(&self) -> impl Iterator<Item = &'static [u8]> {
        self.manifest.records().filter_map(|record| match record {
            Record::Env { assignment } => Some(assignment),
            Record::EnvPass { name } => self.host().find(|host| self::name(host) == name),
            _ => None,
        })
    }

    fn host(&self) -> impl Iterator<Item = &'static [u8]> {
        let host: &'static [*const c_char] = self.host;
        // SAFETY: `new`'s caller promised C strings that stay.
        host.iter()
            .map(|&v| unsafe { CStr::from_ptr(v) }.to_bytes())
            .filter(|assignment| name(assignment) != SHOW_FENCES)
    }
}

/// `LISTEN_FDS=` and the number of listeners, as systemd sets it, if there are listeners.
///
/// # Errors
/// `ENOMEM`.
pub fn listen_fds(listeners: u32, keeper: &mut Keeper) -> Result<Option<&'static [u8]>, Refusal> {
    let mut digits = [0; 10];
    let mut start = digits.len();
    let mut rest = listeners;
    while rest > 0 {
        start -= 1;
        digits[start] = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    if listeners == 0 {
        return Ok(None);
    }
    let assignment = keeper.keep(&[b"LISTEN_FDS=", &digits[start..]]);
    assignment.map(Some).map_err(|_| Refusal::NoMemory)
}

/// The part of an assignment before the `=`. A string without `=` is a name as a whole.
fn name(assignment: &[u8]) -> &[u8] {
    match assignment.iter().position(|&b| b == b'=') {
        Some(end) => &assignment[..end],
        None => assignment,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasi::fixture;
    use std::vec::Vec;

    fn variables(manifest: &[Record<'_>], pwd: Option<&'static [u8]>) -> Vec<&'static str> {
        let host = [c"HOME=/root", c"EMPTY=", c"PWD=/host", c"odd"].map(CStr::as_ptr);
        let manifest = fixture::manifest(manifest);
        // SAFETY: the strings are literals.
        let mut environment = unsafe { Environment::new(manifest, Vec::from(host).leak()) };
        environment.pwd = pwd;
        (environment.variables())
            .map(|v| std::str::from_utf8(v).unwrap())
            .collect()
    }

    fn bake(assignment: &'static [u8]) -> Record<'static> {
        Record::Env { assignment }
    }

    fn pass(name: &'static [u8]) -> Record<'static> {
        Record::EnvPass { name }
    }

    #[test]
    fn nothing_is_inherited_unless_granted() {
        assert!(variables(&[], None).is_empty());
        assert_eq!(
            variables(&[Record::EnvInherit], None),
            ["HOME=/root", "EMPTY=", "PWD=/host", "odd"]
        );
        assert_eq!(variables(&[pass(b"HOME")], None), ["HOME=/root"]);
        assert!(variables(&[pass(b"HOM"), pass(b"NONE")], None).is_empty());
    }

    #[test]
    fn the_shim_s_own_variable_is_never_passed() {
        let host = Vec::from([c"WASI_AOT_SHOW_FENCES=1", c"A=1"].map(CStr::as_ptr)).leak();
        let seen = |records: &[Record<'_>]| {
            // SAFETY: the strings are literals.
            let environment = unsafe { Environment::new(fixture::manifest(records), host) };
            environment.variables().collect::<Vec<_>>()
        };
        assert_eq!(seen(&[Record::EnvInherit]), [b"A=1"]);
        assert!(seen(&[pass(SHOW_FENCES)]).is_empty());
        // An assignment in the manifest sets the program's variable, not the runtime's.
        let baked = b"WASI_AOT_SHOW_FENCES=x";
        assert_eq!(seen(&[bake(baked)]), [baked]);
    }

    #[test]
    fn the_later_explicit_assignment_wins() {
        assert_eq!(
            variables(&[bake(b"A=1"), bake(b"B=2"), bake(b"A=3")], None),
            ["B=2", "A=3"]
        );
        assert_eq!(
            variables(&[bake(b"HOME=/a"), pass(b"HOME")], None),
            ["HOME=/root"]
        );
        assert_eq!(
            variables(&[bake(b"NONE=default"), pass(b"NONE")], None),
            ["NONE=default"]
        );
        assert_eq!(
            variables(&[bake(b"HOME=/a"), Record::EnvInherit], None),
            ["EMPTY=", "PWD=/host", "odd", "HOME=/a"]
        );
    }

    #[test]
    fn pwd_replaces_the_inherited_one() {
        assert_eq!(
            variables(&[Record::EnvInherit], Some(b"PWD=/here")),
            ["HOME=/root", "EMPTY=", "odd", "PWD=/here"]
        );
    }

    #[test]
    fn the_number_of_listeners_is_told_unless_the_manifest_tells() {
        let host = Vec::from([c"LISTEN_FDS=9", c"A=1"].map(CStr::as_ptr)).leak();
        let with = |listeners, records: &[Record<'_>]| {
            // SAFETY: the strings are literals.
            let mut environment = unsafe { Environment::new(fixture::manifest(records), host) };
            let Ok(own) = listen_fds(listeners, &mut Keeper::new()) else {
                panic!("out of memory")
            };
            environment.listen_fds = own;
            environment.variables().collect::<Vec<_>>()
        };
        assert!(with(0, &[]).is_empty());
        assert_eq!(with(1, &[]), [b"LISTEN_FDS=1"]);
        assert_eq!(with(4_294_967_295, &[]), [b"LISTEN_FDS=4294967295"]);
        let inherited = with(20, &[Record::EnvInherit]);
        assert_eq!(inherited, [&b"A=1"[..], b"LISTEN_FDS=20"]);
        assert_eq!(with(2, &[bake(b"LISTEN_FDS=7")]), [b"LISTEN_FDS=7"]);
        assert_eq!(with(2, &[pass(b"LISTEN_FDS")]), [b"LISTEN_FDS=9"]);
        assert_eq!(with(2, &[pass(b"ABSENT")]), [b"LISTEN_FDS=2"]);
    }
}
