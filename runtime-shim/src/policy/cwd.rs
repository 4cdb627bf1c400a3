//! The current directory, asked of the kernel.

use super::cpath::{CPath, PATH_MAX};
use crate::abi::errno::Errno;
use crate::sys;
use core::mem::MaybeUninit;

/// The absolute path of the current directory.
///
/// # Errors
/// `ENOENT` when the directory has been removed or lies outside the process's root.
pub fn current_dir() -> Result<CPath, Errno> {
    let mut buffer = [MaybeUninit::<u8>::uninit(); PATH_MAX];
    let result = sys::getcwd(&mut buffer);
    // The kernel returns a negative errno, or the length including the NUL.
    let len = usize::try_from(result).map_err(|_| Errno::NOENT)?;
    // SAFETY: the kernel has written `len` bytes.
    let written = unsafe { buffer[..len].assume_init_ref() };
    match written.strip_suffix(b"\0") {
        // Linux says "(unreachable)/..." for a directory outside the root.
        Some(path) if path.starts_with(b"/") => CPath::from_bytes(path),
        _ => Err(Errno::NOENT),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn is_what_std_says() {
        let expected = std::env::current_dir().unwrap();
        assert_eq!(
            super::current_dir().unwrap().as_bytes(),
            expected.as_os_str().as_bytes()
        );
    }
}
