//! The files in and around the directories that the program is granted, and whether they changed.

use anyhow::{Result, ensure};
use harness::tree::{self, Tree};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A directory with `writable`, `readable` and `outside`.
pub struct Surroundings {
    directory: TempDir,
    before: State,
}

/// Everything that must not change.
#[derive(PartialEq)]
struct State {
    contents: Tree,
    /// Inode, mode, number of links, and times of modification and change of each file.
    attributes: BTreeMap<PathBuf, [i64; 7]>,
}

impl Surroundings {
    pub fn new() -> Result<Self> {
        let directory = temporary()?;
        let top = directory.path();
        for dir in [
            "writable/dir/sub",
            "writable/empty",
            "readable/dir",
            "outside/dir",
        ] {
            fs::create_dir_all(top.join(dir))?;
        }
        for file in [
            "writable/file",
            "writable/dir/sub/deep",
            "readable/file",
            "readable/dir/file",
            "outside/secret",
        ] {
            fs::write(top.join(file), "text")?;
        }
        for dir in ["writable", "readable"] {
            for (name, target) in [
                ("out", "../outside"),
                ("top", "/"),
                ("up", ".."),
                ("in", "dir"),
                ("self", "self"),
                ("to-file", "../outside/secret"),
                ("to-none", "../outside/none"),
                ("other", "../readable/file"),
            ] {
                symlink(target, top.join(dir).join(name))?;
            }
            symlink(top.join("outside"), top.join(dir).join("absolute"))?;
        }
        let before = State::of(top)?;
        Ok(Self { directory, before })
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// # Errors
    /// If anything outside of `writable` has changed.
    pub fn check(&self) -> Result<()> {
        let now = State::of(self.path())?;
        let differs = |path: &&PathBuf| {
            now.contents.get(*path) != self.before.contents.get(*path)
                || now.attributes.get(*path) != self.before.attributes.get(*path)
        };
        let known = self.before.attributes.keys();
        let changed: Vec<_> = known.chain(now.attributes.keys()).filter(differs).collect();
        ensure!(now == self.before, "changed: {changed:?}");
        Ok(())
    }
}

impl State {
    fn of(top: &Path) -> Result<Self> {
        let mut contents = Tree::new();
        for entry in fs::read_dir(top)? {
            let entry = entry?;
            if entry.file_name() != "writable" {
                let below = tree::read(&entry.path())?;
                let name = PathBuf::from(entry.file_name());
                contents.extend(
                    below
                        .into_iter()
                        .map(|(path, what)| (name.join(path), what)),
                );
                contents.insert(name, tree::Entry::Directory);
            }
        }
        let mut attributes = BTreeMap::new();
        for path in contents.keys() {
            let stat = fs::symlink_metadata(top.join(path))?;
            let inode = stat.ino().cast_signed();
            let (mode, links) = (i64::from(stat.mode()), stat.nlink().cast_signed());
            let modified = [stat.mtime(), stat.mtime_nsec()];
            let changed = [stat.ctime(), stat.ctime_nsec()];
            let [m, mn] = modified;
            let [c, cn] = changed;
            attributes.insert(path.clone(), [inode, mode, links, m, mn, c, cn]);
        }
        Ok(Self {
            contents,
            attributes,
        })
    }
}

/// A directory in memory if there is such a file system, because a run writes and synchronises a
/// lot.
fn temporary() -> Result<TempDir> {
    let memory = Path::new("/dev/shm");
    Ok(if memory.is_dir() {
        tempfile::tempdir_in(memory)?
    } else {
        tempfile::tempdir()?
    })
}
