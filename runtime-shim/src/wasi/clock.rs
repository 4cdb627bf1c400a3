//! Clocks. Reading one is no system call where the kernel has a vDSO.

use super::Wasi;
use crate::abi::errno::Errno;
use crate::abi::guest_memory::Ptr;
use rustix::time::{ClockId, Timespec, clock_getres, clock_gettime};

/// Nanoseconds in a second.
const SECOND: u64 = 1_000_000_000;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#clock_time_get):
/// stores the time of clock `id` in nanoseconds. `precision` is ignored: Linux
/// answers as exactly as it can.
///
/// # Errors
/// `EINVAL` for a clock that the specification doesn't have; `EFAULT`.
pub fn clock_time_get(wasi: &mut Wasi, id: u32, _precision: u64, time: Ptr) -> Result<(), Errno> {
    let now = nanoseconds(clock_gettime(clock(id)?));
    wasi.memory.write_u64(time, now)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#clock_res_get):
/// stores the resolution of clock `id` in nanoseconds.
///
/// # Errors
/// `EINVAL` for a clock that the specification doesn't have; `EFAULT`.
pub fn clock_res_get(wasi: &mut Wasi, id: u32, resolution: Ptr) -> Result<(), Errno> {
    #[cfg(feature = "corrupt")]
    if id == crate::corrupt::CLOCK {
        return crate::corrupt::system_call(&mut wasi.memory, resolution);
    }
    let step = nanoseconds(clock_getres(clock(id)?));
    wasi.memory.write_u64(resolution, step)
}

/// The host's clock for a `clockid`.
///
/// # Errors
/// `EINVAL` when there is no such clock.
pub(super) fn clock(id: u32) -> Result<ClockId, Errno> {
    match id {
        0 => Ok(ClockId::Realtime),
        1 => Ok(ClockId::Monotonic),
        2 => Ok(ClockId::ProcessCPUTime),
        3 => Ok(ClockId::ThreadCPUTime),
        _ => Err(Errno::INVAL),
    }
}

/// A `timestamp`. Times before 1970 wrap around, so they are right for a guest that takes
/// the number as signed, as Go does.
pub(super) fn nanoseconds(time: Timespec) -> u64 {
    (time.tv_sec as u64)
        .wrapping_mul(SECOND)
        .wrapping_add(time.tv_nsec as u64)
}

/// A span of time.
pub(super) fn timespec(nanoseconds: u64) -> Timespec {
    Timespec {
        tv_sec: (nanoseconds / SECOND) as i64,
        tv_nsec: (nanoseconds % SECOND) as i64,
    }
}

/// The point in time of a `timestamp`; the counterpart of [`nanoseconds`].
pub(super) fn point_in_time(timestamp: u64) -> Timespec {
    let (timestamp, second) = (timestamp as i64, SECOND as i64);
    Timespec {
        tv_sec: timestamp.div_euclid(second),
        tv_nsec: timestamp.rem_euclid(second),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasi::fixture::Guest;

    #[test]
    fn clocks_run() {
        let mut guest = Guest::new();
        for id in 0..4 {
            clock_time_get(&mut guest.wasi, id, 0, 8).unwrap();
            let first = guest.u64(8);
            clock_time_get(&mut guest.wasi, id, 0, 8).unwrap();
            assert!(guest.u64(8) >= first && first > 0);
            clock_res_get(&mut guest.wasi, id, 16).unwrap();
            assert!((1..SECOND).contains(&guest.u64(16)));
        }
        assert_eq!(clock_time_get(&mut guest.wasi, 4, 0, 8), Err(Errno::INVAL));
        let outside = guest.size() - 7;
        assert_eq!(
            clock_time_get(&mut guest.wasi, 0, 0, outside),
            Err(Errno::FAULT)
        );
    }

    #[test]
    fn times_before_1970_survive() {
        let time = point_in_time((-1i64) as u64);
        assert_eq!((time.tv_sec, time.tv_nsec), (-1, 999_999_999));
        assert_eq!(nanoseconds(time), (-1i64) as u64);
    }
}
