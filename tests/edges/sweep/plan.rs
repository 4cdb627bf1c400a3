//! The accesses in their order, and the outcome of each by the specification's rule. An
//! access of `width` bytes at index plus offset traps unless it ends within the memory's
//! size. The sum of index and offset doesn't wrap around (core specification, "Memory
//! Instructions").

mod ranges;

use super::operators::{OPERATORS, Operator};
use super::site::{Form, Site};
use harness::rng::Rng;
use std::collections::{BTreeSet, HashMap};
use wasi_aot_contract::layout::{MAX_UNCHECKED_OFFSET, WASM_PAGE_SIZE};

/// A call of a function of the module.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub function: u32,
    pub index: u32,
    pub length: u32,
    /// The memory's size at that time, in bytes.
    pub size: u64,
    pub outcome: Outcome,
    /// `None` unless the case is a load or a store under test.
    pub address: Option<AccessAddress>,
}

/// The address that a load or a store accesses.
#[derive(Debug, Clone, Copy)]
pub struct AccessAddress {
    /// The address of the first byte. Relative to Go's SP it may be negative.
    pub start: i64,
    /// Whether the compiler compares the address with the memory's size.
    pub is_compared: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Trap,
    Gives([u64; 2]),
}

#[derive(Default)]
pub struct Plan {
    /// The module's functions.
    pub sites: Vec<Site>,
    pub cases: Vec<Case>,
    by_text: HashMap<String, u32>,
    /// The bytes of memory that aren't 0.
    memory: HashMap<u64, u8>,
    size: u64,
    /// How many cases are accesses under test. The others prepare memory or show it.
    pub tried: usize,
    /// Whether SP plus a small constant is trusted not to wrap around.
    trusted: bool,
}

/// Static offsets: 0, small ones, around the largest without a comparison, around 2^31, and
/// the largest that exist.
const OFFSETS: [u64; 12] = [
    0,
    1,
    4095,
    65536,
    MAX_UNCHECKED_OFFSET - 1,
    MAX_UNCHECKED_OFFSET,
    MAX_UNCHECKED_OFFSET + 1,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_0000,
    0xffff_fff0,
    0xffff_ffff,
];

/// Forms of the index beside the usual ones, for [`FEW`] operators.
const FORMS: [Form; 4] = [
    Form::Sum(-16),
    Form::Sum(0x7000_0000),
    Form::Wide(-16),
    Form::Wide(65_536),
];

const FEW: [&str; 6] = [
    "i64.load",
    "i32.load8_u",
    "v128.load",
    "i32.store",
    "i64.store8",
    "v128.store64_lane",
];

/// Constants that Go's code adds to SP. The first and the last are the furthest for which SP
/// is trusted.
const CONSTANTS: [i32; 4] = [-65_536, -8, 16, 65_535];

/// Static offsets of accesses relative to SP. With [`CONSTANTS`] their sums lie around the
/// largest offset without a comparison.
const GO_OFFSETS: [u64; 6] = [
    0,
    8,
    65_536,
    MAX_UNCHECKED_OFFSET - 65_535,
    MAX_UNCHECKED_OFFSET,
    MAX_UNCHECKED_OFFSET + 1,
];

const PAGE: u64 = 4096;

impl Plan {
    /// All accesses with memories of these sizes in pages, which must increase.
    pub fn new(pages: &[u32]) -> Self {
        let mut plan = Self::default();
        let mut before = 0;
        for &pages in pages {
            plan.grow(before, pages);
            before = pages;
            plan.fill_boundaries();
            for operator in OPERATORS {
                for offset in OFFSETS {
                    plan.accesses(operator, Form::Given, offset);
                    plan.accesses(operator, Form::Global, offset);
                }
            }
            for name in FEW {
                let operator = Operator::named(name);
                for offset in OFFSETS {
                    for form in FORMS {
                        plan.accesses(operator, form, offset);
                    }
                    plan.constants(operator, offset);
                }
            }
            plan.ranges();
            plan.segments();
        }
        plan
    }

    /// All accesses that Go's code makes relative to SP, below and above it, with memories of
    /// these sizes in pages. The first is the size at the start. If SP is `trusted`, its sum
    /// with a constant doesn't wrap: an access below 0 or beyond 4 GiB traps.
    pub fn of_go(pages: &[u32], trusted: bool) -> Self {
        let mut plan = Self {
            trusted,
            ..Self::default()
        };
        let mut before = pages[0];
        for &pages in pages {
            plan.grow(before, pages);
            before = pages;
            plan.fill_boundaries();
            for operator in OPERATORS {
                for constant in CONSTANTS {
                    for offset in GO_OFFSETS {
                        plan.at_stack(operator, constant, offset);
                    }
                }
            }
        }
        plan
    }

    fn at_stack(&mut self, operator: &'static Operator, constant: i32, offset: u64) {
        let form = Form::StackPointer(constant);
        let site = Site::Access {
            operator,
            form,
            offset,
        };
        let more = offset.cast_signed() + i64::from(constant);
        let starts = self.starts(operator.width, offset).into_iter();
        let pointers = starts.map(|start| start.cast_signed() - more);
        // Indices for which the sum is negative or exceeds 32 bits.
        let near_0 = [0, 1, 7, 8, 9, 15, 16, 17, 0xffff, 0x1_0000, 0x1_0001];
        let pointers = pointers
            .chain(near_0)
            .chain(near_0.map(|back| (1 << 32) - back));
        let pointers: BTreeSet<i64> = pointers.collect();
        for pointer in pointers {
            let Ok(given) = u32::try_from(pointer) else {
                continue;
            };
            let linear = self.trusted && more <= MAX_UNCHECKED_OFFSET.cast_signed();
            let start = if linear {
                pointer + more
            } else {
                (u64::from(form.index(given)) + offset).cast_signed()
            };
            let address = AccessAddress {
                start,
                is_compared: !linear && is_compared(offset),
            };
            self.access(site, operator, address, given);
        }
    }

    fn grow(&mut self, before: u32, pages: u32) {
        let refused = Outcome::Gives([u64::from(u32::MAX), 0]);
        self.push(Site::Grow, 0x1_0001, 0, refused);
        self.push(Site::Grow, u32::MAX, 0, refused);
        let grown = Outcome::Gives([u64::from(before), 0]);
        self.push(Site::Grow, pages - before, 0, grown);
        self.size = u64::from(pages) * WASM_PAGE_SIZE;
    }

    fn push(&mut self, site: Site, index: u32, length: u32, outcome: Outcome) {
        let next = u32::try_from(self.sites.len()).expect("BUG: more than 2^32 functions");
        let function = *self.by_text.entry(site.body()).or_insert_with(|| {
            self.sites.push(site);
            next
        });
        self.cases.push(Case {
            function,
            index,
            length,
            size: self.size,
            outcome,
            address: None,
        });
    }

    /// A load or a store.
    fn push_access(&mut self, site: Site, given: u32, address: AccessAddress, outcome: Outcome) {
        self.push(site, given, 0, outcome);
        self.cases.last_mut().expect("BUG: no case").address = Some(address);
        self.tried += 1;
    }

    /// Boundaries: the ends of memory and of pages, and the sign bit.
    fn boundaries(&self) -> impl Iterator<Item = u64> + use<> {
        let size = self.size;
        let far = [0, PAGE, WASM_PAGE_SIZE, 1 << 31, 1 << 32];
        let near_end = [WASM_PAGE_SIZE, PAGE, 0].map(|back| size.saturating_sub(back));
        far.into_iter()
            .chain(near_end)
            .filter(move |&at| at <= size)
    }

    /// Stores bytes around each boundary.
    fn fill_boundaries(&mut self) {
        for at in self.boundaries() {
            self.put(at.saturating_sub(40), (at + 40).min(self.size));
        }
    }

    /// Stores other bytes from `from` to `to`, or a few more.
    fn put(&mut self, from: u64, to: u64) {
        let to = to.min(self.size);
        let mut at = from & !3;
        while at < to {
            let word = Rng::new(self.cases.len() as u64).bits() as u32;
            self.write(at, &word.to_le_bytes());
            self.push(Site::Put, index(at), word, NOTHING);
            at += 4;
        }
    }

    fn write(&mut self, at: u64, bytes: &[u8]) {
        self.memory.extend((at..).zip(bytes.iter().copied()));
    }

    fn read(&self, at: u64, length: u64) -> Vec<u8> {
        let byte = |at| self.memory.get(&at).copied().unwrap_or_default();
        (at..at + length).map(byte).collect()
    }

    fn is_inside(&self, at: u64, length: u64) -> bool {
        at + length <= self.size
    }

    /// Addresses at which an access of `width` bytes touches or crosses a boundary.
    fn starts(&self, width: u64, offset: u64) -> BTreeSet<u64> {
        let ends = [width + 1, width, width - 1, 1];
        let mut starts = BTreeSet::new();
        for at in self.boundaries() {
            starts.extend(ends.iter().filter_map(|back| at.checked_sub(*back)));
            starts.insert(at);
        }
        starts.extend([self.size + 1, self.size + PAGE, self.size + WASM_PAGE_SIZE]);
        // Around 2^32, for the sum and for the index.
        starts.extend([
            (1 << 32) - width,
            (1 << 32) - 1,
            1 << 32,
            (1 << 32) + offset - width,
        ]);
        for index in [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff] {
            starts.insert(index + offset);
        }
        starts
    }

    /// An operator at all of its addresses that an index and this offset can give.
    fn accesses(&mut self, operator: &'static Operator, form: Form, offset: u64) {
        let site = Site::Access {
            operator,
            form,
            offset,
        };
        for start in self.starts(operator.width, offset) {
            let index = start.checked_sub(offset).map(u32::try_from);
            if let Some(Ok(index)) = index {
                let address = AccessAddress {
                    start: start.cast_signed(),
                    is_compared: is_compared(offset),
                };
                self.access(site, operator, address, form.given(index));
            }
        }
    }

    /// The same with a constant index, at the memory's end.
    fn constants(&mut self, operator: &'static Operator, offset: u64) {
        for start in [self.size.saturating_sub(operator.width), self.size] {
            for start in [start, start + 1] {
                let index = start.checked_sub(offset).map(u32::try_from);
                if let Some(Ok(index)) = index {
                    let form = Form::Constant(index);
                    let site = Site::Access {
                        operator,
                        form,
                        offset,
                    };
                    let address = AccessAddress {
                        start: start.cast_signed(),
                        is_compared: is_compared(offset),
                    };
                    self.access(site, operator, address, index);
                }
            }
        }
    }

    fn access(&mut self, site: Site, operator: &Operator, address: AccessAddress, given: u32) {
        let inside = u64::try_from(address.start).ok();
        let inside = inside.filter(|&start| self.is_inside(start, operator.width));
        match (operator.is_store(), inside) {
            (false, Some(start)) => {
                let loaded = operator.loaded(&self.read(start, operator.width));
                self.push_access(site, given, address, Outcome::Gives(loaded));
            }
            (true, Some(start)) => {
                self.write(start, &operator.stored());
                self.push_access(site, given, address, NOTHING);
                self.show(start.saturating_sub(4), operator.width + 8);
            }
            (is_store, None) => {
                self.push_access(site, given, address, Outcome::Trap);
                if is_store {
                    // The processor may have written the bytes that lie in memory.
                    let end = address.start.saturating_add_unsigned(operator.width);
                    let inside = |at: i64| u64::try_from(at).unwrap_or_default();
                    self.put(inside(address.start), inside(end));
                }
            }
        }
    }

    /// Loads the bytes from `start` on.
    fn show(&mut self, start: u64, length: u64) {
        let operator = Operator::named("v128.load");
        let site = Site::Access {
            operator,
            form: Form::Given,
            offset: 0,
        };
        let last = self.size.saturating_sub(operator.width);
        let end = start.saturating_add(length);
        let mut at = start.min(last);
        while at < end && self.is_inside(at, operator.width) {
            let loaded = operator.loaded(&self.read(at, operator.width));
            self.push(site, index(at), 0, Outcome::Gives(loaded));
            at += operator.width;
        }
    }
}

const NOTHING: Outcome = Outcome::Gives([0, 0]);

/// Whether the compiler compares an access with this static offset with the memory's size.
fn is_compared(offset: u64) -> bool {
    offset > MAX_UNCHECKED_OFFSET
}

fn index(at: u64) -> u32 {
    u32::try_from(at).expect("BUG: an index over 32 bits")
}
