//! The destination of a result: a file that appears whole or not at all, or a stream.

use anyhow::{Context, Result, bail};
use rustix::fs::{Access, access};
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use wasi_aot_compiler::inspect::{InspectError, Inspected, inspect};

/// A destination that was found writable before the work began.
#[derive(Debug)]
pub enum Output {
    Stdout,
    /// A device or FIFO, which can't be replaced.
    Stream(PathBuf),
    /// Replaced by a rename. A process that runs or reads the old file keeps it. A failure
    /// leaves the old file unchanged.
    File {
        path: PathBuf,
        executable: bool,
    },
}

/// Who chose the name of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// The user, who wants the file overwritten.
    ByUser,
    /// wasi-aot, which overwrites only its own files.
    ByDefault,
}

impl Output {
    /// # Errors
    /// When the destination is a directory or can't be written, when it is the same file as
    /// `input`, and when a name chosen by default belongs to a file that wasi-aot didn't make.
    pub fn new(
        path: &Path,
        chosen: Chosen,
        input: Option<&Path>,
        executable: bool,
    ) -> Result<Self> {
        // Renaming over these names would replace them for the whole machine.
        let stdout = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
        if stdout.iter().any(|name| path.as_os_str() == *name) {
            return Ok(Self::Stdout);
        }
        Self::at(path, chosen, input, executable).with_context(|| path.display().to_string())
    }

    fn at(path: &Path, chosen: Chosen, input: Option<&Path>, executable: bool) -> Result<Self> {
        if let Ok(existing) = fs::metadata(path) {
            let kind = existing.file_type();
            if kind.is_dir() {
                let name = path.file_name().unwrap_or_default();
                bail!(
                    "is a directory, so the output needs another name; give one with -o, or \
                     -o {path}/ to write {path}/{name}",
                    path = path.display(),
                    name = name.display()
                );
            }
            if kind.is_char_device() || kind.is_block_device() || kind.is_fifo() {
                access(path, Access::WRITE_OK).context("cannot write there")?;
                return Ok(Self::Stream(path.to_path_buf()));
            }
            if input.is_some_and(|input| is_same(&existing, input)) {
                bail!("is the input file; give another name with -o");
            }
            if chosen == Chosen::ByDefault && existing.len() > 0 && !is_ours(path) {
                bail!(
                    "exists, and wasi-aot didn't make it; give another name with -o, or --force \
                     to overwrite it"
                );
            }
        }
        if path.file_name().is_none() {
            bail!("isn't a file name; give one with -o");
        }
        // A symbolic link stays, and the file behind the link is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
        let directory = directory(&path);
        let parent = fs::metadata(directory).context("cannot write there")?;
        if !parent.is_dir() {
            bail!("cannot write there: the parent is not a directory");
        }
        // Creates a file for a moment, since access(2) doesn't check everything that can
        // prevent a file.
        let trial = tempfile::tempfile_in(directory).map_err(plain);
        trial.context("cannot write there")?;
        Ok(Self::File { path, executable })
    }

    /// # Errors
    /// The error names the destination. A [`File`](Self::File) is unchanged after an error.
    pub fn write(&self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Stdout => write_stdout(bytes).context("standard output"),
            Self::Stream(path) => {
                let written = File::options().write(true).open(path);
                let written = written.and_then(|mut file| file.write_all(bytes));
                written.with_context(|| path.display().to_string())
            }
            Self::File { path, executable } => {
                let written = replace(path, bytes, *executable).map_err(plain);
                written.with_context(|| format!("{}: cannot write", path.display()))
            }
        }
    }
}

fn is_same(existing: &Metadata, input: &Path) -> bool {
    let input = fs::metadata(input);
    input.is_ok_and(|input| (input.dev(), input.ino()) == (existing.dev(), existing.ino()))
}

/// Whether a file is the output of a build: an executable or object of any version, or the
/// text of `--emit clif` or `asm`. The first line of such a text is a function's name as a
/// comment. Only an ELF file is read as a whole.
fn is_ours(path: &Path) -> bool {
    const BEGINNING: u64 = 1 << 12;
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(BEGINNING).read_to_end(&mut start));
    if read.is_err() {
        return false;
    }
    if !start.starts_with(b"\x7fELF") {
        let second = start.splitn(3, |&byte| byte == b'\n').nth(1);
        let is_code = |line: &[u8]| line.starts_with(b"function u") || line.starts_with(b"  ");
        return start.starts_with(b"; ") && second.is_some_and(is_code);
    }
    let whole = fs::read(path);
    whole.is_ok_and(|bytes| {
        matches!(
            inspect(&bytes),
            Ok(Inspected::Executable(_)) | Err(InspectError::OtherVersion { .. })
        )
    })
}

fn directory(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// The system's error inside an error of the `tempfile` crate. The outer error would name a
/// temporary file.
fn plain(error: io::Error) -> io::Error {
    let inner = error.get_ref().and_then(|error| error.source());
    let number = inner
        .and_then(|inner| inner.downcast_ref::<io::Error>())
        .and_then(io::Error::raw_os_error);
    number.map_or(error, io::Error::from_raw_os_error)
}

fn write_stdout(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// Writes a temporary file beside `path` and renames it. The temporary file is
/// removed if anything fails.
fn replace(path: &Path, bytes: &[u8], executable: bool) -> io::Result<()> {
    // The kernel applies the umask, as for any file that is created.
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
