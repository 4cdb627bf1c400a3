//! The auxiliary vector: what the kernel tells a process of itself at start.
//!
//! Kinds are those of uapi `linux/auxvec.h`.

use core::ffi::c_char;
use core::mem::offset_of;

/// Where the program headers are, and how many.
const AT_PHDR: usize = 3;
const AT_PHNUM: usize = 5;
/// Whether the process has rights that whoever started it hasn't.
const AT_SECURE: usize = 23;

/// The vector of a process; its values never change.
#[derive(Clone, Copy)]
pub struct Auxv {
    entries: *const [usize; 2],
}

impl Auxv {
    /// # Safety
    /// `env` is the environment where the kernel has put it, without its null: null and
    /// vector follow it, and stay.
    pub unsafe fn behind(env: &'static [*const c_char]) -> Self {
        // SAFETY: the null is the caller's promise.
        let entries = unsafe { env.as_ptr().add(env.len() + 1) };
        Self {
            entries: entries.cast(),
        }
    }

    fn value(self, kind: usize) -> Option<usize> {
        let mut entry = self.entries;
        loop {
            // SAFETY: `behind`'s caller promised a vector, which ends with kind 0.
            match unsafe { entry.read() } {
                [0, _] => return None,
                [found, value] if found == kind => return Some(value),
                // SAFETY: as above, and this was not the last.
                _ => entry = unsafe { entry.add(1) },
            }
        }
    }

    /// Whether the process has rights that whoever started it hasn't: by a set-user-ID
    /// file, or one with capabilities. Whoever started it isn't to be trusted then.
    pub fn is_secure(self) -> bool {
        self.value(AT_SECURE).is_some_and(|secure| secure != 0)
    }

    /// The program headers of the executable.
    pub fn program_headers(self) -> &'static [ProgramHeader] {
        let (Some(at), Some(count)) = (self.value(AT_PHDR), self.value(AT_PHNUM)) else {
            return &[];
        };
        let at = core::ptr::with_exposed_provenance(at);
        // SAFETY: the kernel found as many there, in a segment that nobody writes.
        unsafe { core::slice::from_raw_parts(at, count) }
    }
}

/// `Elf64_Phdr` (uapi `linux/elf.h`).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ProgramHeader {
    pub kind: u32,
    pub flags: u32,
    pub file_offset: u64,
    pub address: u64,
    pub physical: u64,
    pub file_size: u64,
    pub memory_size: u64,
    pub align: u64,
}

const _: () = assert!(size_of::<ProgramHeader>() == 56);
const _: () = assert!(offset_of!(ProgramHeader, memory_size) == 40);

#[cfg(test)]
mod tests {
    use super::*;
    use std::boxed::Box;

    fn vector(values: &'static [usize]) -> Auxv {
        let start = values.as_ptr().cast();
        // SAFETY: an environment of one variable, its null and a vector follow.
        unsafe { Auxv::behind(core::slice::from_raw_parts(start, 1)) }
    }

    #[test]
    fn values_are_found_behind_the_environment() {
        assert!(!vector(&[7, 0, 6, 4096, 0, 0]).is_secure());
        assert!(!vector(&[7, 0, AT_SECURE, 0, 0, 0]).is_secure());
        assert!(vector(&[7, 0, 6, 4096, AT_SECURE, 1, 0, 0]).is_secure());
        assert!(vector(&[7, 0, 0, 0]).program_headers().is_empty());
    }

    #[test]
    fn headers_are_where_the_vector_says() {
        let headers: &[[u64; 7]; 2] = Box::leak(Box::new([[0; 7], [1, 2, 0x1000, 0, 0, 3, 0]]));
        let at = headers.as_ptr().expose_provenance();
        let values = Box::leak(Box::new([7, 0, AT_PHNUM, 2, AT_PHDR, at, 0, 0]));
        let found = vector(values).program_headers();
        assert_eq!(
            (found.len(), found[1].kind, found[1].address),
            (2, 1, 0x1000)
        );
    }
}
