//! Tells Go packages from modules, by the arguments of a command.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path};

/// One main package, in a form that the go command takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Package {
    /// A directory, an import path, or source files.
    Local(Vec<OsString>),
    /// An import path with a version, as in `example.com/tool@v1.2.3`.
    Versioned(OsString),
}

impl Package {
    /// How many of the arguments, which begin with the name of the input, name a Go package,
    /// and that package. `None` if the first one names a module.
    pub fn of<S: AsRef<OsStr>>(arguments: &[S]) -> Option<(usize, Self)> {
        let first = arguments.first()?.as_ref();
        if is_source(first) {
            let sources = arguments.iter().map(AsRef::as_ref);
            let sources: Vec<_> = sources.take_while(|name| is_source(name)).collect();
            let package = sources.iter().map(|name| (*name).to_owned()).collect();
            return Some((sources.len(), Self::Local(package)));
        }
        let path = Path::new(first);
        if path.is_dir() {
            return Some((1, Self::Local(vec![directory(path)])));
        }
        if path.exists() || !may_be_import_path(path) {
            return None;
        }
        Some(match first.as_bytes().contains(&b'@') {
            true => (1, Self::Versioned(first.to_owned())),
            false => (1, Self::Local(vec![first.to_owned()])),
        })
    }

    /// The directory in which its settings are searched: the package's, or the current one for
    /// an import path. `None` for a package of a version, which isn't the user's.
    pub fn directory(&self) -> Option<&Path> {
        let Self::Local(names) = self else {
            return None;
        };
        let first = Path::new(names.first()?);
        let directory = if first.is_dir() {
            Some(first)
        } else {
            first.parent()
        };
        directory
            .filter(|directory| directory.is_dir())
            .or(Some(Path::new(".")))
    }

    /// Its name in messages.
    pub fn name(&self) -> String {
        let names = match self {
            Self::Local(names) => &names[..],
            Self::Versioned(name) => std::slice::from_ref(name),
        };
        names.join(OsStr::new(" ")).display().to_string()
    }
}

fn is_source(name: &OsStr) -> bool {
    Path::new(name).extension() == Some(OsStr::new("go")) && !Path::new(name).is_dir()
}

/// A directory as the go command takes it. Without `./` the go command looks for an import path.
fn directory(path: &Path) -> OsString {
    let mut first = path.components();
    match first.next() {
        Some(Component::Normal(_)) => Path::new(".").join(path).into(),
        _ => path.into(),
    }
}

/// Whether a name that isn't a file's may be an import path. A module that isn't there has one
/// of the usual suffixes, or a name that says where it should be.
fn may_be_import_path(path: &Path) -> bool {
    let is_module = path.extension().is_some_and(|e| e == "wasm" || e == "wat");
    let says_where = !matches!(path.components().next(), Some(Component::Normal(_)));
    let bytes = path.as_os_str().as_bytes();
    let is_pattern = bytes.ends_with(b"...");
    is_pattern || (!is_module && !says_where && bytes.iter().any(|byte| b"/@".contains(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn local(names: &[&str]) -> Package {
        Package::Local(names.iter().map(OsString::from).collect())
    }

    #[test]
    fn modules_are_files() {
        for module in [
            "-",
            "a.wasm",
            "missing",
            "x/missing.wasm",
            "./x",
            "/x/y",
            "a.wat",
        ] {
            assert_eq!(Package::of(&[module]), None, "{module}");
        }
        let here = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(Package::of(&[here.path()]), None);
        assert_eq!(Package::of::<&str>(&[]), None);
    }

    #[test]
    fn packages_are_what_go_takes() {
        assert_eq!(Package::of(&["."]), Some((1, local(&["."]))));
        assert_eq!(Package::of(&[".."]), Some((1, local(&[".."]))));
        // Tests run in the package's directory.
        assert_eq!(
            Package::of(&["src/go", "b"]),
            Some((1, local(&["./src/go"])))
        );
        assert_eq!(Package::of(&["/tmp"]), Some((1, local(&["/tmp"]))));
        assert_eq!(Package::of(&["./..."]), Some((1, local(&["./..."]))));
        assert_eq!(
            Package::of(&["cmd/gofmt"]),
            Some((1, local(&["cmd/gofmt"])))
        );
        let versioned = Package::Versioned("example.com/a@v1".into());
        assert_eq!(
            Package::of(&["example.com/a@v1", "x"]),
            Some((1, versioned))
        );
    }

    #[test]
    fn source_files_are_one_package() {
        let files = ["a.go", "b.go", "c", "d.go"];
        assert_eq!(Package::of(&files), Some((2, local(&["a.go", "b.go"]))));
        assert_eq!(Package::of(&files[..2]).unwrap().1.name(), "a.go b.go");
    }
}
