//! The limits that the manifest sets.

use wasi_aot_contract::layout::{DEFAULT_STACK_SIZE, WASM_PAGE_SIZE};
use wasi_aot_contract::manifest::{Malformed, Record, records};

/// What a build has limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of native stack.
    pub stack_size: u64,
    /// Pages that all linear memories may have together.
    pub memory_pages: u64,
    /// Milliseconds of processor time.
    pub max_cpu: Option<u64>,
}

impl Limits {
    /// Of a program that was built without limits.
    pub const NONE: Self = Self {
        stack_size: DEFAULT_STACK_SIZE,
        memory_pages: u64::MAX,
        max_cpu: None,
    };

    /// # Errors
    /// [`Malformed`] when `manifest` isn't one, or leaves the memories nothing.
    pub fn of(manifest: &[u8]) -> Result<Self, Malformed> {
        let mut limits = Self::NONE;
        let mut together = None;
        for record in records(manifest)? {
            match record? {
                Record::StackSize { bytes } => limits.stack_size = bytes,
                Record::MaxMemory { bytes } => together = Some(bytes),
                Record::MaxCpu { milliseconds } => limits.max_cpu = Some(milliseconds),
                _ => {}
            }
        }
        if let Some(bytes) = together {
            let memories = bytes.checked_sub(limits.stack_size).ok_or(Malformed)?;
            limits.memory_pages = memories / WASM_PAGE_SIZE;
        }
        Ok(limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_sets_them() {
        let none = b"wasi-aot manifest 1\0env\0stack-size\0";
        assert_eq!(Limits::of(none), Ok(Limits::NONE));
        let some = b"wasi-aot manifest 1\0env-inherit\0stack-size\x00123\0max-cpu\x001500\0";
        let expected = Limits {
            stack_size: 123,
            max_cpu: Some(1500),
            ..Limits::NONE
        };
        assert_eq!(Limits::of(some), Ok(expected));
        assert_eq!(Limits::of(b""), Err(Malformed));
        assert_eq!(Limits::of(b"wasi-aot manifest 1\0dir\0"), Err(Malformed));
    }

    #[test]
    fn the_stack_is_part_of_the_memory() {
        let some = b"wasi-aot manifest 1\0max-memory\x00300000\0stack-size\x00100000\0";
        let limits = Limits::of(some).unwrap();
        assert_eq!((limits.stack_size, limits.memory_pages), (100_000, 3));
        let less = b"wasi-aot manifest 1\0max-memory\x00300000\0stack-size\x00300001\0";
        assert_eq!(Limits::of(less), Err(Malformed));
    }
}
