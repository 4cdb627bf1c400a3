//! The names that exist outside of the granted directories, and what a path leads to there.
//!
//! Invariants: [`Tree::names`] is in the order of [`order`], so the names in a directory are
//! neighbours. A name is plain: no slash at its start or end, no `.`, no `..`. Each directory on the
//! way to a name exists. A lookup is lexical, since nothing here is a symbolic link; it
//! ends where a granted directory begins.

use crate::abi::errno::Errno;
use crate::policy::cpath::CPath;
use core::cmp::Ordering;

/// A name and what it is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name {
    pub path: &'static [u8],
    pub what: What,
}

/// What has a name. Where several have the same name, the first one here counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// A file, or a directory as a whole, that is granted by itself: its place in the list.
    File(u32),
    /// A granted directory, under this number.
    Grant(u32),
    Device(Device),
    Directory,
}

/// A device in `/dev`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Device {
    /// `/dev/null`.
    Null,
    /// `/dev/stdin`, `/dev/stdout` or `/dev/stderr`, by its number.
    Standard(u32),
}

const fn device(path: &'static [u8], device: Device) -> Name {
    Name {
        path,
        what: What::Device(device),
    }
}

/// The names that exist whatever is granted.
pub const DEVICES: [Name; 4] = [
    device(b"dev/null", Device::Null),
    device(b"dev/stderr", Device::Standard(2)),
    device(b"dev/stdin", Device::Standard(0)),
    device(b"dev/stdout", Device::Standard(1)),
];

/// All names.
#[derive(Clone, Copy)]
pub struct Tree {
    names: &'static [Name],
}

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'p> {
    /// A path in the granted directory of this number and name; an empty path is the directory
    /// itself.
    Below(u32, &'static [u8], &'p [u8]),
    /// A file that is granted by itself, or a path below such a directory.
    File(u32, &'p [u8]),
    /// A directory of the tree, by its name.
    Directory(&'static [u8]),
    Device(Device),
    /// Nothing, in a directory of the tree.
    Missing,
}

impl Tree {
    /// The devices alone.
    pub const DEVICES: Self = Self { names: &DEVICES };

    /// A tree of `names`, which it puts in order.
    pub fn new(names: &'static mut [Name]) -> Self {
        names.sort_unstable_by(|a, b| order(a.path, b.path).then(a.what.cmp(&b.what)));
        Self { names }
    }

    /// What has the name `path`, and the name as the tree has it. `None` where nothing has.
    pub fn look(&self, path: &[u8]) -> Option<(What, &'static [u8])> {
        let before = |name: &Name| order(name.path, path) == Ordering::Less;
        let first = self.names.get(self.names.partition_point(before))?;
        if first.path == path {
            Some((first.what, first.path))
        } else {
            below(path, first.path).map(|_| (What::Directory, &first.path[..path.len()]))
        }
    }

    /// What `path` leads to from the directory `base` of the tree.
    ///
    /// # Errors
    /// `ENOENT` for an empty path and where a directory on the way is missing, `ENOTDIR` below a
    /// device, `EPERM` for an absolute path, `ENAMETOOLONG`.
    pub fn find<'p>(&self, base: &'static [u8], path: &'p [u8]) -> Result<Found<'p>, Errno> {
        match path.first() {
            None => return Err(Errno::NOENT),
            Some(b'/') => return Err(Errno::PERM),
            Some(_) => {}
        }
        let mut at = CPath::from_bytes(base)?;
        let mut inside = None;
        let mut rest = path;
        loop {
            let (name, after) = first_component(rest);
            match name {
                b"" => break,
                b"." => {}
                // What `..` means in a granted directory, the host decides.
                b".." if inside.is_some() => break,
                b".." => drop(at.pop_component()),
                name => at.push_component(name)?,
            }
            rest = after;
            match self.look(at.as_bytes()) {
                Some((What::File(file), _)) => inside = Some(Found::File(file, after)),
                Some((What::Grant(fd), name)) => inside = Some(Found::Below(fd, name, after)),
                Some((What::Directory, _)) => {}
                _ if inside.is_some() => break,
                Some((What::Device(device), _)) if after.is_empty() => {
                    return Ok(Found::Device(device));
                }
                Some((What::Device(_), _)) => return Err(Errno::NOTDIR),
                None if first_component(after).0.is_empty() => return Ok(Found::Missing),
                None => return Err(Errno::NOENT),
            }
        }
        match (inside, self.look(at.as_bytes())) {
            (Some(inside), _) => Ok(inside),
            (None, Some((_, name))) => Ok(Found::Directory(name)),
            (None, None) => Err(Errno::NOENT),
        }
    }

    /// The file or device that `path` names from the granted directory `base`. Such a name means
    /// more than the grant says.
    pub fn named<'p>(&self, base: &'static [u8], path: &'p [u8]) -> Option<Found<'p>> {
        let mut at = CPath::from_bytes(base).ok()?;
        let mut rest = path;
        loop {
            let (name, after) = first_component(rest);
            match name {
                // What `..` means in a granted directory, the host decides.
                b"" | b".." => return None,
                b"." => {}
                name => at.push_component(name).ok()?,
            }
            rest = after;
            match self.look(at.as_bytes())? {
                (What::File(file), _) => return Some(Found::File(file, after)),
                (What::Device(device), _) => return Some(Found::Device(device)),
                _ => {}
            }
        }
    }

    /// The entries of the directory `name`, in order: names of one component, and what has them.
    pub fn entries(&self, name: &'static [u8]) -> impl Iterator<Item = (&'static [u8], What)> {
        let before = |other: &Name| order(other.path, name) == Ordering::Less;
        let start = self.names.partition_point(before);
        let below = self.names[start..]
            .iter()
            .skip_while(move |other| other.path == name)
            .map_while(move |other| below(name, other.path).map(|rest| (rest, other.what)));
        let mut last: &[u8] = b"";
        below.filter_map(move |(rest, what)| {
            let (entry, after) = first_component(rest);
            if entry == last {
                return None;
            }
            last = entry;
            let what = if after.is_empty() {
                what
            } else {
                What::Directory
            };
            Some((entry, what))
        })
    }
}

/// The order of names: component by component, so that nothing comes between the names in a
/// directory.
fn order(a: &[u8], b: &[u8]) -> Ordering {
    let components = |path| <[u8]>::split(path, |&b| b == b'/').filter(|name| !name.is_empty());
    components(a).cmp(components(b))
}

/// The rest of the name `path` below the directory `dir`; `None` if it isn't below.
fn below<'a>(dir: &[u8], path: &'a [u8]) -> Option<&'a [u8]> {
    let rest = path.strip_prefix(dir)?;
    if dir.is_empty() {
        Some(rest)
    } else {
        rest.strip_prefix(b"/")
    }
}

/// The first component of `path`, and the rest, which is empty or begins with a slash. The
/// component is empty where there is none.
fn first_component(path: &[u8]) -> (&[u8], &[u8]) {
    let start = path.iter().position(|&b| b != b'/').unwrap_or(path.len());
    let path = &path[start..];
    path.split_at(path.iter().position(|&b| b == b'/').unwrap_or(path.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn tree(names: &[(&'static str, What)]) -> Tree {
        let names = names.iter().map(|&(path, what)| Name {
            path: path.as_bytes(),
            what,
        });
        Tree::new(names.chain(DEVICES).collect::<Vec<_>>().leak())
    }

    fn home() -> Tree {
        tree(&[
            ("home/me/work", What::Grant(3)),
            ("home/me-too", What::Grant(5)),
            ("home/me/work/deep/inner", What::Grant(4)),
            ("home/me", What::Directory),
        ])
    }

    fn below(fd: u32, rest: &str) -> Result<Found<'_>, Errno> {
        let name = match fd {
            3 => "home/me/work",
            4 => "home/me/work/deep/inner",
            _ => "home/me-too",
        };
        Ok(Found::Below(fd, name.as_bytes(), rest.as_bytes()))
    }

    fn directory(name: &'static str) -> Result<Found<'static>, Errno> {
        Ok(Found::Directory(name.as_bytes()))
    }

    #[test]
    fn the_devices_are_in_order() {
        let ordered = |pair: &[Name]| order(pair[0].path, pair[1].path) == Ordering::Less;
        assert!(DEVICES.windows(2).all(ordered));
    }

    #[test]
    fn a_path_leads_into_the_innermost_grant() {
        let tree = home();
        let find = |path: &'static str| tree.find(b"", path.as_bytes());
        assert_eq!(find("home/me/work/a/b"), below(3, "/a/b"));
        assert_eq!(find("home/me/work"), below(3, ""));
        assert_eq!(find("./home//me/./work/"), below(3, "/"));
        assert_eq!(find("home/x/../me/work"), Err(Errno::NOENT));
        assert_eq!(find("home/me/../me/work/x"), below(3, "/x"));
        assert_eq!(find("home/me/work/deep/inner/x"), below(4, "/x"));
        assert_eq!(find("home/me/work/deep/other"), below(3, "/deep/other"));
        assert_eq!(find("home/me/work/deep"), below(3, "/deep"));
        assert_eq!(find("home/me/work/../x"), below(3, "/../x"));
        assert_eq!(find("home/me-too/x"), below(5, "/x"));
        assert_eq!(tree.find(b"home/me", b"work/x"), below(3, "/x"));
        assert_eq!(tree.find(b"home/me", b"../me-too"), below(5, ""));
    }

    #[test]
    fn directories_on_the_way_exist() {
        let tree = home();
        let find = |path: &'static str| tree.find(b"", path.as_bytes());
        assert_eq!(find("."), directory(""));
        assert_eq!(find(".."), directory(""));
        assert_eq!(find("home"), directory("home"));
        assert_eq!(find("home/me/"), directory("home/me"));
        assert_eq!(find("../../home/me/.."), directory("home"));
        assert_eq!(tree.find(b"home", b"../dev"), directory("dev"));
    }

    #[test]
    fn other_names_are_missing() {
        let tree = home();
        let find = |path: &'static str| tree.find(b"", path.as_bytes());
        assert_eq!(find("etc"), Ok(Found::Missing));
        assert_eq!(find("etc/"), Ok(Found::Missing));
        assert_eq!(find("home/m"), Ok(Found::Missing));
        assert_eq!(find("home/mee"), Ok(Found::Missing));
        assert_eq!(find("etc/passwd"), Err(Errno::NOENT));
        assert_eq!(find("etc/.."), Err(Errno::NOENT));
        assert_eq!(find(""), Err(Errno::NOENT));
        assert_eq!(find("/home"), Err(Errno::PERM));
    }

    #[test]
    fn devices_are_found_and_are_no_directories() {
        let find = |path: &'static str| Tree::DEVICES.find(b"", path.as_bytes());
        assert_eq!(find("dev/null"), Ok(Found::Device(Device::Null)));
        assert_eq!(find("dev/./stdout"), Ok(Found::Device(Device::Standard(1))));
        assert_eq!(find("dev/null/"), Err(Errno::NOTDIR));
        assert_eq!(find("dev/null/x"), Err(Errno::NOTDIR));
        assert_eq!(find("dev/tty"), Ok(Found::Missing));
        let granted = tree(&[("dev", What::Grant(3))]);
        let in_grant = Found::Below(3, b"dev", b"/null");
        assert_eq!(granted.find(b"", b"dev/null"), Ok(in_grant));
    }

    #[test]
    fn entries_are_the_next_components() {
        let tree = home();
        let entries = |name: &'static str| {
            (tree.entries(name.as_bytes()))
                .map(|(entry, what)| (std::str::from_utf8(entry).unwrap(), what))
                .collect::<Vec<_>>()
        };
        let directory = What::Directory;
        assert_eq!(entries(""), [("dev", directory), ("home", directory)]);
        assert_eq!(
            entries("home"),
            [("me", directory), ("me-too", What::Grant(5))]
        );
        assert_eq!(entries("home/me"), [("work", What::Grant(3))]);
        let names: Vec<_> = entries("dev").into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["null", "stderr", "stdin", "stdout"]);
    }
}
