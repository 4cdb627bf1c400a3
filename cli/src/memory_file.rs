//! An executable in memory, without a name, that nobody can change. `wasi-aot run` starts it
//! if there is no place for a cache.

use anyhow::{Context, Result, bail};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::Errno;
use std::fs::File;
use std::io::Write;

/// The message for EACCES, which Linux gives if `vm.memfd_noexec` is 2 (since 6.3).
const FORBIDDEN: &str = "this system forbids executables in memory (vm.memfd_noexec); \
                         set XDG_CACHE_HOME to a directory where they can be kept";

/// A file in memory with these bytes, sealed against every change.
///
/// # Errors
/// When the system has no such files, or forbids executing them.
pub fn sealed(executable: &[u8]) -> Result<File> {
    let mut file = match created() {
        Err(Errno::ACCESS) => bail!(FORBIDDEN),
        Err(Errno::NOSYS | Errno::PERM) => bail!(
            "nowhere to keep executables, and no files in memory here; set XDG_CACHE_HOME to \
             a directory"
        ),
        created => File::from(created.context("cannot make a file in memory")?),
    };
    let write = |file: &mut File| {
        file.write_all(executable)?;
        let all = SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL;
        std::io::Result::Ok(fcntl_add_seals(&*file, all)?)
    };
    write(&mut file).context("cannot write an executable to memory")?;
    Ok(file)
}

/// `MFD_EXEC` allows execution. Kernels before 6.3 don't know the flag and don't need it.
fn created() -> Result<rustix::fd::OwnedFd, Errno> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    match memfd_create("wasi-aot", flags | MemfdFlags::EXEC) {
        Err(Errno::INVAL) => memfd_create("wasi-aot", flags),
        created => created,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::AsRawFd;

    #[test]
    fn nobody_changes_it() {
        let mut file = sealed(b"#!/bin/sh\n").unwrap();
        assert!(file.write_all(b"x").is_err());
        assert!(file.set_len(0).is_err() && file.set_len(100).is_err());
        assert!(fcntl_add_seals(&file, SealFlags::FUTURE_WRITE).is_err());
        let name = format!("/proc/self/fd/{}", file.as_raw_fd());
        let again = File::options().write(true).open(name);
        assert!(again.is_err() || again.unwrap().write_all(b"x").is_err());
        assert_eq!(file.metadata().unwrap().len(), 10);
    }
}
