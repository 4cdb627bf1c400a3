//! Where the result goes: a file that appears complete or not at all, or a
//! stream.

use anyhow::{Context, Result, bail};
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// A destination that was found fit before the work began.
#[derive(Debug)]
pub enum Output {
    Stdout,
    /// A device or FIFO, which can't be replaced.
    Stream(PathBuf),
    /// Replaced by a rename, so that whoever runs or reads the old file goes on
    /// with it, and a failure leaves it as it was.
    File {
        path: PathBuf,
        executable: bool,
    },
}

impl Output {
    /// # Errors
    /// When the destination is a directory, in a directory that isn't there, or
    /// the same file as `input`.
    pub fn new(path: &Path, input: Option<&Path>, executable: bool) -> Result<Self> {
        // Renaming over these names would replace them for the whole machine.
        let stdout = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
        if stdout.iter().any(|name| path.as_os_str() == *name) {
            return Ok(Self::Stdout);
        }
        Self::at(path, input, executable).with_context(|| path.display().to_string())
    }

    fn at(path: &Path, input: Option<&Path>, executable: bool) -> Result<Self> {
        if let Ok(existing) = fs::metadata(path) {
            let kind = existing.file_type();
            if kind.is_dir() {
                bail!("is a directory; give the name of a file with -o");
            }
            if kind.is_char_device() || kind.is_block_device() || kind.is_fifo() {
                return Ok(Self::Stream(path.to_path_buf()));
            }
            if input.is_some_and(|input| is_same(&existing, input)) {
                bail!("is the input file; give another name with -o");
            }
        }
        if path.file_name().is_none() || path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            bail!("is no name for a file; give one with -o");
        }
        // A symlink stays, and what it points to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let directory = fs::metadata(directory(&path)).context("cannot write there")?;
        if !directory.is_dir() {
            bail!("cannot write there: the parent is not a directory");
        }
        Ok(Self::File { path, executable })
    }

    /// # Errors
    /// With the destination's name; a [`File`](Self::File) is then untouched.
    pub fn write(&self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Stdout => write_stdout(bytes).context("standard output"),
            Self::Stream(path) => {
                let written = File::options().write(true).open(path);
                let written = written.and_then(|mut file| file.write_all(bytes));
                written.with_context(|| path.display().to_string())
            }
            Self::File { path, executable } => {
                let written = replace(path, bytes, *executable);
                written.with_context(|| format!("{}: cannot write", path.display()))
            }
        }
    }
}

fn is_same(existing: &Metadata, input: &Path) -> bool {
    let input = fs::metadata(input);
    input.is_ok_and(|input| (input.dev(), input.ino()) == (existing.dev(), existing.ino()))
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

fn write_stdout(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// Writes a temporary file beside `path` and renames it. The temporary file is
/// removed if anything fails.
fn replace(path: &Path, bytes: &[u8], executable: bool) -> io::Result<()> {
    // The kernel takes the umask off, as for any file that is created.
    let mode = if executable { 0o755 } else { 0o666 };
    let mut options = File::options();
    options.write(true).create_new(true).mode(mode);
    let mut file = tempfile::Builder::new()
        .prefix(".wasi-aot-")
        .make_in(directory(path), |temporary| options.open(temporary))?;
    file.as_file_mut().write_all(bytes)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
