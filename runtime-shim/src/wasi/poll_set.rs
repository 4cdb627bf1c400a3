//! The descriptors that the host's `poll` waits for.
//!
//! Invariants:
//!
//! * **The host polls each descriptor once.** Linux refuses more entries than the process
//!   may have descriptors (`EINVAL`, poll(2)), and Go's runtime dies of that error. A guest
//!   may subscribe to one descriptor for reading and for writing, as Go does for each
//!   connection that it writes to, so one entry for each subscription could be too many.
//!   One entry for each descriptor can't be, since all of these descriptors are open.
//! * A descriptor's [`PollSlot`] belongs to this set if the entry that the slot names is the
//!   descriptor's. So slots of an earlier set may be left, and nothing has to be cleared.

use crate::abi::fdtable::{Descriptor, PollSlot};
use core::mem::MaybeUninit;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::{AsFd, AsRawFd};

/// Descriptors to wait for.
pub struct PollSet<'a, 'fd> {
    room: &'a mut [MaybeUninit<PollFd<'fd>>],
    /// Entries at the beginning of `room`, initialised.
    used: usize,
}

impl<'a, 'fd> PollSet<'a, 'fd> {
    /// Empty, with room for as many descriptors as `room` has elements.
    pub fn new(room: &'a mut [MaybeUninit<PollFd<'fd>>]) -> Self {
        Self { room, used: 0 }
    }

    fn entries(&self) -> &[PollFd<'fd>] {
        // SAFETY: `add` initialises an entry before it counts it.
        unsafe { self.room[..self.used].assume_init_ref() }
    }

    /// Index of `descriptor`'s entry, if it has one.
    fn index(&self, descriptor: &Descriptor) -> Option<usize> {
        let index = descriptor.poll_slot.get().index as usize;
        let entry = self.entries().get(index)?;
        (entry.as_fd().as_raw_fd() == descriptor.host.as_fd().as_raw_fd()).then_some(index)
    }

    /// Has the set wait at `descriptor` for `what` (reading or writing) as well.
    ///
    /// # Panics
    /// If there is no room.
    pub fn add(&mut self, descriptor: &'fd Descriptor, what: PollFlags) {
        let (index, what) = match self.index(descriptor) {
            Some(index) => (index, what | descriptor.poll_slot.get().what),
            None => {
                self.used += 1;
                (self.used - 1, what)
            }
        };
        self.room[index].write(PollFd::new(&descriptor.host, what));
        let index = index as u32;
        descriptor.poll_slot.set(PollSlot { index, what });
    }

    /// Waits until something can be done, at most for `timeout` if there is one.
    ///
    /// # Errors
    /// Those of poll(2): `EINTR`, `ENOMEM`.
    pub fn wait(&mut self, timeout: Option<&Timespec>) -> rustix::io::Result<()> {
        // SAFETY: as in `entries`.
        let entries = unsafe { self.room[..self.used].assume_init_mut() };
        poll(entries, timeout).map(|_| ())
    }

    /// The flags of `what` that [`PollSet::wait`] found set for `descriptor`, and the
    /// descriptor's error flags.
    pub fn found(&self, descriptor: &Descriptor, what: PollFlags) -> PollFlags {
        let wrong = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
        match self.index(descriptor) {
            Some(index) => self.entries()[index].revents() & (what | wrong),
            None => PollFlags::empty(),
        }
    }
}
