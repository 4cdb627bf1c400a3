//! Relocations of x86-64 (System V psABI, AMD64 supplement, table 4.10).

use super::site::{Fault, Site};
use object::elf;

/// Applies a relocation of the given `R_X86_64_*` kind.
///
/// The image has fixed addresses and no PLT, so `R_X86_64_PLT32` is a direct call.
pub(super) fn relocate(kind: u32, site: &mut Site<'_>) -> Result<(), Fault> {
    match kind {
        elf::R_X86_64_NONE => Ok(()),
        elf::R_X86_64_64 => {
            let value = u64::try_from(site.target()).map_err(|_| Fault::OutOfRange)?;
            site.store(value.to_le_bytes())
        }
        elf::R_X86_64_PC64 => {
            let value = i64::try_from(site.distance()).map_err(|_| Fault::OutOfRange)?;
            site.store(value.to_le_bytes())
        }
        elf::R_X86_64_PC32 | elf::R_X86_64_PLT32 => {
            let value = i32::try_from(site.distance()).map_err(|_| Fault::OutOfRange)?;
            site.store(value.to_le_bytes())
        }
        elf::R_X86_64_32 => {
            let value = u32::try_from(site.target()).map_err(|_| Fault::OutOfRange)?;
            site.store(value.to_le_bytes())
        }
        elf::R_X86_64_32S => {
            let value = i32::try_from(site.target()).map_err(|_| Fault::OutOfRange)?;
            site.store(value.to_le_bytes())
        }
        elf::R_X86_64_GOTPCREL | elf::R_X86_64_GOTPCRELX | elf::R_X86_64_REX_GOTPCRELX => {
            without_got(site)
        }
        _ => Err(Fault::UnknownKind),
    }
}

/// An access to a symbol's entry in the global offset table becomes one to the symbol, as in
/// the psABI's "Optimize GOTPCRELX Relocations". So there is no table. rustc calls `memcpy` in
/// this way.
fn without_got(site: &mut Site<'_>) -> Result<(), Fault> {
    let distance = i32::try_from(site.distance()).map_err(|_| Fault::OutOfRange)?;
    let before = site.at.checked_sub(2).ok_or(Fault::OutsideSection)?;
    let instruction = &mut site.bytes[before..site.at];
    match *instruction {
        // call *symbol@GOTPCREL(%rip): addr32 call symbol
        [0xff, 0x15] => instruction.copy_from_slice(&[0x67, 0xe8]),
        // jmp *symbol@GOTPCREL(%rip): addr32 jmp symbol. A relative branch has no address of which
        // the prefix could change the size, so the prefix only fills the space.
        [0xff, 0x25] => instruction.copy_from_slice(&[0x67, 0xe9]),
        // mov symbol@GOTPCREL(%rip), %reg: lea symbol(%rip), %reg
        [0x8b, operands] if operands & 0xc7 == 0x05 => instruction[0] = 0x8d,
        _ => return Err(Fault::UnknownKind),
    }
    site.store(distance.to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(kind: u32, place: u64, symbol: u64, addend: i64) -> Vec<u8> {
        let mut bytes = [0xcc; 10];
        relocate(
            kind,
            &mut Site {
                bytes: &mut bytes,
                at: 0,
                place,
                symbol,
                addend,
            },
        )
        .unwrap();
        bytes.to_vec()
    }

    fn fault(kind: u32, symbol: u64, addend: i64, len: usize) -> Fault {
        let mut bytes = vec![0; len];
        let mut site = Site {
            bytes: &mut bytes,
            at: 0,
            place: 0x40_0000,
            symbol,
            addend,
        };
        relocate(kind, &mut site).unwrap_err()
    }

    #[test]
    fn fields_have_their_width_and_sign() {
        assert_eq!(
            patched(elf::R_X86_64_64, 9, 0x1_2345_6789, -1),
            [0x88, 0x67, 0x45, 0x23, 1, 0, 0, 0, 0xcc, 0xcc]
        );
        assert_eq!(
            patched(elf::R_X86_64_PC32, 0x1000, 0x1000, -4)[..5],
            [0xfc, 0xff, 0xff, 0xff, 0xcc]
        );
        assert_eq!(
            patched(elf::R_X86_64_PLT32, 0x1000, 0x2000, -4)[..5],
            [0xfc, 0x0f, 0, 0, 0xcc]
        );
        assert_eq!(
            patched(elf::R_X86_64_32, 0, 0xffff_fff0, 0xf)[..5],
            [0xff, 0xff, 0xff, 0xff, 0xcc]
        );
        assert_eq!(
            patched(elf::R_X86_64_32S, 0, 0, -1)[..5],
            [0xff, 0xff, 0xff, 0xff, 0xcc]
        );
        assert_eq!(
            patched(elf::R_X86_64_PC64, 8, 0, 0)[..9],
            [0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xcc]
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        use Fault::*;
        let far = 0x40_0000 + (1 << 31);
        assert_eq!(fault(elf::R_X86_64_PC32, far, 0, 8), OutOfRange);
        assert_eq!(fault(elf::R_X86_64_PLT32, far, 0, 8), OutOfRange);
        assert_eq!(fault(elf::R_X86_64_32, 1 << 32, 0, 8), OutOfRange);
        assert_eq!(fault(elf::R_X86_64_32, 0, -1, 8), OutOfRange);
        assert_eq!(fault(elf::R_X86_64_32S, 1 << 31, 0, 8), OutOfRange);
        assert_eq!(fault(elf::R_X86_64_64, 0, -1, 8), OutOfRange);
        assert_eq!(fault(elf::R_X86_64_64, 0, 0, 7), OutsideSection);
        assert_eq!(fault(elf::R_X86_64_GOTPCREL, 0, 0, 8), OutsideSection);
        assert_eq!(fault(u32::MAX, 0, 0, 8), UnknownKind);
    }

    #[test]
    fn no_access_needs_a_table_of_addresses() {
        let patched = |instruction: [u8; 3]| {
            let mut bytes = [&instruction[..], &[0; 4]].concat();
            let mut site = Site {
                bytes: &mut bytes,
                at: 3,
                place: 0x1003,
                symbol: 0x1100,
                addend: -4,
            };
            relocate(elf::R_X86_64_GOTPCREL, &mut site).map(|()| bytes)
        };
        // nop; call *...; nop; jmp *...; then two registers of mov, and an instruction that has another form.
        assert_eq!(
            patched([0x90, 0xff, 0x15]).unwrap(),
            [0x90, 0x67, 0xe8, 0xf9, 0, 0, 0]
        );
        assert_eq!(
            patched([0x90, 0xff, 0x25]).unwrap(),
            [0x90, 0x67, 0xe9, 0xf9, 0, 0, 0]
        );
        assert_eq!(
            patched([0x48, 0x8b, 0x1d]).unwrap(),
            [0x48, 0x8d, 0x1d, 0xf9, 0, 0, 0]
        );
        assert_eq!(
            patched([0x4c, 0x8b, 0x3d]).unwrap(),
            [0x4c, 0x8d, 0x3d, 0xf9, 0, 0, 0]
        );
        assert_eq!(patched([0x48, 0x03, 0x05]), Err(Fault::UnknownKind));
        assert_eq!(patched([0x48, 0x8b, 0x44]), Err(Fault::UnknownKind));
    }
}
