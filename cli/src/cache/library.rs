//! The directories of changed files of Go's library and modules: `go/NAME` in the cache's directory.
//!
//! Invariants: NAME says what is in the files ([`crate::go`]), so a directory that was removed is made
//! again. Unlike executables, the files are used by their paths, since Go reads them. A directory was
//! used last when it was last asked for. Nothing whose name has another form is touched.

use super::directory::Meta;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The directory of all libraries, in the cache's.
const PARENT: &str = "go";

/// Hexadecimal digits of a name.
const DIGITS: usize = 16;

/// The library's directory in the directory `cache`, which exists then, and is used now.
pub(super) fn make(cache: &Path, name: &str) -> io::Result<PathBuf> {
    let path = cache.join(PARENT).join(name);
    fs::create_dir_all(&path)?;
    // The time only shows how long a library wasn't used.
    let _ = File::open(&path).and_then(|directory| directory.set_modified(SystemTime::now()));
    Ok(path)
}

/// All libraries in the directory `cache`.
pub(super) fn all(cache: &Path) -> Vec<(PathBuf, Meta)> {
    let parent = cache.join(PARENT);
    let is_ours = |path: &Path| {
        let name = path.file_name().and_then(|name| name.to_str());
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        name.is_some_and(|name| name.len() == DIGITS && name.bytes().all(is_digit))
    };
    let libraries = inside(&parent).into_iter().filter(|path| is_ours(path));
    let libraries = libraries.filter_map(|path| {
        let meta = fs::symlink_metadata(&path).ok()?;
        let used = meta.modified().ok()?;
        let size = size(&path);
        meta.is_dir().then_some((path, Meta { size, used }))
    });
    libraries.collect()
}

/// Removes a library. A failure is ignored.
pub(super) fn remove(path: &Path) {
    // No symbolic link is followed.
    let _ = fs::remove_dir_all(path);
}

/// The paths in a directory; none if it is a symbolic link or can't be read.
fn inside(directory: &Path) -> Vec<PathBuf> {
    if !fs::symlink_metadata(directory).is_ok_and(|meta| meta.is_dir()) {
        return Vec::new();
    }
    let entries = fs::read_dir(directory).into_iter().flatten();
    entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect()
}

/// Bytes of all regular files below a directory.
fn size(directory: &Path) -> u64 {
    let sizes = inside(directory).into_iter().map(|path| {
        let meta = fs::symlink_metadata(&path);
        match meta {
            Ok(meta) if meta.is_dir() => size(&path),
            Ok(meta) if meta.is_file() => meta.len(),
            _ => 0,
        }
    });
    sizes.fold(0, u64::saturating_add)
}
