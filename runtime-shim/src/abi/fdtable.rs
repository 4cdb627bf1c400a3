//! The guest's descriptors.
//!
//! Invariants: a new descriptor gets the lowest free number, as in POSIX; and the host
//! descriptors 0, 1 and 2 are never free, so that no file of the guest gets one of these
//! numbers and receives the messages of the runtime. What a descriptor may do is decided in
//! [`crate::policy::rights`].

use super::errno::Errno;
use super::guest_memory::Batch;
use super::listing::Listing;
use super::rights::Rights;
use super::types::{FileType, fdflags};
use crate::shim_memory::PageArray;
use core::cell::Cell;
use core::mem::ManuallyDrop;
use rustix::event::{PollFlags, epoll};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, openat};
use rustix::io::{DupFlags, Errno as Host, dup3, try_close};

/// A host descriptor, closed when dropped.
pub enum HostFd {
    Owned(OwnedFd),
    /// One of the host's 0, 1 and 2: closing it leaves an inert descriptor under its number.
    Standard(ManuallyDrop<OwnedFd>),
    /// A descriptor that only some modules can have.
    Special(OwnedFd, &'static Special),
    /// A descriptor that the runtime keeps open, whoever closes this.
    Kept(BorrowedFd<'static>),
}

/// How a special descriptor is read, and what its end means. These are functions behind pointers,
/// so that an executable has them only if its module can open such a descriptor.
pub struct Special {
    /// Reads into the buffers, and returns the number of bytes.
    pub read: fn(BorrowedFd<'_>, &mut Batch<'_>) -> rustix::io::Result<usize>,
    /// Called before the descriptor is closed.
    pub closing: fn(),
}

impl AsFd for HostFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Owned(fd) => fd.as_fd(),
            Self::Standard(fd) => fd.as_fd(),
            Self::Special(fd, _) => fd.as_fd(),
            Self::Kept(fd) => *fd,
        }
    }
}

impl HostFd {
    /// Closes the descriptor. File systems that write late (NFS, FUSE, quotas) report lost
    /// data here.
    ///
    /// # Errors
    /// `EIO`, `ENOSPC`, `EDQUOT`. The descriptor is closed all the same, also when Linux
    /// answers `EINTR`.
    pub fn close(self) -> rustix::io::Result<()> {
        let Self::Owned(fd) = &self else {
            return Ok(());
        };
        let raw = fd.as_raw_fd();
        core::mem::forget(self);
        // SAFETY: the descriptor was owned, and its owner has just been forgotten.
        match unsafe { try_close(raw) } {
            Err(Host::INTR) => Ok(()),
            result => result,
        }
    }
}

impl Drop for HostFd {
    fn drop(&mut self) {
        match self {
            Self::Owned(_) | Self::Kept(_) => {}
            Self::Standard(fd) => {
                if let Ok(placeholder) = placeholder() {
                    let _ = dup3(&placeholder, fd, DupFlags::empty());
                }
            }
            Self::Special(_, special) => (special.closing)(),
        }
    }
}

/// A descriptor that can neither be read nor written: an epoll instance that waits for
/// nothing. No file is opened to make it, because the second fence may forbid opening files.
fn placeholder() -> rustix::io::Result<OwnedFd> {
    epoll::create(epoll::CreateFlags::CLOEXEC)
}

/// A descriptor that can neither be read nor written, for the time before the second fence
/// stands.
pub fn inert() -> rustix::io::Result<OwnedFd> {
    openat(CWD, c"/", OFlags::PATH | OFlags::CLOEXEC, Mode::empty())
}

/// What the guest has under a number.
pub struct Descriptor {
    pub host: HostFd,
    pub filetype: FileType,
    pub rights: Rights,
    /// The rights that it hands down to files that are opened with it.
    pub inheriting: Rights,
    /// The `fdflags` as the guest last set them.
    pub flags: u16,
    /// 0, 1 or 2 when the open file description came from the parent process, which may
    /// share it with others: the description's flags must not be changed. 0, too, for the
    /// controlling terminal, whose descriptors share one description.
    pub stdio: Option<u8>,
    /// Opened below a grant for reading only.
    pub read_only: bool,
    pub preopen: Option<Preopen>,
    /// The name of a directory of the root ([`crate::policy::root`]), which no host has.
    pub in_root: Option<&'static [u8]>,
    /// Only a name in the directory is granted ([`crate::policy::files`]): no link there is
    /// followed.
    pub single: bool,
    /// The entry of the `poll_oneoff` call that waits for this descriptor.
    pub poll_slot: Cell<PollSlot>,
    /// How far a directory has been listed.
    pub listing: Listing,
    /// The host's descriptor has O_NONBLOCK whatever the guest wants, and the guest's NONBLOCK
    /// is emulated: a FIFO to be read (see `wasi/fifo.rs`).
    pub never_waits: bool,
    /// Whether the file lies in a file system by which the kernel is controlled. `None` until
    /// the kernel is asked; the answer never changes.
    pub is_control: Cell<Option<bool>>,
}

/// A descriptor's entry in the set of descriptors that a call polls, and what the entry
/// waits for. The value of an earlier call may still be here; who reads it compares the
/// entry with the descriptor.
#[derive(Clone, Copy)]
pub struct PollSlot {
    pub index: u32,
    pub what: PollFlags,
}

impl PollSlot {
    /// No entry.
    pub const NONE: Self = Self {
        index: u32::MAX,
        what: PollFlags::empty(),
    };
}

/// What the policy gives the guest at its start.
#[derive(Clone, Copy)]
pub enum Preopen {
    Directory {
        /// Its name in the guest.
        name: &'static [u8],
        /// It is the host's root.
        root: bool,
    },
    /// A listening socket.
    Listener,
    /// The root, which no host has. Its name is `/`.
    Root,
}

impl Preopen {
    /// The name that the guest gets for a directory.
    pub fn name(self) -> Option<&'static [u8]> {
        match self {
            Self::Directory { name, .. } => Some(name),
            Self::Root => Some(b"/"),
            Self::Listener => None,
        }
    }
}

impl Descriptor {
    /// A descriptor without rights, flags or origin.
    pub fn new(host: HostFd, filetype: FileType) -> Self {
        Self {
            host,
            filetype,
            rights: Rights::NONE,
            inheriting: Rights::NONE,
            flags: 0,
            stdio: None,
            read_only: false,
            preopen: None,
            in_root: None,
            single: false,
            poll_slot: Cell::new(PollSlot::NONE),
            listing: Listing::new(),
            never_waits: false,
            is_control: Cell::new(None),
        }
    }

    /// Whether the guest wants calls to fail with `EAGAIN` rather than wait.
    pub fn nonblocking(&self) -> bool {
        self.flags & fdflags::NONBLOCK != 0
    }

    /// Whether the guest's NONBLOCK isn't the host's O_NONBLOCK: then a call decides whether to
    /// wait before it asks the host.
    pub fn emulates_nonblock(&self) -> bool {
        (self.stdio.is_some() || self.never_waits) && !self.filetype.never_blocks()
    }

    /// The name of a granted directory.
    pub fn preopen_name(&self) -> Option<&'static [u8]> {
        match self.preopen {
            Some(Preopen::Directory { name, .. }) => Some(name),
            _ => None,
        }
    }
}

/// Slots that need no pages: enough for programs that open few files.
const INLINE: usize = 16;

/// Descriptors by number.
pub struct FdTable {
    inline: [Option<Descriptor>; INLINE],
    /// Slots from [`INLINE`] on, all initialised.
    grown: PageArray<Option<Descriptor>>,
    /// No number below this is free.
    lowest_free: usize,
}

impl FdTable {
    pub const fn new() -> Self {
        Self {
            inline: [const { None }; INLINE],
            grown: PageArray::new(),
            lowest_free: 0,
        }
    }

    fn slot(&self, fd: usize) -> Option<&Option<Descriptor>> {
        let Some(index) = fd.checked_sub(INLINE) else {
            return Some(&self.inline[fd]);
        };
        let slot = self.grown.as_slice().get(index)?;
        // SAFETY: `add_slots` initialises every slot that it adds.
        Some(unsafe { slot.assume_init_ref() })
    }

    fn slot_mut(&mut self, fd: usize) -> Option<&mut Option<Descriptor>> {
        let Some(index) = fd.checked_sub(INLINE) else {
            return Some(&mut self.inline[fd]);
        };
        let slot = self.grown.as_mut_slice().get_mut(index)?;
        // SAFETY: as in `slot`.
        Some(unsafe { slot.assume_init_mut() })
    }

    /// All open descriptors, by number.
    pub fn iter(&self) -> impl Iterator<Item = &Descriptor> + Clone {
        self.numbered().map(|(_, descriptor)| descriptor)
    }

    /// All open descriptors with their numbers.
    pub fn numbered(&self) -> impl Iterator<Item = (u32, &Descriptor)> + Clone {
        // SAFETY: as in `slot`.
        let grown = (self.grown.as_slice().iter()).map(|slot| unsafe { slot.assume_init_ref() });
        let slots = (0..).zip(self.inline.iter().chain(grown));
        slots.filter_map(|(fd, slot)| Some((fd, slot.as_ref()?)))
    }

    /// Adds slots, so that there is one for the number `fd`.
    fn add_slots(&mut self, fd: usize) -> Result<(), Errno> {
        let old = self.grown.capacity();
        // At least twice as many, so that copying takes constant time per added slot on average.
        self.grown.reserve(((fd + 1) - INLINE).max(old * 2))?;
        for slot in &mut self.grown.as_mut_slice()[old..] {
            slot.write(None);
        }
        Ok(())
    }

    /// The descriptor `fd`.
    ///
    /// # Errors
    /// `EBADF` when `fd` isn't open, as for all functions here.
    pub fn get(&self, fd: u32) -> Result<&Descriptor, Errno> {
        (self.slot(fd as usize).and_then(Option::as_ref)).ok_or(Errno::BADF)
    }

    pub fn get_mut(&mut self, fd: u32) -> Result<&mut Descriptor, Errno> {
        (self.slot_mut(fd as usize).and_then(Option::as_mut)).ok_or(Errno::BADF)
    }

    /// Gives `descriptor` the lowest free number.
    ///
    /// # Errors
    /// `ENOMEM` when the table can't grow; the descriptor is closed then.
    pub fn insert(&mut self, descriptor: Descriptor) -> Result<u32, Errno> {
        let mut fd = self.lowest_free;
        while self.slot(fd).is_some_and(Option::is_some) {
            fd += 1;
        }
        if self.slot(fd).is_none() {
            self.add_slots(fd)?;
        }
        *self.slot_mut(fd).expect("BUG: no slot after growing") = Some(descriptor);
        self.lowest_free = fd + 1;
        u32::try_from(fd).map_err(|_| Errno::MFILE)
    }

    /// Takes `fd` out of the table; its number is free then.
    pub fn remove(&mut self, fd: u32) -> Result<Descriptor, Errno> {
        let removed = (self.slot_mut(fd as usize).and_then(Option::take)).ok_or(Errno::BADF)?;
        self.lowest_free = self.lowest_free.min(fd as usize);
        Ok(removed)
    }

    /// Moves `from` to the number of `to`, which is closed.
    pub fn renumber(&mut self, from: u32, to: u32) -> Result<(), Errno> {
        self.get(to)?;
        self.get(from)?;
        if from != to {
            let descriptor = self.remove(from)?;
            *self.get_mut(to)? = descriptor;
        }
        Ok(())
    }
}

impl Drop for FdTable {
    fn drop(&mut self) {
        for slot in self.grown.as_mut_slice() {
            // SAFETY: all slots are initialised, and dropped only here.
            unsafe { slot.assume_init_drop() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn descriptor() -> Descriptor {
        Descriptor::new(HostFd::Owned(inert().unwrap()), FileType::Unknown)
    }

    #[test]
    fn the_lowest_free_number_is_given() {
        let mut fds = FdTable::new();
        for expected in 0..700 {
            assert_eq!(fds.insert(descriptor()).unwrap(), expected);
        }
        for fd in [600, 20, 3] {
            fds.remove(fd).unwrap();
        }
        for expected in [3, 20, 600, 700] {
            assert_eq!(fds.insert(descriptor()).unwrap(), expected);
        }
        assert_eq!(fds.remove(701).err(), Some(Errno::BADF));
        assert_eq!(fds.get(u32::MAX).err(), Some(Errno::BADF));
    }

    #[test]
    fn renumbering_frees_the_old_number() {
        let mut fds = FdTable::new();
        for _ in 0..3 {
            fds.insert(descriptor()).unwrap();
        }
        fds.get_mut(0).unwrap().flags = 9;
        fds.renumber(0, 2).unwrap();
        assert_eq!(fds.get(2).unwrap().flags, 9);
        assert_eq!(fds.get(0).err(), Some(Errno::BADF));
        assert_eq!(fds.renumber(2, 0), Err(Errno::BADF));
        assert_eq!(fds.renumber(0, 2), Err(Errno::BADF));
        fds.renumber(2, 2).unwrap();
        assert_eq!(fds.insert(descriptor()).unwrap(), 0);
    }

    #[test]
    fn a_closed_standard_descriptor_is_inert() {
        use rustix::io::{read, write};
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        let number = writer.as_raw_fd();
        drop(HostFd::Standard(ManuallyDrop::new(writer)));
        // The reader sees the end.
        assert_eq!(read(&reader, &mut [0; 1]), Ok(0));
        // SAFETY: the number is still taken, by the placeholder, which is closed here.
        let placeholder = unsafe { <OwnedFd as rustix::fd::FromRawFd>::from_raw_fd(number) };
        assert!(write(&placeholder, b"x").is_err() && read(&placeholder, &mut [0; 1]).is_err());
    }
}
