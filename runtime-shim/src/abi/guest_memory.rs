//! Checked access to linear memory: the sandbox of the runtime. (The sandbox of generated
//! code is `lower/address.rs` in the compiler.)
//!
//! Invariants:
//!
//! * Every guest pointer and length is checked against [`linear_memory::size_bytes`] in
//!   64-bit arithmetic before the first byte is touched, so a bad pointer is `EFAULT` and
//!   never a fault of the host.
//! * References into linear memory come only from a borrow of [`Memory`], so safe code
//!   never holds two overlapping references of which one is mutable.
//! * All numbers are little-endian, as in the guest and on all our hosts.

use crate::abi::errno::Errno;
use crate::linear_memory;
use core::marker::PhantomData;
use core::mem::MaybeUninit;
use core::ptr;
use rustix::io::{IoSlice, IoSliceMut};
use wasi_aot_contract::layout::native::MEMORY_BASE;

/// A guest address: an offset into linear memory.
pub type Ptr = u32;

/// Most buffers that go into one system call. A longer vector takes several calls, or ends
/// in a short read or write where that is allowed. Linux takes at most 1,024.
pub const IOV_BATCH: usize = 64;

/// Size of preview 1's `iovec` and `ciovec` records in bytes.
const IOVEC_SIZE: u64 = 8;

/// The right to touch linear memory. It is borrowed while a reference into linear memory
/// lives.
pub struct Memory(());

impl Memory {
    /// # Safety
    /// At most one value may exist at a time. While it exists, the first
    /// [`linear_memory::size_bytes`] bytes at [`MEMORY_BASE`] must be mapped readable and
    /// writable, and nothing may access them during the borrows that this value hands out,
    /// except the kernel on behalf of this module.
    pub const unsafe fn new() -> Self {
        Self(())
    }

    /// The host's address of the guest's `at`.
    ///
    /// # Errors
    /// `EFAULT` unless `[at, at + len)` lies within linear memory.
    fn check(at: Ptr, len: u64) -> Result<*mut u8, Errno> {
        // Neither term exceeds 2^35, so the sum can't wrap.
        if u64::from(at) + len <= linear_memory::size_bytes() {
            Ok(ptr::with_exposed_provenance_mut(
                (MEMORY_BASE + u64::from(at)) as usize,
            ))
        } else {
            Err(Errno::FAULT)
        }
    }

    /// The `len` bytes at `at`.
    ///
    /// # Errors
    /// `EFAULT` unless they lie within linear memory, as for all functions here.
    pub fn bytes(&self, at: Ptr, len: u32) -> Result<&[u8], Errno> {
        let start = Self::check(at, u64::from(len))?;
        // SAFETY: checked to be mapped; `new` promises that nothing writes it
        // while `self` is borrowed, and this module writes only through `&mut`.
        Ok(unsafe { core::slice::from_raw_parts(start, len as usize) })
    }

    /// The `len` bytes at `at`, to be written.
    pub fn bytes_mut(&mut self, at: Ptr, len: u32) -> Result<&mut [u8], Errno> {
        let start = Self::check(at, u64::from(len))?;
        // SAFETY: as in `bytes`; the exclusive borrow of `self` makes it unique.
        Ok(unsafe { core::slice::from_raw_parts_mut(start, len as usize) })
    }

    /// A copy of the `N` bytes at `at`.
    pub fn array<const N: usize>(&self, at: Ptr) -> Result<[u8; N], Errno> {
        let bytes = self.bytes(at, N as u32)?;
        Ok(bytes
            .try_into()
            .expect("BUG: a slice of N bytes isn't an array of N"))
    }

    /// Stores `bytes` at `at`.
    pub fn write(&mut self, at: Ptr, bytes: &[u8]) -> Result<(), Errno> {
        let len = u32::try_from(bytes.len()).map_err(|_| Errno::FAULT)?;
        self.bytes_mut(at, len)?.copy_from_slice(bytes);
        Ok(())
    }

    pub fn write_u32(&mut self, at: Ptr, value: u32) -> Result<(), Errno> {
        self.write(at, &value.to_le_bytes())
    }

    pub fn write_u64(&mut self, at: Ptr, value: u64) -> Result<(), Errno> {
        self.write(at, &value.to_le_bytes())
    }

    /// `EFAULT` unless a result of `len` bytes can be stored at `at`. A call checks this before
    /// an operation whose effect can't be undone.
    pub fn expect_room(&self, at: Ptr, len: u32) -> Result<(), Errno> {
        Self::check(at, u64::from(len)).map(|_| ())
    }

    /// The vector of `count` buffers at `at`, each of its buffers checked.
    ///
    /// # Errors
    /// `EFAULT` when the vector or one of its buffers isn't in linear memory,
    /// `EINVAL` when the lengths add up to more than a 32-bit size.
    pub fn io_vector(&self, at: Ptr, count: u32) -> Result<IoVector, Errno> {
        Self::check(at, u64::from(count) * IOVEC_SIZE)?;
        let vector = IoVector { at, count };
        let mut total = 0u64;
        for index in 0..count {
            let (start, len) = vector.entry(self, index)?;
            Self::check(start, u64::from(len))?;
            total += u64::from(len);
        }
        if total <= u64::from(u32::MAX) {
            Ok(vector)
        } else {
            Err(Errno::INVAL)
        }
    }
}

/// A guest's array of `iovec` or `ciovec`, found valid by [`Memory::io_vector`].
#[derive(Clone, Copy)]
pub struct IoVector {
    at: Ptr,
    count: u32,
}

impl IoVector {
    /// Address and length of the buffer with this index.
    fn entry(self, memory: &Memory, index: u32) -> Result<(Ptr, u32), Errno> {
        let at = u64::from(self.at) + u64::from(index) * IOVEC_SIZE;
        let at = u32::try_from(at).map_err(|_| Errno::FAULT)?;
        let record = u64::from_le_bytes(memory.array(at)?);
        Ok((record as u32, (record >> 32) as u32))
    }

    /// The next non-empty buffers from index `next` on, at most [`IOV_BATCH`]. Moves `next`
    /// past them. The batch is empty at the vector's end.
    ///
    /// # Errors
    /// `EFAULT` when a record has become invalid since the vector was checked: a read into one
    /// buffer may have changed the vector itself.
    pub fn batch<'m>(self, memory: &'m mut Memory, next: &mut u32) -> Result<Batch<'m>, Errno> {
        let mut batch = Batch {
            buffers: [const { MaybeUninit::uninit() }; IOV_BATCH],
            first: 0,
            end: 0,
            _memory: PhantomData,
        };
        while *next < self.count && batch.end < IOV_BATCH {
            let (at, len) = self.entry(memory, *next)?;
            *next += 1;
            if len != 0 {
                let start = Memory::check(at, u64::from(len))?;
                batch.buffers[batch.end].write(KernelIovec {
                    start,
                    len: len as usize,
                });
                batch.end += 1;
            }
        }
        Ok(batch)
    }
}

/// Linux's `struct iovec`.
#[repr(C)]
struct KernelIovec {
    start: *mut u8,
    len: usize,
}

/// Buffers in linear memory for one system call. They may overlap: they are raw pointers
/// until the kernel copies to or from one buffer after the other.
pub struct Batch<'m> {
    /// The elements `[0, end)` are initialised; those in `[0, first)` are used up.
    buffers: [MaybeUninit<KernelIovec>; IOV_BATCH],
    first: usize,
    end: usize,
    _memory: PhantomData<&'m mut Memory>,
}

impl Batch<'_> {
    pub fn is_empty(&self) -> bool {
        self.first == self.end
    }

    /// Bytes of all buffers.
    pub fn room(&self) -> usize {
        let live = &self.buffers[self.first..self.end];
        // SAFETY: initialised from `first` to `end`.
        let lengths = live
            .iter()
            .map(|buffer| unsafe { buffer.assume_init_ref() }.len);
        lengths.sum()
    }

    /// Stores `bytes` in the buffers, one after the other.
    ///
    /// # Panics
    /// If the buffers have less room.
    pub fn store(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            assert!(
                self.first < self.end,
                "BUG: more bytes than the batch has room for"
            );
            // SAFETY: initialised below `end`.
            let buffer = unsafe { self.buffers[self.first].assume_init_ref() };
            let count = buffer.len.min(bytes.len());
            // SAFETY: the buffer was checked, `bytes` is memory of the runtime, and the exclusive
            // borrow of Memory says that nothing refers to the buffer.
            unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), buffer.start, count) };
            bytes = &bytes[count..];
            self.advance(count);
        }
    }

    /// For a system call that fills the buffers.
    pub fn as_io_slices_mut(&mut self) -> &mut [IoSliceMut<'_>] {
        let live = &mut self.buffers[self.first..self.end];
        // SAFETY: all of `live` is initialised, and `IoSliceMut` is documented to have the
        // layout of `struct iovec` on Unix. Each element names checked bytes that the
        // exclusive borrow of Memory keeps from everyone else. Elements may overlap, but
        // no references to their bytes are made: the slice is handed to the kernel, which
        // copies into one after the other.
        unsafe { core::slice::from_raw_parts_mut(live.as_mut_ptr().cast(), live.len()) }
    }

    /// For a system call that takes the buffers' bytes.
    pub fn as_io_slices(&self) -> &[IoSlice<'_>] {
        let live = &self.buffers[self.first..self.end];
        // SAFETY: as in `as_io_slices_mut`; nothing writes the bytes meanwhile, so
        // overlapping elements merely share bytes.
        unsafe { core::slice::from_raw_parts(live.as_ptr().cast(), live.len()) }
    }

    /// Drops the first `count` bytes, which a system call has read or written.
    pub fn advance(&mut self, mut count: usize) {
        while self.first < self.end {
            // SAFETY: initialised below `end`.
            let buffer = unsafe { self.buffers[self.first].assume_init_mut() };
            if count < buffer.len {
                // SAFETY: stays inside the checked buffer.
                buffer.start = unsafe { buffer.start.add(count) };
                buffer.len -= count;
                return;
            }
            count -= buffer.len;
            self.first += 1;
        }
        assert!(count == 0, "BUG: more bytes done than the batch held");
    }
}

#[cfg(test)]
#[path = "guest_memory_tests.rs"]
mod tests;
