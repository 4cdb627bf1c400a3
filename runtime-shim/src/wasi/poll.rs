//! Waiting for time and descriptors.
//!
//! Go's scheduler depends on this call: every sleep and every goroutine that waits for input
//! comes here, and an errno other than `EINTR` kills Go's runtime. Invariant: an error of one
//! subscription is reported in its event.

use super::Wasi;
use super::clock::{clock, nanoseconds, timespec};
use super::poll_set::PollSet;
use crate::abi::errno::Errno;
use crate::abi::fdtable::{Descriptor, FdTable};
use crate::abi::guest_memory::{Memory, Ptr};
use crate::abi::rights::Rights;
use crate::quit;
use crate::shim_memory::PageArray;
use core::mem::MaybeUninit;
use rustix::event::PollFlags;
use rustix::io::{Errno as Host, ioctl_fionread};
use rustix::thread::{NanosleepRelativeResult, clock_nanosleep_relative};
use rustix::time::{ClockId, clock_gettime};

/// Sizes of a `subscription` and an `event` in bytes.
const SUBSCRIPTION_SIZE: u64 = 48;
const EVENT_SIZE: u64 = 32;

/// The bit of `subclockflags` that makes a timeout a point in time.
const ABSTIME: u16 = 1;
/// The bit of `eventrwflags` that says that the peer has closed or disconnected.
const HANGUP: u16 = 1;

/// Up to this many subscriptions, the entries for the host's `poll` lie on the stack; with
/// more subscriptions they take pages of their own.
const INLINE: usize = 64;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#poll_oneoff):
/// waits until at least one of `nsubscriptions` subscriptions at `subscriptions`
/// has an event, writes all events there are at `events` and their number at
/// `nevents`.
///
/// # Errors
/// `EINVAL` for no subscription at all, or a kind of subscription that the
/// specification doesn't have; `ENOMEM`. In an event: `EBADF` for a descriptor that
/// isn't open, or isn't open for that operation, `ENOTCAPABLE` without the right to poll,
/// `EINVAL` for a clock that can't be waited for.
pub fn poll_oneoff(
    wasi: &mut Wasi,
    subscriptions: Ptr,
    events: Ptr,
    nsubscriptions: u32,
    nevents: Ptr,
) -> Result<(), Errno> {
    if nsubscriptions == 0 {
        return Err(Errno::INVAL);
    }
    let subscriptions = Records::new(
        &wasi.memory,
        subscriptions,
        nsubscriptions,
        SUBSCRIPTION_SIZE,
    )?;
    let events = Records::new(&wasi.memory, events, nsubscriptions, EVENT_SIZE)?;
    wasi.memory.expect_room(nevents, 4)?;
    let first = Subscription::read(&wasi.memory, subscriptions.at(0))?;
    let count = match first.wait {
        Wait::Clock(timer) if nsubscriptions == 1 && timer.is_sleep() => {
            sleep(timer);
            first
                .event(Ok(Readiness::NONE))
                .write(&mut wasi.memory, events.at(0))?;
            1
        }
        _ => wait(wasi, subscriptions, events)?,
    };
    wasi.memory.write_u32(nevents, count)
}

/// An array of records in linear memory.
#[derive(Clone, Copy)]
struct Records {
    start: Ptr,
    count: u32,
    size: u64,
}

impl Records {
    fn new(memory: &Memory, start: Ptr, count: u32, size: u64) -> Result<Self, Errno> {
        let bytes = u32::try_from(u64::from(count) * size).map_err(|_| Errno::FAULT)?;
        memory.expect_room(start, bytes)?;
        Ok(Self { start, count, size })
    }

    /// Address of the record with this index, which is in the array.
    fn at(self, index: u32) -> Ptr {
        self.start + index * self.size as u32
    }
}

/// What the guest waits for: a clock, or a descriptor to be read or written.
#[derive(Clone, Copy)]
enum Wait {
    Clock(Timer),
    Read(u32),
    Write(u32),
}

/// A clock to wait for.
#[derive(Clone, Copy)]
struct Timer {
    /// Preview 1's `clockid`.
    id: u32,
    /// Nanoseconds: a point in time if `absolute`, else from the call on.
    timeout: u64,
    absolute: bool,
}

struct Subscription {
    userdata: u64,
    wait: Wait,
}

impl Subscription {
    fn read(memory: &Memory, at: Ptr) -> Result<Self, Errno> {
        let record: [u8; SUBSCRIPTION_SIZE as usize] = memory.array(at)?;
        let u16_at = |i: usize| u16::from_le_bytes([record[i], record[i + 1]]);
        let u32_at = |i: usize| u32::from(u16_at(i)) | u32::from(u16_at(i + 2)) << 16;
        let u64_at = |i: usize| u64::from(u32_at(i)) | u64::from(u32_at(i + 4)) << 32;
        let wait = match record[8] {
            0 => Wait::Clock(Timer {
                id: u32_at(16),
                timeout: u64_at(24),
                absolute: u16_at(40) & ABSTIME != 0,
            }),
            1 => Wait::Read(u32_at(16)),
            2 => Wait::Write(u32_at(16)),
            _ => return Err(Errno::INVAL),
        };
        Ok(Self {
            userdata: u64_at(0),
            wait,
        })
    }

    fn event(&self, result: Result<Readiness, Errno>) -> Event {
        Event {
            userdata: self.userdata,
            error: result.err().map_or(0, Errno::number),
            kind: match self.wait {
                Wait::Clock(_) => 0,
                Wait::Read(_) => 1,
                Wait::Write(_) => 2,
            },
            readiness: result.unwrap_or(Readiness::NONE),
        }
    }
}

/// How many bytes can be read or written, and the `eventrwflags`.
#[derive(Clone, Copy)]
struct Readiness {
    nbytes: u64,
    flags: u16,
}

impl Readiness {
    const NONE: Self = Self {
        nbytes: 0,
        flags: 0,
    };
}

struct Event {
    userdata: u64,
    error: u16,
    kind: u8,
    readiness: Readiness,
}

impl Event {
    fn write(&self, memory: &mut Memory, at: Ptr) -> Result<(), Errno> {
        let mut record = [0; EVENT_SIZE as usize];
        record[0..8].copy_from_slice(&self.userdata.to_le_bytes());
        record[8..10].copy_from_slice(&self.error.to_le_bytes());
        record[10] = self.kind;
        record[16..24].copy_from_slice(&self.readiness.nbytes.to_le_bytes());
        record[24..26].copy_from_slice(&self.readiness.flags.to_le_bytes());
        memory.write(at, &record)
    }
}

impl Timer {
    /// Whether `nanosleep` alone can wait for it, without reading the clock.
    fn is_sleep(self) -> bool {
        !self.absolute && self.id <= 1
    }

    /// Nanoseconds until the timer fires. `waited` nanoseconds have passed since the call.
    ///
    /// # Errors
    /// `EINVAL` for a clock that doesn't exist, and for CPU time, which doesn't pass while the
    /// only thread waits.
    fn remaining(self, waited: u64) -> Result<u64, Errno> {
        let id = match clock(self.id)? {
            id @ (ClockId::Realtime | ClockId::Monotonic) => id,
            _ => return Err(Errno::INVAL),
        };
        let now = if self.absolute {
            nanoseconds(clock_gettime(id))
        } else {
            waited
        };
        Ok(self.timeout.saturating_sub(now))
    }
}

/// Waits for a timer alone: Go's usleep, and sleeps while nothing else is waited for. One
/// system call, which is continued when a signal interrupts it. SIGQUIT ends the wait early: Go's
/// scheduler looks at the clock itself, and usleep would take an error for a bug.
fn sleep(timer: Timer) {
    let id = match timer.id {
        0 => ClockId::Realtime,
        _ => ClockId::Monotonic,
    };
    let mut left = timespec(timer.timeout);
    while let NanosleepRelativeResult::Interrupted(rest) = clock_nanosleep_relative(id, &left) {
        if quit::is_asked() {
            return;
        }
        left = rest;
    }
}

/// Waits for any subscriptions. Returns the number of events written.
fn wait(wasi: &mut Wasi, subscriptions: Records, events: Records) -> Result<u32, Errno> {
    let Wasi { memory, fds, .. } = wasi;
    let mut pages = PageArray::new();
    let mut inline = [const { MaybeUninit::uninit() }; INLINE];
    let room = if subscriptions.count as usize <= INLINE {
        &mut inline[..]
    } else {
        pages.reserve(subscriptions.count as usize)?;
        pages.as_mut_slice()
    };
    let mut polled = PollSet::new(room);
    gather(memory, fds, subscriptions, &mut polled)?;
    let started = now();
    let mut waited = 0;
    loop {
        let timeout = earliest(memory, fds, subscriptions, waited)?.map(timespec);
        match polled.wait(timeout.as_ref()) {
            // Go's scheduler asks again, and then shows where the goroutines are.
            Err(Host::INTR) if quit::is_asked() => return Err(Errno::INTR),
            Ok(()) | Err(Host::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        waited = now() - started;
        let count = collect(memory, fds, subscriptions, events, &polled, waited)?;
        if count > 0 {
            return Ok(count);
        }
    }
}

/// Nanoseconds of the monotonic clock.
fn now() -> u64 {
    nanoseconds(clock_gettime(ClockId::Monotonic))
}

/// The descriptor that a subscription waits for, and whether to read or to write. `None` for a
/// clock.
///
/// # Errors
/// `EBADF` or `ENOTCAPABLE` when the guest may not wait for it.
fn target(fds: &FdTable, wait: Wait) -> Option<Result<(&Descriptor, PollFlags), Errno>> {
    let (fd, right, what) = match wait {
        Wait::Clock(_) => return None,
        Wait::Read(fd) => (fd, Rights::FD_READ, PollFlags::IN),
        Wait::Write(fd) => (fd, Rights::FD_WRITE, PollFlags::OUT),
    };
    let descriptor = fds.get(fd).and_then(|descriptor| {
        descriptor.demand(right | Rights::POLL_FD_READWRITE)?;
        Ok((descriptor, what))
    });
    Some(descriptor)
}

/// Adds to `polled` every descriptor that a subscription names and the guest may poll.
fn gather<'fd>(
    memory: &Memory,
    fds: &'fd FdTable,
    subscriptions: Records,
    polled: &mut PollSet<'_, 'fd>,
) -> Result<(), Errno> {
    for index in 0..subscriptions.count {
        let subscription = Subscription::read(memory, subscriptions.at(index))?;
        if let Some(Ok((descriptor, what))) = target(fds, subscription.wait) {
            polled.add(descriptor, what);
        }
    }
    Ok(())
}

/// Nanoseconds until the first event that doesn't come from a descriptor. `None` when the guest
/// waits only for descriptors.
fn earliest(
    memory: &Memory,
    fds: &FdTable,
    subscriptions: Records,
    waited: u64,
) -> Result<Option<u64>, Errno> {
    let mut earliest: Option<u64> = None;
    for index in 0..subscriptions.count {
        let subscription = Subscription::read(memory, subscriptions.at(index))?;
        let due = match subscription.wait {
            Wait::Clock(timer) => timer.remaining(waited).unwrap_or(0),
            fd => match target(fds, fd) {
                Some(Err(_)) => 0,
                _ => continue,
            },
        };
        earliest = Some(earliest.map_or(due, |earliest| earliest.min(due)));
    }
    Ok(earliest)
}

/// Writes an event for everything that has happened, and returns the number of events.
fn collect(
    memory: &mut Memory,
    fds: &FdTable,
    subscriptions: Records,
    events: Records,
    polled: &PollSet<'_, '_>,
    waited: u64,
) -> Result<u32, Errno> {
    let mut count = 0;
    for index in 0..subscriptions.count {
        let subscription = Subscription::read(memory, subscriptions.at(index))?;
        let result = match (subscription.wait, target(fds, subscription.wait)) {
            (Wait::Clock(timer), _) => match timer.remaining(waited) {
                Ok(0) => Ok(Readiness::NONE),
                Ok(_) => continue,
                Err(error) => Err(error),
            },
            (_, Some(Ok((descriptor, what)))) => {
                let found = polled.found(descriptor, what);
                if found.is_empty() {
                    continue;
                }
                readiness(descriptor, what, found)
            }
            (_, Some(Err(error))) => Err(error),
            (_, None) => continue,
        };
        subscription.event(result).write(memory, events.at(count))?;
        count += 1;
    }
    Ok(count)
}

/// What an event says about a descriptor at which `poll` has found something. An error of the
/// descriptor itself is left to the read or write that follows.
fn readiness(
    descriptor: &Descriptor,
    what: PollFlags,
    found: PollFlags,
) -> Result<Readiness, Errno> {
    if found.contains(PollFlags::NVAL) {
        return Err(Errno::BADF);
    }
    let nbytes = if what == PollFlags::IN {
        ioctl_fionread(&descriptor.host).unwrap_or(0)
    } else {
        // The kernel doesn't say how many bytes there is room for, only that there is room.
        1
    };
    let gone = PollFlags::HUP | PollFlags::ERR;
    Ok(Readiness {
        nbytes,
        flags: if found.intersects(gone) { HANGUP } else { 0 },
    })
}

#[cfg(test)]
#[path = "poll_tests.rs"]
mod tests;
