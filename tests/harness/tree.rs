//! The contents of a directory, to be compared: names, kinds, files' contents and links'
//! targets. Modes and times are not compared: WASI has no modes, and times always differ.

use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::fmt;
use std::hash::Hasher;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The kind of entry that one name in the tree has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Directory,
    Link(PathBuf),
    /// Length in bytes and hash of the content.
    File(u64, u64),
    /// A device, a pipe, a socket.
    Other,
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory => f.write_str("a directory"),
            Self::Link(to) => write!(f, "a link to {to:?}"),
            Self::File(len, hash) => write!(f, "a file of {len} bytes, hash {hash:016x}"),
            Self::Other => f.write_str("something special"),
        }
    }
}

/// Everything below a directory, by relative path.
pub type Tree = BTreeMap<PathBuf, Entry>;

/// Reads the tree below `dir`; links are not followed.
pub fn read(dir: &Path) -> Result<Tree> {
    let mut tree = Tree::new();
    add(dir, Path::new(""), &mut tree).with_context(|| format!("reading {}", dir.display()))?;
    Ok(tree)
}

fn add(root: &Path, below: &Path, tree: &mut Tree) -> Result<()> {
    for entry in std::fs::read_dir(root.join(below))? {
        let entry = entry?;
        let (name, kind) = (below.join(entry.file_name()), entry.file_type()?);
        let what = if kind.is_dir() {
            add(root, &name, tree)?;
            Entry::Directory
        } else if kind.is_symlink() {
            Entry::Link(std::fs::read_link(entry.path())?)
        } else if kind.is_file() {
            hash(&entry.path())?
        } else {
            Entry::Other
        };
        tree.insert(name, what);
    }
    Ok(())
}

fn hash(path: &Path) -> Result<Entry> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = DefaultHasher::new();
    let (mut buffer, mut len) = (vec![0; 1 << 18], 0);
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok(Entry::File(len, hasher.finish()));
        }
        hasher.write(&buffer[..n]);
        len += n as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn sees_names_contents_and_links() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        fs::create_dir(path("d")).unwrap();
        fs::write(path("d/f"), "x").unwrap();
        std::os::unix::fs::symlink("d/f", path("l")).unwrap();
        let before = read(dir.path()).unwrap();
        assert_eq!(before.len(), 3);
        assert_eq!(before[Path::new("l")], Entry::Link("d/f".into()));
        fs::write(path("d/f"), "y").unwrap();
        let after = read(dir.path()).unwrap();
        assert_ne!(before[Path::new("d/f")], after[Path::new("d/f")]);
        assert_eq!(before[Path::new("d")], after[Path::new("d")]);
    }
}
