//! Go's function table in the data segments.
//!
//! `-ldflags=-s` drops the name section, but the runtime needs `pclntab` for its
//! own tracebacks, so it is always there. Layout: `runtime/symtab.go` (pcHeader,
//! functab), `runtime/runtime2.go` (_func) and `cmd/link/internal/ld/pcln.go`,
//! unchanged since Go 1.20's magic but for one thing: a function's entry is its
//! PC (`PC_F << 16`) up to Go 1.25 and PC_F alone from 1.26 on (`textOff` in
//! pcln.go). PC_F is 0x1000 plus the place among the defined functions
//! (`assignAddress` in `cmd/link/internal/wasm/asm.go`).
//!
//! The bytes are the module's and may hold anything: every offset is checked, and
//! whatever doesn't fit means that there is no table. Names may overlap there, but all
//! together are no longer than the bytes from the header on, so that reading them
//! costs no more.

use crate::module::Image;

/// `Go120PCLnTabMagic` (`internal/abi/symtab.go`), the two zero bytes after it,
/// and wasm's minimal instruction size and pointer size.
const HEADER_START: [u8; 8] = [0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8];
const HEADER_SIZE: usize = 8 + 8 * 8;

/// The places that may be looked at for a table: a real module has one.
const MAX_CANDIDATES: usize = 16;

/// PC_F of the first defined function: `funcValueOffset` in
/// `cmd/link/internal/wasm/asm.go`.
pub const FUNC_VALUE_OFFSET: usize = 0x1000;

/// The function table of a module's image.
pub struct Pclntab<'a> {
    /// The table from its header on.
    bytes: &'a [u8],
    nfunc: usize,
    funcname_offset: usize,
    pctab_offset: usize,
    pcln_offset: usize,
    /// How far PC_F is shifted in an entry: 16 or 0.
    entry_shift: u32,
}

impl<'a> Pclntab<'a> {
    /// Finds the table in a module's image.
    #[must_use]
    pub fn find_in(image: &'a Image<'_>, functions: usize) -> Option<Self> {
        let mut chunks = image.chunks().iter();
        chunks.find_map(|chunk| Self::find(&chunk.bytes, functions))
    }

    /// Finds the table in linear memory's initial bytes; `functions` is the
    /// number of functions with a body.
    #[must_use]
    pub fn find(image: &'a [u8], functions: usize) -> Option<Self> {
        // The linker aligns the table to at least 8 bytes.
        (0..image.len().saturating_sub(HEADER_SIZE))
            .step_by(8)
            .filter(|&at| image[at..].starts_with(&HEADER_START))
            .take(MAX_CANDIDATES)
            .find_map(|at| Self::at(&image[at..], functions))
    }

    fn at(bytes: &'a [u8], functions: usize) -> Option<Self> {
        let pcln_offset = word(bytes, 64)?;
        let first_entry = half(bytes.get(pcln_offset..)?, 0)?;
        let table = Self {
            bytes,
            nfunc: word(bytes, 8)?,
            funcname_offset: word(bytes, 32)?,
            pctab_offset: word(bytes, 56)?,
            pcln_offset,
            entry_shift: if first_entry >= FUNC_VALUE_OFFSET << 16 {
                16
            } else {
                0
            },
        };
        let plausible = (1..=functions).contains(&table.nfunc) && table.is_plausible(functions);
        plausible.then_some(table)
    }

    /// Whether all functions are among so many, and their names not too long.
    fn is_plausible(&self, functions: usize) -> bool {
        let mut room = self.bytes.len();
        (0..self.nfunc).all(|i| {
            let function = self.function(i, room);
            let function = function.filter(|f| f.index < functions && f.name.len() < room);
            function.is_some_and(|f| {
                room -= f.name.len() + 1;
                true
            })
        })
    }

    /// The functions in the table, in its order.
    pub fn functions(&self) -> impl Iterator<Item = GoFunction<'a>> + '_ {
        (0..self.nfunc).filter_map(|i| self.function(i, self.bytes.len()))
    }

    /// What is recorded of each function, and the function.
    pub fn records(&self) -> impl Iterator<Item = (GoFunction<'a>, Record<'a>)> + '_ {
        let pctab = self.bytes.get(self.pctab_offset..).unwrap_or_default();
        (0..self.nfunc).filter_map(move |i| {
            let function = self.function(i, self.bytes.len())?;
            let record = self.record(i)?;
            Some((function, Record { record, pctab }))
        })
    }

    /// The bytes from a function's `_func` on.
    fn record(&self, i: usize) -> Option<&'a [u8]> {
        let pcln = self.bytes.get(self.pcln_offset..)?;
        pcln.get(half(pcln, i.checked_mul(8)?.checked_add(4)?)?..)
    }

    /// A function whose name, with its final zero, is not longer than `longest`.
    fn function(&self, i: usize, longest: usize) -> Option<GoFunction<'a>> {
        let pcln = self.bytes.get(self.pcln_offset..)?;
        let entry = half(pcln, i.checked_mul(8)?)?;
        let func = pcln.get(half(pcln, i * 8 + 4)?..)?;
        let pc_f = entry >> self.entry_shift;
        if pc_f << self.entry_shift != entry || half(func, 0)? != entry {
            return None;
        }
        let index = pc_f.checked_sub(FUNC_VALUE_OFFSET)?;
        let name_offset = half(func, 4)?;
        let deferreturn = u32::try_from(half(func, 12)?)
            .ok()
            .filter(|&pc_b| pc_b <= 0xffff)?;
        let name = self
            .bytes
            .get(self.funcname_offset.checked_add(name_offset)?..)?;
        let name = &name[..name.len().min(longest)];
        let name = &name[..memchr::memchr(0, name)?];
        Some(GoFunction {
            index,
            name: std::str::from_utf8(name).ok()?,
            deferreturn,
        })
    }
}

/// One function of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoFunction<'a> {
    /// Place among the module's defined functions.
    pub index: usize,
    /// Go's name for it, such as `main.main`.
    pub name: &'a str,
    /// PC_B at which recovery resumes it, or 0 (`_func.deferreturn`).
    pub deferreturn: u32,
}

/// What the runtime knows of a function's frames: its `_func`, and the arrays behind
/// that.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    record: &'a [u8],
    pctab: &'a [u8],
}

/// `FUNCDATA_ArgsPointerMaps`, here and below from `internal/abi/symtab.go`.
pub const ARGUMENT_MAPS: usize = 0;

/// `FUNCDATA_LocalsPointerMaps`.
pub const LOCALS_MAPS: usize = 1;

/// `PCDATA_UnsafePoint`.
pub const UNSAFE_POINT: usize = 0;

/// `FuncFlagTopFrame`: tracebacks end there.
pub const TOP_FRAME: u8 = 1;

/// `FuncFlagSPWrite`: SP moves by more than constants.
pub const SP_WRITE: u8 = 2;

/// `FuncFlagAsm`.
pub const ASSEMBLY: u8 = 4;

impl Record<'_> {
    /// Where `pcdata`, and behind it `funcdata`, begins.
    const ARRAYS: usize = 44;

    /// Bytes of arguments and results; `None` if nobody knows (`ArgsSizeUnknown`).
    #[must_use]
    pub fn arguments(&self) -> Option<u32> {
        let size = u32::try_from(half(self.record, 8)?).ok()?;
        (size < 1 << 31).then_some(size)
    }

    /// `FuncID`: 0 for a function that is nothing special to the runtime.
    #[must_use]
    pub fn id(&self) -> Option<u8> {
        self.record.get(40).copied()
    }

    #[must_use]
    pub fn flags(&self) -> Option<u8> {
        self.record.get(41).copied()
    }

    /// Whether there is data of this kind.
    #[must_use]
    pub fn has_funcdata(&self, kind: usize) -> bool {
        let offset = || {
            if kind >= usize::from(*self.record.get(43)?) {
                return None;
            }
            let before = half(self.record, 28)?.checked_add(kind)?;
            half(
                self.record,
                before.checked_mul(4)?.checked_add(Self::ARRAYS)?,
            )
        };
        offset().is_some_and(|offset| offset != u32::MAX as usize)
    }

    /// The values of one kind, as the runtime decodes them (`pcvalue` in
    /// `runtime/symtab.go`): each with the PC_B at which it ends, ascending. `None` if
    /// there are more than `most`, or the table isn't one.
    #[must_use]
    pub fn pcdata(&self, kind: usize, most: usize) -> Option<Vec<(u32, i32)>> {
        let start = if kind < half(self.record, 28)? {
            half(self.record, kind.checked_mul(4)?.checked_add(Self::ARRAYS)?)?
        } else {
            0
        };
        self.values(start, most)
    }

    /// Bytes of the function's frame, without the return address, where PC_B is `pc_b`
    /// (`_func.pcsp`, `funcspdelta` in `runtime/symtab.go`). `None` if the table isn't one, or has
    /// more than `most` values.
    #[must_use]
    pub fn frame(&self, pc_b: u32, most: usize) -> Option<u32> {
        let values = self.values(half(self.record, 16)?, most)?;
        let (_, frame) = values.into_iter().find(|&(end, _)| pc_b < end)?;
        u32::try_from(frame).ok()
    }

    /// The values of the table at `start`; none if that is 0.
    fn values(&self, start: usize, most: usize) -> Option<Vec<(u32, i32)>> {
        let mut values = Vec::new();
        if start == 0 {
            return Some(values);
        }
        let mut bytes = self.pctab.get(start..)?;
        let (mut end, mut value) = (0u32, -1i32);
        loop {
            let delta = varint(&mut bytes)?;
            if delta == 0 && !values.is_empty() {
                return Some(values);
            }
            value = value.wrapping_add(((delta >> 1) ^ (delta & 1).wrapping_neg()).cast_signed());
            end = end
                .checked_add(varint(&mut bytes)?)
                .filter(|&next| next > end)?;
            values.push((end, value));
            if values.len() > most {
                return None;
            }
        }
    }
}

/// Takes an unsigned LEB128 number of up to 32 bits off `bytes`.
fn varint(bytes: &mut &[u8]) -> Option<u32> {
    let mut value = 0u32;
    for shift in (0..32).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// The 8-byte word at `offset`.
fn word(bytes: &[u8], offset: usize) -> Option<usize> {
    let bytes = bytes.get(offset..offset.checked_add(8)?)?;
    usize::try_from(u64::from_le_bytes(bytes.try_into().ok()?)).ok()
}

/// The 4-byte word at `offset`.
fn half(bytes: &[u8], offset: usize) -> Option<usize> {
    let bytes = bytes.get(offset..offset.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table with one function `main.main` at place 2, whose entry is shifted.
    fn image(entry_shift: u32) -> Vec<u8> {
        let mut table = Vec::from(HEADER_START);
        for value in [1u64, 0, 0, 72, 0, 0, 0, 88] {
            table.extend(value.to_le_bytes());
        }
        table.extend(b"main.main\0\0\0\0\0\0\0");
        let entry = 0x1002 << entry_shift;
        for value in [entry, 16, entry + 1, 0, entry, 0, 0, 5] {
            table.extend(u32::to_le_bytes(value));
        }
        [vec![0; 64], table, vec![0; 64]].concat()
    }

    #[test]
    fn names_are_found_in_both_forms() {
        for entry_shift in [0, 16] {
            let image = image(entry_shift);
            let table = Pclntab::find(&image, 3).unwrap();
            let functions: Vec<_> = table.functions().collect();
            assert_eq!(
                functions,
                [GoFunction {
                    index: 2,
                    name: "main.main",
                    deferreturn: 5
                }]
            );
        }
    }

    #[test]
    fn a_table_for_more_functions_than_there_are_is_no_table() {
        assert!(Pclntab::find(&image(0), 2).is_none());
    }

    #[test]
    fn names_that_are_longer_together_than_the_table_are_refused() {
        // A thousand functions that share a name of a kilobyte.
        let name = [vec![b'n'; 1024], vec![0; 8]].concat();
        for (functions, plausible) in [(1u32, true), (1000, false)] {
            let pcln = HEADER_SIZE as u64 + name.len() as u64;
            let mut table = Vec::from(HEADER_START);
            for value in [u64::from(functions), 0, 0, 72, 0, 0, 0, pcln] {
                table.extend(value.to_le_bytes());
            }
            table.extend(&name);
            let record = |i: u32| functions * 8 + i * 16;
            for i in 0..functions {
                table.extend([0x1000 + i, record(i)].map(u32::to_le_bytes).concat());
            }
            for i in 0..functions {
                table.extend([0x1000 + i, 0, 0, 0].map(u32::to_le_bytes).concat());
            }
            table.extend([0; 8]);
            let found = Pclntab::find(&table, functions as usize);
            assert_eq!(found.is_some(), plausible, "{functions}");
        }
    }

    /// A record with one kind of values, at offset 1 of these bytes, and the locals' map.
    fn record(pctab: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let mut words = [0u32; 14];
        (words[2], words[7], words[10]) = (24, 1, 2 << 24 | u32::from(ASSEMBLY) << 8 | 7);
        (words[11], words[12], words[13]) = (1, u32::MAX, 0);
        let record = words.map(u32::to_le_bytes).concat();
        (record, [&[0xff], pctab].concat())
    }

    #[test]
    fn what_is_recorded_of_a_function_is_found() {
        // -2 up to 3, -1 up to 303, -2 up to 304.
        let (record, pctab) = record(&[1, 3, 2, 0xac, 2, 1, 1, 0]);
        let record = Record {
            record: &record,
            pctab: &pctab,
        };
        assert_eq!(record.arguments(), Some(24));
        assert_eq!((record.id(), record.flags()), (Some(7), Some(ASSEMBLY)));
        assert!(!record.has_funcdata(ARGUMENT_MAPS));
        assert!(record.has_funcdata(LOCALS_MAPS));
        assert!(!record.has_funcdata(2));
        let values = vec![(3, -2), (303, -1), (304, -2)];
        assert_eq!(record.pcdata(UNSAFE_POINT, 3), Some(values));
        assert_eq!(record.pcdata(UNSAFE_POINT, 2), None);
        assert_eq!(record.pcdata(1, 3), Some(Vec::new()));
    }

    #[test]
    fn the_size_of_a_frame_is_that_of_the_place() {
        // 0 up to 2, 40 up to 6, 0 up to 7.
        let (mut record, pctab) = record(&[2, 2, 80, 4, 79, 1, 0]);
        record[16..20].copy_from_slice(&1u32.to_le_bytes());
        let record = Record {
            record: &record,
            pctab: &pctab,
        };
        let frames = [1, 2, 5, 6, 7].map(|pc_b| record.frame(pc_b, 3));
        assert_eq!(frames, [Some(0), Some(40), Some(40), Some(0), None]);
        assert_eq!(record.frame(2, 2), None);
    }

    #[test]
    fn damaged_records_say_nothing() {
        // No end; no progress; numbers that don't end or fit.
        let endless: [&[u8]; 5] = [
            &[1, 3],
            &[1, 0, 0],
            &[0x81, 0x80, 0x80, 0x80, 0x80, 0x80],
            &[1, 0xff, 0xff, 0xff, 0xff, 0x0f, 2, 1, 0],
            &[],
        ];
        for bytes in endless {
            let (whole, pctab) = record(bytes);
            for len in 0..whole.len() {
                let record = Record {
                    record: &whole[..len],
                    pctab: &pctab,
                };
                assert!(record.pcdata(UNSAFE_POINT, 9).is_none_or(|v| v.is_empty()));
                let _ = (record.arguments(), record.id(), record.flags());
                let _ = (record.has_funcdata(LOCALS_MAPS), record.frame(2, 9));
            }
        }
    }

    #[test]
    fn damaged_tables_are_refused_without_panic() {
        let good = image(16);
        for at in 64..good.len() - 64 {
            for value in [0, 1, 0x7f, 0xff] {
                let mut bad = good.clone();
                bad[at] = value;
                if let Some(table) = Pclntab::find(&bad, 3) {
                    assert!(table.functions().all(|f| f.index < 3));
                }
            }
        }
        for len in 0..good.len() {
            let _ = Pclntab::find(&good[..len], 3);
        }
    }
}
