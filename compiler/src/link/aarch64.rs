//! Relocations of aarch64 ("ELF for the Arm 64-bit Architecture", section 5.7).

use super::site::{Fault, Site};
use object::elf;

/// Applies a relocation of the given `R_AARCH64_*` kind.
///
/// A branch over more than 128 MiB is an error: the linker makes no veneers, since
/// [`crate::emit`] has already put them into the object.
pub(super) fn relocate(kind: u32, site: &mut Site<'_>) -> Result<(), Fault> {
    match kind {
        elf::R_AARCH64_NONE => Ok(()),
        elf::R_AARCH64_ABS64 => {
            let value = u64::try_from(site.target()).map_err(|_| Fault::OutOfRange)?;
            site.store(value.to_le_bytes())
        }
        elf::R_AARCH64_ABS32 => {
            let value = u32::try_from(site.target()).map_err(|_| Fault::OutOfRange)?;
            site.store(value.to_le_bytes())
        }
        elf::R_AARCH64_PREL32 => {
            let value = i32::try_from(site.distance()).map_err(|_| Fault::OutOfRange)?;
            site.store(value.to_le_bytes())
        }
        elf::R_AARCH64_CALL26 | elf::R_AARCH64_JUMP26 => branch(site),
        elf::R_AARCH64_ADR_PREL_PG_HI21 => page(site),
        elf::R_AARCH64_ADD_ABS_LO12_NC | elf::R_AARCH64_LDST8_ABS_LO12_NC => low12(site, 0),
        elf::R_AARCH64_LDST16_ABS_LO12_NC => low12(site, 1),
        elf::R_AARCH64_LDST32_ABS_LO12_NC => low12(site, 2),
        elf::R_AARCH64_LDST64_ABS_LO12_NC => low12(site, 3),
        elf::R_AARCH64_LDST128_ABS_LO12_NC => low12(site, 4),
        _ => Err(Fault::UnknownKind),
    }
}

/// `BL` and `B`: imm26, in bits 0..26, counts instructions.
fn branch(site: &mut Site<'_>) -> Result<(), Fault> {
    let distance = site.distance();
    if distance % 4 != 0 {
        return Err(Fault::Misaligned);
    }
    let words = signed(distance / 4, 26).map_err(|_| Fault::BranchTooFar)?;
    let instruction = site.instruction()? & !0x03ff_ffff;
    site.store((instruction | words).to_le_bytes())
}

/// `ADRP`: the distance in pages of 4 KiB. Its low 2 bits are in bits 29..31, the other 19
/// in bits 5..24.
fn page(site: &mut Site<'_>) -> Result<(), Fault> {
    let pages = (site.target() >> 12) - i128::from(site.place >> 12);
    let pages = signed(pages, 21)?;
    let instruction = site.instruction()? & !0x60ff_ffe0;
    site.store((instruction | (pages & 3) << 29 | (pages >> 2) << 5).to_le_bytes())
}

/// `ADD` (immediate), and loads and stores of `1 << scale` bytes: the low 12 bits of the
/// address, counted in such units, in bits 10..22.
fn low12(site: &mut Site<'_>, scale: u32) -> Result<(), Fault> {
    let low = site.target().rem_euclid(1 << 12) as u32;
    if !low.is_multiple_of(1 << scale) {
        return Err(Fault::Misaligned);
    }
    let instruction = site.instruction()? & !(0xfff << 10);
    site.store((instruction | (low >> scale) << 10).to_le_bytes())
}

/// The two's complement of `value` in a field of `bits` bits.
fn signed(value: i128, bits: u32) -> Result<u32, Fault> {
    let half = 1_i128 << (bits - 1);
    if (-half..half).contains(&value) {
        Ok(value.rem_euclid(half * 2) as u32)
    } else {
        Err(Fault::OutOfRange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(kind: u32, instruction: u32, place: u64, symbol: u64) -> Result<u32, Fault> {
        let mut bytes = instruction.to_le_bytes();
        let mut site = Site {
            bytes: &mut bytes,
            at: 0,
            place,
            symbol,
            addend: 0,
        };
        relocate(kind, &mut site)?;
        Ok(u32::from_le_bytes(bytes))
    }

    // Encodings after the Arm Architecture Reference Manual, C6.2.
    #[test]
    fn immediates_go_into_their_fields() {
        // bl .+8, bl .-4
        let bl = 0x9400_0000;
        assert_eq!(
            patched(elf::R_AARCH64_CALL26, bl, 0x1000, 0x1008),
            Ok(0x9400_0002)
        );
        assert_eq!(
            patched(elf::R_AARCH64_CALL26, bl, 0x1000, 0xffc),
            Ok(0x97ff_ffff)
        );
        // adrp x0, .+0x5000 and .-0x1000
        let adrp = 0x9000_0000;
        assert_eq!(
            patched(elf::R_AARCH64_ADR_PREL_PG_HI21, adrp, 0x1ffc, 0x6123),
            Ok(0xb000_0020)
        );
        assert_eq!(
            patched(elf::R_AARCH64_ADR_PREL_PG_HI21, adrp, 0x1000, 0xfff),
            Ok(0xf0ff_ffe0)
        );
        // add x0, x0, #0x123
        assert_eq!(
            patched(elf::R_AARCH64_ADD_ABS_LO12_NC, 0x9100_0000, 0, 0x6123),
            Ok(0x9104_8c00)
        );
        // ldr x0, [x0, #0x128] and ldrb w0, [x0, #0x123]
        assert_eq!(
            patched(elf::R_AARCH64_LDST64_ABS_LO12_NC, 0xf940_0000, 0, 0x6128),
            Ok(0xf940_9400)
        );
        assert_eq!(
            patched(elf::R_AARCH64_LDST8_ABS_LO12_NC, 0x3940_0000, 0, 0x6123),
            Ok(0x3944_8c00)
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let call = |symbol| patched(elf::R_AARCH64_CALL26, 0x9400_0000, 0, symbol);
        assert!(call((1 << 27) - 4).is_ok());
        assert_eq!(call(1 << 27), Err(Fault::BranchTooFar));
        assert_eq!(call(2), Err(Fault::Misaligned));
        assert_eq!(
            patched(elf::R_AARCH64_LDST64_ABS_LO12_NC, 0xf940_0000, 0, 0x6124),
            Err(Fault::Misaligned)
        );
        assert_eq!(
            patched(elf::R_AARCH64_ADR_PREL_PG_HI21, 0x9000_0000, 0, 1 << 32),
            Err(Fault::OutOfRange)
        );
        assert_eq!(
            patched(elf::R_AARCH64_ADR_GOT_PAGE, 0, 0, 0),
            Err(Fault::UnknownKind)
        );
    }
}
