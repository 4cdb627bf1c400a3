//! The first bytes of linear memory, with a pclntab.

use super::FIRST_PC_F;
use arbitrary::Unstructured;

/// Names of functions that the compiler knows, and names that are odd.
const NAMES: [&str; 10] = [
    "main.main",
    "runtime.morestack",
    "runtime.goexit",
    "runtime.deferreturn",
    "runtime.panicIndex",
    "wasi_aot_entry",
    "memmove",
    "main.f[...]",
    "main.(*T).\u{2022}\n\u{1b}[2J",
    "",
];

/// A function's name.
pub fn name(data: &mut Unstructured<'_>) -> arbitrary::Result<&'static str> {
    data.choose(&NAMES).copied()
}

/// Bytes at an address.
pub struct Image {
    pub address: u32,
    pub bytes: Vec<u8>,
}

/// The header's words: the magic, counts, and offsets of the parts.
const HEADER: usize = 72;
/// Bytes of a function's record.
const RECORD: usize = 44;

impl Image {
    /// A table for some of the functions. Some of its bytes may be changed.
    pub fn new(data: &mut Unstructured<'_>, functions: u32) -> arbitrary::Result<Self> {
        let mut bytes = table(data, functions)?;
        if data.ratio(1, 4)? {
            for _ in 0..data.int_in_range(1..=4)? {
                let at = data.choose_index(bytes.len())?;
                bytes[at] = data.arbitrary()?;
            }
        }
        if data.ratio(1, 16)? {
            bytes.truncate(data.choose_index(bytes.len())?);
        }
        let address = 8 * data.int_in_range(0..=0x800)?;
        let odd = u32::from(data.ratio(1, 32)?);
        Ok(Self {
            address: address + odd,
            bytes,
        })
    }
}

/// A well-formed table: header, names, entries, records (`runtime/symtab.go`).
fn table(data: &mut Unstructured<'_>, functions: u32) -> arbitrary::Result<Vec<u8>> {
    let count = data.int_in_range(1..=functions)?;
    // Up to Go 1.25 entries are PCs, later they are PC_Fs.
    let shift = if data.arbitrary()? { 16 } else { 0 };
    let mut names = Vec::new();
    let mut records = Vec::new();
    let mut entries = Vec::new();
    let first_record = 8 * count + 4;
    for index in 0..count {
        let function = if data.ratio(1, 12)? {
            data.int_in_range(0..=functions + 1)?
        } else {
            index
        };
        let entry = (FIRST_PC_F + function) << shift;
        let record = first_record + u32::try_from(records.len()).expect("BUG: a large table");
        entries.extend([entry, record].iter().flat_map(|word| word.to_le_bytes()));
        let name_offset = u32::try_from(names.len()).expect("BUG: large names");
        names.extend(name(data)?.as_bytes());
        names.push(0);
        let deferreturn = match data.ratio(1, 3)? {
            true => data.int_in_range(0..=8)?,
            false => 0,
        };
        let words = [entry, name_offset, 0, deferreturn];
        records.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        records.resize(records.len() + RECORD - 16, 0);
    }
    let end = (FIRST_PC_F + functions) << shift;
    entries.extend(end.to_le_bytes());
    names.resize(names.len().next_multiple_of(8), 0);
    let pcln = HEADER + names.len();
    let mut table = vec![0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8];
    let words = [count as usize, 0, 0, HEADER, pcln, pcln, pcln, pcln];
    table.extend(words.iter().flat_map(|&word| (word as u64).to_le_bytes()));
    table.extend([names, entries, records].concat());
    Ok(table)
}
