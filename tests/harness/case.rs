//! A test as data. A case names a guest, its input, the flags of its build, and the
//! reference that its outcome is compared with. The program runs in `ROOT/work`, where ROOT
//! is a fresh directory. Its environment holds only the case's variables. The tree below
//! ROOT is part of the outcome.
//!
//! In `args`, `flags`, `env` and `says`, `{root}` stands for ROOT and `{goroot}` for the
//! GOROOT of the toolchain in use. In both outputs, ROOT is replaced by `{root}` before
//! they are compared.

use crate::compare::Stderr;
use crate::run::{Ends, Reader, Stdin};
use anyhow::{Context, Result};
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// One case; start from [`CASE`].
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Unique in its family; the last part of the test's name.
    pub name: &'static str,
    /// A directory of `tests/guests`, or a command of Go's distribution as `cmd/NAME`.
    pub guest: &'static str,
    pub args: &'static [&'static str],
    /// Flags of `wasi-aot build`.
    pub flags: &'static [&'static str],
    pub env: &'static [(&'static str, &'static str)],
    pub inputs: &'static [Input],
    pub stdin: Stdin,
    pub stdout: Reader,
    pub stderr: Reader,
    pub reference: Reference,
    /// Which part of standard error must equal the reference's.
    pub compare: Stderr,
    /// How both must end. Without it, both could fail in the same way for a reason that
    /// the case isn't about.
    pub ends: Ends,
    /// Texts that our output or standard error must contain, for the same reason.
    pub says: &'static [&'static str],
    /// Whether the case belongs to the small selection that runs for every Go version and
    /// flavour.
    pub sample: bool,
    /// Whether the outcome depends on the sizes of native frames. Without some passes, frames are
    /// larger, so the case runs with all passes only.
    pub frame_sizes: bool,
    /// The time limit in seconds.
    pub seconds: u64,
}

/// The defaults of a case: no arguments, no input, no grants; the same output as native Go
/// to the byte, and exit code 0.
pub const CASE: Case = Case {
    name: "",
    guest: "",
    args: &[],
    flags: &[],
    env: &[],
    inputs: &[],
    stdin: Stdin::Null,
    stdout: Reader::Eager,
    stderr: Reader::Eager,
    reference: Reference::Native,
    compare: Stderr::Exact,
    ends: Ends::Exit(0),
    says: &[],
    sample: false,
    frame_sizes: false,
    seconds: 60,
};

/// The reference that an outcome is compared with.
#[derive(Debug, Clone, Copy)]
pub enum Reference {
    /// The same source, built for this machine by the same version of Go.
    Native,
    /// The same module under wasmtime with these flags and with `env`. If the case's flags
    /// grant a directory, wasmtime grants ROOT/work under its own name.
    Wasmtime(&'static [&'static str]),
    /// These outputs, and these files (path below ROOT, content) beside the case's inputs.
    /// For cases whose outcome depends on the sandbox.
    Stated {
        stdout: &'static str,
        stderr: &'static str,
        written: &'static [(&'static str, &'static str)],
    },
}

/// A file or directory that exists below ROOT before the program starts, by its path.
#[derive(Debug, Clone, Copy)]
pub enum Input {
    Dir(&'static str),
    File(&'static str, &'static str),
    Link(&'static str, &'static str),
    /// A file of this length in bytes that is zero but for these bytes at these offsets. It
    /// takes no space on disk.
    Sparse(&'static str, u64, &'static [(u64, u8)]),
    /// A copy of a directory's files, without its subdirectories.
    Copy {
        from: &'static str,
        to: &'static str,
    },
}

impl Input {
    /// Makes it below `root`.
    pub fn place(self, root: &Path, goroot: &Path) -> Result<()> {
        let at = |path: &str| -> Result<_> {
            let path = root.join(path);
            fs::create_dir_all(path.parent().context("a path below the root")?)?;
            Ok(path)
        };
        match self {
            Self::Dir(path) => fs::create_dir_all(root.join(path))?,
            Self::File(path, content) => fs::write(at(path)?, content)?,
            Self::Link(path, target) => std::os::unix::fs::symlink(target, at(path)?)?,
            Self::Sparse(path, len, bytes) => {
                let file = fs::File::create(at(path)?)?;
                file.set_len(len)?;
                for (offset, byte) in bytes {
                    file.write_all_at(&[*byte], *offset)?;
                }
            }
            Self::Copy { from, to } => {
                let from = from.replace("{goroot}", &goroot.display().to_string());
                let to = root.join(to);
                fs::create_dir_all(&to)?;
                for entry in fs::read_dir(from)? {
                    let entry = entry?;
                    if entry.file_type()?.is_file() {
                        fs::write(to.join(entry.file_name()), fs::read(entry.path())?)?;
                    }
                }
            }
        }
        Ok(())
    }
}
