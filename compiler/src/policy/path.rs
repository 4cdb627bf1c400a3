//! Compares paths by their text alone. Symlinks aren't followed: the program may run on
//! another machine than the one that builds.

/// The components of a path, without parts that never change its meaning: `.`, doubled and
/// trailing slashes. `..` stays, since its meaning depends on symlinks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Components<'a> {
    absolute: bool,
    names: Vec<&'a [u8]>,
}

impl<'a> Components<'a> {
    pub(super) fn of(path: &'a [u8]) -> Self {
        let names = path.split(|&byte| byte == b'/');
        Self {
            absolute: path.starts_with(b"/"),
            names: names.filter(|name| !matches!(*name, b"" | b".")).collect(),
        }
    }
}

/// Whether `inner` is certainly below `outer`.
pub(super) fn is_inside(inner: &Components<'_>, outer: &Components<'_>) -> bool {
    let rest = inner.names.strip_prefix(&*outer.names);
    inner.absolute == outer.absolute
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
