//! Opening without stopping all goroutines: FIFOs, and files under a lease.
//!
//! Linux's `open` of a FIFO waits for the other end, and all goroutines would wait with it.
//! Go can't ask for NONBLOCK on wasip1. So the host's `open` gets O_NONBLOCK, and the runtime or
//! the guest waits instead:
//!
//! * A FIFO to be read opens at once, and its descriptor keeps O_NONBLOCK for good
//!   ([`Descriptor::never_waits`](crate::abi::fdtable::Descriptor::never_waits)); the first
//!   read waits for a writer (`fd_io.rs`).
//! * A FIFO to be written can't be opened before somebody has it open for reading. Until
//!   then the goroutine gets `EINTR` every millisecond and gives way to others: Go's os
//!   package makes the call again (`ignoringEINTR` in os/file_unix.go). Giving way is a
//!   store to linear memory ([`preempt::give_way`]). Guests that aren't Go's wait here.

use crate::abi::errno::Errno;
use crate::abi::guest_memory::Memory;
use crate::abi::rights::Rights;
use crate::abi::types::{FileType, fdflags};
use crate::policy::opening::{Lookup, Request};
use crate::preempt;
use rustix::fd::OwnedFd;
use rustix::fs::{FileType as HostType, OFlags, Stat, fcntl_setfl, fstat};
use rustix::thread::clock_nanosleep_relative;
use rustix::time::{ClockId, Timespec};

/// How long the process sleeps before the guest makes the call again. No goroutine runs in
/// this time.
const GIVING_WAY: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 1_000_000,
};

/// Opens the file. The host doesn't wait; where that fails, the waiting is done here.
///
/// # Errors
/// [`Errno::GIVE_WAY`] to have the guest make the call again, and those of
/// [`Request::open`].
pub fn open_patiently(
    request: &Request,
    lookup: &Lookup<'_>,
    memory: &mut Memory,
) -> Result<OwnedFd, Errno> {
    let flags = request.host_flags();
    if !adds_nonblock(request) {
        return request.open(lookup, flags);
    }
    match request.open(lookup, flags | OFlags::NONBLOCK) {
        // Somebody holds a lease on the file.
        Err(Errno::AGAIN) => {}
        // A FIFO to be written that nobody reads, or another file without a peer.
        Err(Errno::NXIO) if is_fifo(&fstat(lookup.locate(request.follow)?)?) => {
            if preempt::give_way(memory) {
                let _ = clock_nanosleep_relative(ClockId::Monotonic, &GIVING_WAY);
                return Err(Errno::GIVE_WAY);
            }
        }
        opened => return opened,
    }
    request.open(lookup, flags)
}

/// Takes from `opened` the O_NONBLOCK that [`open_patiently`] added, unless `opened` is a FIFO
/// to be read. `stat` has the attributes of `opened`. Returns whether the descriptor keeps
/// O_NONBLOCK whatever the guest wants.
///
/// # Errors
/// Those of `fcntl`.
pub fn settle(request: &Request, opened: &OwnedFd, stat: &Stat) -> Result<bool, Errno> {
    let never_waits = is_fifo(stat) && !request.wants(Rights::FD_WRITE);
    if adds_nonblock(request) && !never_waits && !FileType::of(stat).never_blocks() {
        fcntl_setfl(opened, request.host_flags())?;
    }
    Ok(never_waits)
}

/// Whether the host's `open` gets O_NONBLOCK although the guest didn't ask for NONBLOCK. A FIFO
/// opened for both reading and writing opens at once, so such a request doesn't need
/// O_NONBLOCK.
fn adds_nonblock(request: &Request) -> bool {
    let both = request.wants(Rights::FD_READ | Rights::FD_WRITE);
    !both && request.fdflags & fdflags::NONBLOCK == 0
}

fn is_fifo(stat: &Stat) -> bool {
    HostType::from_raw_mode(stat.st_mode) == HostType::Fifo
}
