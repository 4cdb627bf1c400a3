//! Places on the computer in words, and which of them a person should know about before a program may
//! touch them.
//!
//! Only the text of a path is known here: the program may run on another computer, where a part of
//! the path is a link to elsewhere.

use super::show::printable_bytes;
use wasi_aot_compiler::policy::{Access, Host, Place as Named};

/// Where a granted directory or file lies.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// `/`.
    Root,
    /// The directory that the program is started in.
    Start,
    /// Below the root. The names lead there, and none is `..`.
    Absolute(Vec<Vec<u8>>),
    /// From the directory that the program is started in.
    Relative(Vec<Vec<u8>>),
    /// A path with `..`, which may lead anywhere.
    Upwards(Vec<u8>),
    /// In a place that is found when the program starts, by these names.
    In(Named, Vec<Vec<u8>>),
}

impl Place {
    /// The place of a HOST.
    pub(super) fn of(host: &[u8]) -> Self {
        match Host::parse(host) {
            Some(Host {
                place: Some(place),
                path,
                ..
            }) => Self::In(place, names(path)),
            Some(Host { path, .. }) => Self::by_path(path),
            None => Self::by_path(host),
        }
    }

    fn by_path(host: &[u8]) -> Self {
        let names = names(host);
        match (host.starts_with(b"/"), names.is_empty()) {
            _ if names.iter().any(|name| name == b"..") => Self::Upwards(host.to_vec()),
            (true, true) => Self::Root,
            (true, false) => Self::Absolute(names),
            (false, true) => Self::Start,
            (false, false) => Self::Relative(names),
        }
    }

    /// Behind "everything": where that is.
    pub(super) fn holding(&self) -> String {
        match self {
            Self::Root => "on this computer (/)".into(),
            Self::Start => "in the directory where it is started".into(),
            Self::In(place, names) if names.is_empty() => format!("in {}", words(*place)),
            Self::Absolute(_) | Self::Relative(_) | Self::Upwards(_) | Self::In(..) => {
                format!("in {}", self.file())
            }
        }
    }

    /// The name, and from where it leads.
    pub(super) fn file(&self) -> String {
        let joined = |names: &[Vec<u8>]| printable_bytes(&names.join(&b'/'));
        match self {
            Self::Root => "/".into(),
            Self::Start => ".".into(),
            Self::In(place, names) => format!("{} in {}", joined(names), words(*place)),
            Self::Absolute(names) => format!("/{}", joined(names)),
            Self::Relative(names) => {
                format!("{}, below the directory where it is started", joined(names))
            }
            Self::Upwards(host) if host.starts_with(b"/") => printable_bytes(host),
            Self::Upwards(host) => {
                let host = printable_bytes(host);
                format!("{host}, counted from the directory where it is started")
            }
        }
    }
}

/// The names in a path.
fn names(path: &[u8]) -> Vec<Vec<u8>> {
    let names = path.split(|&byte| byte == b'/');
    let names = names.filter(|name| !matches!(*name, b"" | b"."));
    names.map(<[u8]>::to_vec).collect()
}

/// A place in words.
fn words(place: Named) -> String {
    let of_user = |what: &str| format!("the {what} of whoever starts it ({})", place.name());
    match place {
        Named::Home => of_user("home directory"),
        Named::Config => of_user("directory of settings"),
        Named::Cache => of_user("directory of caches"),
        Named::Data => of_user("directory of programs' data"),
        Named::State => of_user("directory of programs' states"),
        Named::Tmp => "a new and private directory, which is removed when it ends (@tmp)".into(),
        Named::Exe => "the directory that its own file lies in (@exe)".into(),
    }
}

/// Directories in which all is of this kind, with the least rights that a person should know about.
const DELICATE: [(&[&str], Access, &str); 5] = [
    (
        &["proc"],
        Access::ReadOnly,
        "there the other programs of whoever starts it can be seen, with their variables",
    ),
    (
        &["dev"],
        Access::ReadOnly,
        "devices are there, among them disks and keyboards",
    ),
    (
        &["root"],
        Access::ReadOnly,
        "the private files of the administrator are there",
    ),
    (
        &["etc"],
        Access::ReadWrite,
        "the settings of this computer are there",
    ),
    (
        &["usr", "bin", "sbin", "lib", "lib32", "lib64", "boot", "opt"],
        Access::ReadWrite,
        "programs that all users of this computer start are there",
    ),
];

const WHOLE_HOME: &str = "that is a whole home directory, with private files, keys and passwords";

/// The reason why a person should think before a program has these rights there.
pub(super) fn alarm(place: &Place, access: Access) -> Option<&'static str> {
    let names = match place {
        Place::Root => {
            return Some("as far as whoever starts it may: also private files, keys and passwords");
        }
        Place::Upwards(_) => {
            return Some(
                "a name with .. leads upwards, maybe to a home directory or to all of the computer",
            );
        }
        Place::In(Named::Home, names) if names.is_empty() => return Some(WHOLE_HOME),
        Place::In(Named::Config, names) if names.is_empty() => {
            return Some("the settings of all programs are there, and passwords may be among them");
        }
        Place::Start | Place::Relative(_) | Place::In(..) => return None,
        Place::Absolute(names) => names,
    };
    let first = &names[0][..];
    if first == b"home" && names.len() <= 2 {
        return Some(WHOLE_HOME);
    }
    let least = |least: Access| least == Access::ReadOnly || access == Access::ReadWrite;
    let is_there = |dirs: &[&str]| dirs.iter().any(|dir| dir.as_bytes() == first);
    let mut rows = DELICATE.iter();
    let row = rows.find(|(dirs, rights, _)| is_there(dirs) && least(*rights));
    row.map(|(_, _, why)| *why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_in_words() {
        for (host, holding) in [
            ("/", "on this computer (/)"),
            ("//./", "on this computer (/)"),
            (".", "in the directory where it is started"),
            ("././", "in the directory where it is started"),
            ("/etc//app/", "in /etc/app"),
            ("a/b", "in a/b, below the directory where it is started"),
            (
                "..",
                "in .., counted from the directory where it is started",
            ),
            ("/a/../b", "in /a/../b"),
            ("/\u{202e}", "in /\\u{202e}"),
            ("?/etc", "in /etc"),
            (
                "@home",
                "in the home directory of whoever starts it (@home)",
            ),
            (
                "?@config/app",
                "in app in the directory of settings of whoever starts it (@config)",
            ),
            (
                "@tmp",
                "in a new and private directory, which is removed when it ends (@tmp)",
            ),
        ] {
            assert_eq!(Place::of(host.as_bytes()).holding(), holding);
        }
        assert_eq!(Place::of(b"/a\xff").file(), "/a\\xff");
    }

    #[test]
    fn what_is_delicate_stands_out() {
        let (ro, rw) = (Access::ReadOnly, Access::ReadWrite);
        for (host, access, says) in [
            ("/", ro, "passwords"),
            ("/.", rw, "passwords"),
            ("/home", ro, "home directory"),
            ("/home/me/", ro, "home directory"),
            ("/root/x", ro, "administrator"),
            ("/proc/self", ro, "other programs"),
            ("/dev", ro, "devices"),
            ("/etc", rw, "settings"),
            ("/usr/local/bin", rw, "programs"),
            ("../..", ro, "leads upwards"),
            ("/srv/../", ro, "leads upwards"),
            ("@home", ro, "whole home directory"),
            ("?@config/", ro, "all programs"),
        ] {
            let why = alarm(&Place::of(host.as_bytes()), access);
            assert!(why.is_some_and(|why| why.contains(says)), "{host}: {why:?}");
        }
        for (host, access) in [
            (".", rw),
            ("data", rw),
            ("home", rw),
            ("/home/me/project", rw),
            ("/etc", ro),
            ("/usr/share", ro),
            ("/srv/data", rw),
            ("/rooted", rw),
            ("/a..b", rw),
            ("@config/app", rw),
            ("@tmp", rw),
        ] {
            assert_eq!(alarm(&Place::of(host.as_bytes()), access), None, "{host}");
        }
    }
}
