//! Operators for ranges of memory, which trap before they write anything.

use super::{NOTHING, Outcome, Plan, index};
use crate::sweep::site::{FILLED, Length, SEGMENT, Site};

/// Lengths of ranges: 0; the lengths that the compiler lowers to loads and stores, and the
/// next length; a page; lengths beyond most memories.
const LENGTHS: [u32; 13] = [
    0,
    1,
    2,
    3,
    7,
    8,
    16,
    31,
    128,
    129,
    4096,
    0x8000_0000,
    0xffff_ffff,
];

/// A longer range is tried only where it must trap.
const MOVED: u64 = 8192;

impl Plan {
    /// Operators for ranges in memory, with constant lengths and with lengths from a
    /// parameter.
    pub(super) fn ranges(&mut self) {
        for length in LENGTHS {
            for how in [Length::Constant(length), Length::Given] {
                let bytes = u64::from(length);
                let mut starts = self.starts(bytes.max(1), 0);
                starts.extend(self.size.checked_sub(bytes));
                for start in starts {
                    let Ok(given) = u32::try_from(start) else {
                        continue;
                    };
                    if self.is_inside(start, bytes) && bytes > MOVED {
                        continue;
                    }
                    for site in [Site::Fill(how), Site::CopyTo(how), Site::CopyFrom(how)] {
                        self.range(site, how, given, length);
                    }
                }
            }
        }
    }

    fn range(&mut self, site: Site, how: Length, given: u32, length: u32) {
        self.tried += 1;
        let (start, bytes) = (u64::from(given), u64::from(length));
        let (from, to) = match site {
            Site::CopyTo(_) => (0, start),
            Site::CopyFrom(_) => (start, 0),
            _ => (start, start),
        };
        if self.is_inside(from, bytes) && self.is_inside(to, bytes) {
            let moved = match site {
                Site::Fill(_) => vec![FILLED; length as usize],
                _ => self.read(from, bytes),
            };
            self.write(to, &moved);
            self.push(site, given, length, NOTHING);
            self.show(to, bytes.min(32));
            self.show((to + bytes).saturating_sub(8), 16);
            // Keeps all of memory from becoming the same.
            self.put(to, to + 8);
            return;
        }
        self.push(site, given, length, Outcome::Trap);
        if how == Length::Given {
            // Nothing is written.
            self.show(to, bytes.min(32));
        } else {
            self.put(to, to + bytes.min(MOVED));
        }
    }

    /// `memory.init` at the end of memory and of its segment.
    pub(super) fn segments(&mut self) {
        for length in [0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 0xffff_ffff] {
            let end = self.size.saturating_sub(length);
            for to in [end, end + 1, self.size, self.size + 1, 0xffff_ffff] {
                self.init(Site::Init, 0, to, length);
            }
            let end = SEGMENT.saturating_sub(length);
            for from in [end, end + 1, SEGMENT, SEGMENT + 1, 0xffff_ffff] {
                self.init(Site::InitFrom, from, 0, length);
            }
        }
    }

    fn init(&mut self, site: Site, from: u64, to: u64, length: u64) {
        // One of the two is 0, the other is the index.
        let Ok(given) = u32::try_from(from + to) else {
            return;
        };
        let outcome = if from + length <= SEGMENT && self.is_inside(to, length) {
            let bytes: Vec<u8> = (0..=u8::MAX).collect();
            self.write(to, &bytes[from as usize..(from + length) as usize]);
            NOTHING
        } else {
            Outcome::Trap
        };
        self.tried += 1;
        self.push(site, given, index(length), outcome);
        self.show(to, length.min(SEGMENT));
    }
}
