//! Memory for the runtime's own data, in pages from the kernel. The runtime has no heap:
//! Rust's allocators need a libc or a lot of code, and few things here have a size that isn't
//! known beforehand.

use core::mem::{ManuallyDrop, MaybeUninit};
use core::ptr::{self, NonNull};
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};

/// A multiple of every page size that Linux has on our processors. Pages that aren't touched
/// take no memory.
const PAGE: usize = 0x1_0000;

/// The kernel has no address space left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoMemory;

/// An array on pages of its own that can grow, and is unmapped when dropped. Its elements
/// are not dropped.
pub struct PageArray<T> {
    start: NonNull<MaybeUninit<T>>,
    capacity: usize,
}

impl<T> PageArray<T> {
    /// An empty array, without pages.
    pub const fn new() -> Self {
        Self {
            start: NonNull::dangling(),
            capacity: 0,
        }
    }

    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// Makes room for at least `capacity` elements. Elements that are there stay; new ones
    /// consist of zero bytes.
    ///
    /// # Errors
    /// When the kernel has no address space left.
    pub fn reserve(&mut self, capacity: usize) -> Result<(), NoMemory> {
        if capacity <= self.capacity {
            return Ok(());
        }
        let size = capacity
            .checked_mul(size_of::<T>())
            .and_then(|size| size.checked_next_multiple_of(PAGE))
            .ok_or(NoMemory)?;
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a fresh mapping at an address of the kernel's choice.
        let start = unsafe { mmap_anonymous(ptr::null_mut(), size, access, MapFlags::PRIVATE) };
        let start = start.map_err(|_| NoMemory)?.cast::<MaybeUninit<T>>();
        let start = NonNull::new(start).ok_or(NoMemory)?;
        // By copying, since the second fence forbids mremap, which could move code as well.
        // SAFETY: both mappings have room for `capacity` elements and don't overlap; the old
        // elements are not used again.
        unsafe { start.copy_from_nonoverlapping(self.start, self.capacity) };
        self.unmap();
        self.start = start;
        self.capacity = size / size_of::<T>();
        Ok(())
    }

    pub fn as_slice(&self) -> &[MaybeUninit<T>] {
        // SAFETY: `capacity` elements are mapped (none: dangling is fine for an
        // empty slice), page-aligned, and MaybeUninit needs no initialisation.
        unsafe { core::slice::from_raw_parts(self.start.as_ptr(), self.capacity) }
    }

    pub fn as_mut_slice(&mut self) -> &mut [MaybeUninit<T>] {
        // SAFETY: as in `as_slice`, and `&mut self` makes it unique.
        unsafe { core::slice::from_raw_parts_mut(self.start.as_ptr(), self.capacity) }
    }

    /// The elements, for as long as the process lives.
    pub fn leak(self) -> &'static mut [MaybeUninit<T>] {
        let array = ManuallyDrop::new(self);
        // SAFETY: as in `as_slice`; nobody else has the mapping, and nobody unmaps it.
        unsafe { core::slice::from_raw_parts_mut(array.start.as_ptr(), array.capacity) }
    }

    /// Number of bytes mapped: the capacity is the number of elements that fit into them, so
    /// rounding up again gives the size that was asked for.
    fn byte_size(&self) -> usize {
        (self.capacity * size_of::<T>()).next_multiple_of(PAGE)
    }

    /// Gives the pages back. The elements must not be used again.
    fn unmap(&mut self) {
        if self.capacity != 0 {
            // SAFETY: the mapping is ours, and `&mut self` says that nobody holds a
            // reference into it. The call can't fail for a mapping that exists; if it did,
            // the pages would leak.
            let _ = unsafe { munmap(self.start.as_ptr().cast(), self.byte_size()) };
            self.capacity = 0;
        }
    }
}

impl<T> Drop for PageArray<T> {
    fn drop(&mut self) {
        self.unmap();
    }
}

/// Bytes that are kept as long as the process lives.
pub struct Keeper {
    free: &'static mut [u8],
}

impl Keeper {
    /// Pages to fetch at a time, in bytes.
    const PORTION: usize = 0x1_0000;

    pub const fn new() -> Self {
        Self { free: &mut [] }
    }

    /// A copy of the concatenated `parts`.
    ///
    /// # Errors
    /// When the kernel has no address space left.
    pub fn keep(&mut self, parts: &[&[u8]]) -> Result<&'static [u8], NoMemory> {
        let len: usize = parts.iter().map(|part| part.len()).sum();
        if len > self.free.len() {
            let mut pages = ManuallyDrop::new(PageArray::<u8>::new());
            pages.reserve(len.max(Self::PORTION))?;
            let (start, size) = (pages.start.as_ptr().cast(), pages.capacity);
            // SAFETY: zeroed by the kernel, never unmapped, and this is the
            // only reference there will be.
            self.free = unsafe { core::slice::from_raw_parts_mut(start, size) };
        }
        let (kept, free) = core::mem::take(&mut self.free).split_at_mut(len);
        self.free = free;
        let mut end = 0;
        for part in parts {
            kept[end..][..part.len()].copy_from_slice(part);
            end += part.len();
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_and_keeps_what_is_there() {
        let mut array = PageArray::<u64>::new();
        assert_eq!(array.as_slice().len(), 0);
        array.reserve(1).unwrap();
        array.as_mut_slice()[0].write(7);
        array.reserve(1_000_000).unwrap();
        assert!(array.capacity() >= 1_000_000);
        // SAFETY: written above; the rest is zeroed by the kernel.
        unsafe {
            assert_eq!(array.as_slice()[0].assume_init(), 7);
            assert_eq!(array.as_slice()[999_999].assume_init(), 0);
        }
    }

    #[test]
    fn all_elements_move_along() {
        let mut array = PageArray::<[u8; 24]>::new();
        let mut written = 0;
        for _ in 0..5 {
            array.reserve(2 * array.capacity() + 1).unwrap();
            for (index, slot) in array.as_mut_slice().iter_mut().enumerate().skip(written) {
                slot.write([index as u8; 24]);
            }
            written = array.capacity();
            for (index, slot) in array.as_slice().iter().enumerate() {
                // SAFETY: all are written.
                assert_eq!(unsafe { slot.assume_init() }, [index as u8; 24]);
            }
        }
    }

    #[test]
    fn too_much_is_an_error() {
        assert_eq!(
            PageArray::<u64>::new().reserve(usize::MAX / 8),
            Err(NoMemory)
        );
        assert_eq!(PageArray::<u64>::new().reserve(usize::MAX), Err(NoMemory));
    }

    #[test]
    fn kept_parts_are_joined() {
        let mut keeper = Keeper::new();
        let first = keeper.keep(&[b"PWD=", b"/x"]).unwrap();
        assert_eq!(keeper.keep(&[]).unwrap(), b"");
        let large = [7; 100_000];
        let second = keeper.keep(&[b"a", &large]).unwrap();
        let third = keeper.keep(&[b"b"]).unwrap();
        assert_eq!((first, third), (&b"PWD=/x"[..], &b"b"[..]));
        assert_eq!((second[0], &second[1..]), (b'a', &large[..]));
    }
}
