//! Compares paths by their text alone. Symlinks aren't followed: the program may run on
//! another machine than the one that builds.

use wasi_aot_contract::place::{Host, Place};

/// The components of a path, without parts that never change its meaning: `.`, doubled and
/// trailing slashes. `..` stays, since its meaning depends on symlinks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Components<'a> {
    /// What the names are below, if it is neither the root nor the current directory.
    place: Option<Place>,
    absolute: bool,
    names: Vec<&'a [u8]>,
}

impl<'a> Components<'a> {
    pub(super) fn of(path: &'a [u8]) -> Self {
        let names = path.split(|&byte| byte == b'/');
        Self {
            place: None,
            absolute: path.starts_with(b"/"),
            names: names.filter(|name| !matches!(*name, b"" | b".")).collect(),
        }
    }

    /// Those of the HOST of a grant, whether it is optional or not. Two places are never compared
    /// with each other, nor with a path by itself: the starter's variables decide where they are.
    pub(super) fn of_host(host: &'a [u8]) -> Self {
        match Host::parse(host) {
            Some(host) => Self {
                place: host.place,
                ..Self::of(host.path)
            },
            None => Self::of(host),
        }
    }
}

/// Whether `inner` is certainly below `outer`.
pub(super) fn is_inside(inner: &Components<'_>, outer: &Components<'_>) -> bool {
    let rest = inner.names.strip_prefix(&*outer.names);
    (inner.place, inner.absolute) == (outer.place, outer.absolute)
        && rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(&&b".."[..]))
}

/// A guest path in the form in which Go's `syscall` package compares it with paths that are
/// opened: it cleans both, and takes the longest matching prefix. `None` if the path isn't
/// absolute or contains `..`.
pub(super) fn normalised_guest(path: &[u8]) -> Option<Vec<u8>> {
    let components = Components::of(path);
    if !components.absolute || components.names.contains(&&b".."[..]) {
        return None;
    }
    Some([b"/", &*components.names.join(&b'/')].concat())
}
