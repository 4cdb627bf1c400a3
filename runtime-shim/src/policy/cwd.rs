//! The current directory, asked of the kernel.

use super::cpath::{CPath, PATH_MAX};
use crate::wasi::errno::Errno;
use core::mem::MaybeUninit;

/// The absolute path of the current directory.
///
/// # Errors
/// `ENOENT` when it has been removed or lies outside the process's root.
pub fn current_dir() -> Result<CPath, Errno> {
    let mut buffer = [MaybeUninit::<u8>::uninit(); PATH_MAX];
    let result = getcwd(&mut buffer);
    // Errors are -4095..0; the length counts the NUL.
    let len = usize::try_from(result).map_err(|_| Errno::NOENT)?;
    // SAFETY: the kernel has written `len` bytes.
    let written = unsafe { buffer[..len].assume_init_ref() };
    match written.strip_suffix(b"\0") {
        // Linux says "(unreachable)/..." for a directory outside the root.
        Some(path) if path.starts_with(b"/") => CPath::from_bytes(path),
        _ => Err(Errno::NOENT),
    }
}

/// The system call, which rustix offers with an allocator only. Returns the
/// number of bytes written or a negative error.
#[cfg(target_arch = "x86_64")]
fn getcwd(buffer: &mut [MaybeUninit<u8>]) -> isize {
    const NR_GETCWD: isize = 79;
    let result: isize;
    // SAFETY: the kernel writes at most `len` bytes to the buffer; `syscall`
    // destroys rcx and r11 and keeps everything else.
    unsafe {
        core::arch::asm!(
            "syscall",
            inlateout("rax") NR_GETCWD => result,
            in("rdi") buffer.as_mut_ptr(),
            in("rsi") buffer.len(),
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    result
}

/// As above.
#[cfg(target_arch = "aarch64")]
fn getcwd(buffer: &mut [MaybeUninit<u8>]) -> isize {
    const NR_GETCWD: isize = 17;
    let result: isize;
    // SAFETY: the kernel writes at most `len` bytes to the buffer; `svc`
    // keeps all registers but x0.
    unsafe {
        core::arch::asm!(
            "svc 0",
            in("x8") NR_GETCWD,
            inlateout("x0") buffer.as_mut_ptr() => result,
            in("x1") buffer.len(),
            options(nostack),
        );
    }
    result
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
