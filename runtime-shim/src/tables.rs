//! The compiler's tables about the module's code: which instructions trap, and which function
//! an address belongs to.

use core::ops::Range;
use wasi_aot_contract::module::{FunctionEntry, ModuleInfo, TrapEntry};

/// The module's tables as slices.
#[derive(Debug, Clone)]
pub struct Tables<'a> {
    /// Addresses of generated code.
    pub text: Range<u64>,
    traps: &'a [TrapEntry],
    functions: &'a [FunctionEntry],
    names: &'a [u8],
}

impl Tables<'static> {
    /// The tables that `info` points to.
    ///
    /// # Safety
    /// Addresses and lengths in `info` describe memory that is never written.
    pub unsafe fn of(info: &ModuleInfo) -> Self {
        // SAFETY: the caller's promise.
        unsafe {
            Self {
                text: info.text_start..info.text_end,
                traps: slice(info.traps, info.traps_len),
                functions: slice(info.functions, info.functions_len),
                names: slice(info.names, info.names_len),
            }
        }
    }
}

/// The `len` values at `address`.
///
/// # Safety
/// At `address` are `len` values of `T` that are never written, unless `len` is 0.
pub unsafe fn slice<T>(address: u64, len: u64) -> &'static [T] {
    if len == 0 {
        return &[];
    }
    let start = core::ptr::with_exposed_provenance(address as usize);
    // SAFETY: the caller's promise.
    unsafe { core::slice::from_raw_parts(start, len as usize) }
}

impl<'a> Tables<'a> {
    /// The trap of the instruction at `pc`, if the instruction traps by itself.
    pub fn trap_at(&self, pc: u64) -> Option<TrapEntry> {
        let offset = self.offset(pc)?;
        let index = self
            .traps
            .binary_search_by_key(&offset, |entry| entry.code_offset)
            .ok()?;
        Some(self.traps[index])
    }

    /// The name of the function whose code `pc` lies in. Helpers of the compiler
    /// have none.
    pub fn function_at(&self, pc: u64) -> Option<&'a [u8]> {
        let offset = self.offset(pc)?;
        let after = self
            .functions
            .partition_point(|function| function.code_offset <= offset);
        let function = self.functions[..after].last()?;
        let name = self.names.get(function.name_offset as usize..)?;
        let name = name.split(|&byte| byte == 0).next()?;
        (!name.is_empty()).then_some(name)
    }

    /// The offset of `pc` in generated code, if it is there.
    fn offset(&self, pc: u64) -> Option<u32> {
        if self.text.contains(&pc) {
            u32::try_from(pc - self.text.start).ok()
        } else {
            None
        }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use wasi_aot_contract::module::TrapKind;

    pub const TEXT: Range<u64> = 0x60_0000..0x60_0100;

    /// Functions: 0x00 without a name, 0x10 `main.main`, 0x40 `main.f`; traps at
    /// 0x12 and 0x45.
    pub fn sample() -> Tables<'static> {
        const FUNCTIONS: [FunctionEntry; 3] =
            [function(0, 0), function(0x10, 1), function(0x40, 11)];
        const fn function(code_offset: u32, name_offset: u32) -> FunctionEntry {
            FunctionEntry {
                code_offset,
                name_offset,
            }
        }
        Tables {
            text: TEXT,
            traps: vec![
                TrapEntry::new(0x12, TrapKind::Unreachable, 0x1234),
                TrapEntry::new(0x45, TrapKind::BadSignature, u32::MAX),
            ]
            .leak(),
            functions: &FUNCTIONS,
            names: b"\0main.main\0main.f\0",
        }
    }

    #[test]
    fn traps_are_found_at_their_instruction_only() {
        let tables = sample();
        let kind_at = |offset| tables.trap_at(TEXT.start + offset)?.kind();
        assert_eq!(kind_at(0x12), Some(TrapKind::Unreachable));
        assert_eq!(kind_at(0x45), Some(TrapKind::BadSignature));
        assert_eq!(kind_at(0x13), None);
        assert_eq!(kind_at(0x200), None);
        assert_eq!(tables.trap_at(0x12), None);
    }

    #[test]
    fn functions_reach_to_the_next() {
        let tables = sample();
        let name_at = |offset| tables.function_at(TEXT.start + offset);
        assert_eq!(name_at(0x00), None);
        assert_eq!(name_at(0x0f), None);
        assert_eq!(name_at(0x10), Some(&b"main.main"[..]));
        assert_eq!(name_at(0x3f), Some(&b"main.main"[..]));
        assert_eq!(name_at(0x40), Some(&b"main.f"[..]));
        assert_eq!(name_at(0xff), Some(&b"main.f"[..]));
        assert_eq!(name_at(0x100), None);
        assert_eq!(tables.function_at(TEXT.start - 1), None);
    }

    #[test]
    fn bad_tables_name_nothing() {
        let mut tables = sample();
        tables.names = b"\0main.main";
        assert_eq!(tables.function_at(TEXT.start + 0x40), None);
        tables.names = b"";
        assert_eq!(tables.function_at(TEXT.start + 0x10), None);
        tables.functions = &[];
        assert_eq!(tables.function_at(TEXT.start + 0x10), None);
    }
}
