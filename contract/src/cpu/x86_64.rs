//! x86-64: levels of the System V psABI ("Micro-Architecture Levels"), and the bits of CPUID
//! and XGETBV that show features (Intel SDM volume 2, CPUID and XGETBV; AMD APM volume 3,
//! appendix E, for leaf 8000_0001h).
//!
//! Levels list only features that change code. x86-64-v2 also has CMPXCHG16B and LAHF-SAHF,
//! x86-64-v3 F16C and MOVBE, x86-64-v4 AVX512BW and AVX512CD, which generated code doesn't
//! use.

use super::{Architecture, Feature, Features, Level};

/// SSE3.
pub const SSE3: Features = Features::one(0);
/// SSSE3.
pub const SSSE3: Features = Features::one(1);
/// SSE4.1.
pub const SSE4_1: Features = Features::one(2);
/// SSE4.2.
pub const SSE4_2: Features = Features::one(3);
/// POPCNT.
pub const POPCNT: Features = Features::one(4);
/// AVX.
pub const AVX: Features = Features::one(5);
/// AVX2.
pub const AVX2: Features = Features::one(6);
/// FMA3.
pub const FMA: Features = Features::one(7);
/// BMI1.
pub const BMI1: Features = Features::one(8);
/// BMI2.
pub const BMI2: Features = Features::one(9);
/// LZCNT.
pub const LZCNT: Features = Features::one(10);
/// AVX-512 Foundation.
pub const AVX512F: Features = Features::one(11);
/// AVX-512 doublewords and quadwords.
pub const AVX512DQ: Features = Features::one(12);
/// AVX-512 on vectors of 128 and 256 bits.
pub const AVX512VL: Features = Features::one(13);
/// AVX-512 byte permutations.
pub const AVX512VBMI: Features = Features::one(14);
/// AVX-512 bit counts.
pub const AVX512BITALG: Features = Features::one(15);

const V2: Features = SSE3.with(SSSE3).with(SSE4_1).with(SSE4_2).with(POPCNT);
const V3: Features = V2
    .with(AVX)
    .with(AVX2)
    .with(FMA)
    .with(BMI1)
    .with(BMI2)
    .with(LZCNT);
const V4: Features = V3.with(AVX512F).with(AVX512DQ).with(AVX512VL);

/// The features and levels of x86-64. A level's second name is that of Go's GOAMD64.
pub static CPU: Architecture = Architecture {
    features: &FEATURES,
    levels: &LEVELS,
    default: &LEVELS[1],
};

static LEVELS: [Level; 4] = [
    Level {
        names: &["x86-64-v1", "v1", "x86-64"],
        features: Features::NONE,
    },
    Level {
        names: &["x86-64-v2", "v2"],
        features: V2,
    },
    Level {
        names: &["x86-64-v3", "v3"],
        features: V3,
    },
    Level {
        names: &["x86-64-v4", "v4"],
        features: V4,
    },
];

/// Numbers of [`super::Words`]: ecx of leaf 1, ebx and ecx of leaf 7, ecx of leaf 8000_0001h,
/// and XCR0, which says which registers the system saves.
const LEAF_1_ECX: usize = 0;
const LEAF_7_EBX: usize = 1;
const LEAF_7_ECX: usize = 2;
const EXTENDED_ECX: usize = 3;
const XCR0: usize = 4;

/// In leaf 1's ecx: XGETBV may be executed.
const OSXSAVE: u64 = 1 << 27;
/// In XCR0: xmm and the upper halves of ymm.
const YMM: u64 = 0b110;
/// In XCR0: mask registers, the upper halves of zmm, and zmm16 to zmm31.
const ZMM: u64 = 0b1110_0000;

static FEATURES: [Feature; 16] = [
    feature(SSE3, "sse3", Features::NONE, &[(LEAF_1_ECX, 1)]),
    feature(SSSE3, "ssse3", SSE3, &[(LEAF_1_ECX, 1 << 9)]),
    feature(SSE4_1, "sse4.1", SSSE3, &[(LEAF_1_ECX, 1 << 19)]),
    feature(SSE4_2, "sse4.2", SSE4_1, &[(LEAF_1_ECX, 1 << 20)]),
    feature(POPCNT, "popcnt", Features::NONE, &[(LEAF_1_ECX, 1 << 23)]),
    feature(
        AVX,
        "avx",
        SSE4_2,
        &[(LEAF_1_ECX, 1 << 28 | OSXSAVE), (XCR0, YMM)],
    ),
    feature(AVX2, "avx2", AVX, &[(LEAF_7_EBX, 1 << 5)]),
    feature(FMA, "fma", AVX, &[(LEAF_1_ECX, 1 << 12)]),
    feature(BMI1, "bmi1", Features::NONE, &[(LEAF_7_EBX, 1 << 3)]),
    feature(BMI2, "bmi2", Features::NONE, &[(LEAF_7_EBX, 1 << 8)]),
    feature(LZCNT, "lzcnt", Features::NONE, &[(EXTENDED_ECX, 1 << 5)]),
    feature(
        AVX512F,
        "avx512f",
        AVX2.with(FMA),
        &[(LEAF_7_EBX, 1 << 16), (XCR0, ZMM)],
    ),
    feature(AVX512DQ, "avx512dq", AVX512F, &[(LEAF_7_EBX, 1 << 17)]),
    feature(AVX512VL, "avx512vl", AVX512F, &[(LEAF_7_EBX, 1 << 31)]),
    feature(AVX512VBMI, "avx512vbmi", AVX512F, &[(LEAF_7_ECX, 1 << 1)]),
    feature(
        AVX512BITALG,
        "avx512bitalg",
        AVX512F,
        &[(LEAF_7_ECX, 1 << 12)],
    ),
];

const fn feature(
    set: Features,
    name: &'static str,
    implies: Features,
    evidence: &'static [(usize, u64)],
) -> Feature {
    Feature {
        set,
        name,
        implies,
        evidence,
    }
}

/// Reads the words that are evidence for features in `set`, and no others: under a
/// hypervisor each CPUID takes as long as thousands of instructions.
#[cfg(target_arch = "x86_64")]
#[must_use]
pub fn read(set: Features) -> super::Words {
    use core::arch::x86_64::{__cpuid, __cpuid_count};
    let mut words = [0; 5];
    let wanted = |word| CPU.depends_on(set, word);
    if wanted(LEAF_1_ECX) || wanted(XCR0) {
        words[LEAF_1_ECX] = __cpuid(1).ecx.into();
    }
    if (wanted(LEAF_7_EBX) || wanted(LEAF_7_ECX)) && __cpuid(0).eax >= 7 {
        let leaf = __cpuid_count(7, 0);
        words[LEAF_7_EBX] = leaf.ebx.into();
        words[LEAF_7_ECX] = leaf.ecx.into();
    }
    if wanted(EXTENDED_ECX) && __cpuid(0x8000_0000).eax > 0x8000_0000 {
        words[EXTENDED_ECX] = __cpuid(0x8000_0001).ecx.into();
    }
    if wanted(XCR0) && words[LEAF_1_ECX] & OSXSAVE != 0 {
        words[XCR0] = xcr0();
    }
    words
}

/// Reads XCR0. Only for a processor with OSXSAVE set.
#[cfg(target_arch = "x86_64")]
#[expect(unsafe_code, reason = "no safe function of core reads this register")]
fn xcr0() -> u64 {
    let (low, high): (u32, u32);
    // SAFETY: OSXSAVE says that the instruction is there; it reads a register that
    // may always be read, and changes none but eax and edx.
    unsafe {
        core::arch::asm!(
            "xgetbv",
            in("ecx") 0,
            out("eax") low,
            out("edx") high,
            options(nomem, nostack, preserves_flags),
        );
    }
    u64::from(high) << 32 | u64::from(low)
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    extern crate std;

    use super::*;

    /// The standard library detects the same features with its own code.
    #[test]
    fn this_machine_has_what_the_standard_library_finds() {
        let found = CPU.found(&read(CPU.all()));
        macro_rules! agree {
            ($($set:ident $name:tt),*) => {
                $(assert_eq!(found.contains($set), std::is_x86_feature_detected!($name), $name);)*
            };
        }
        agree!(
            SSE3 "sse3", SSSE3 "ssse3", SSE4_1 "sse4.1", SSE4_2 "sse4.2", POPCNT "popcnt",
            AVX "avx", AVX2 "avx2", FMA "fma", BMI1 "bmi1", BMI2 "bmi2", LZCNT "lzcnt",
            AVX512F "avx512f", AVX512DQ "avx512dq", AVX512VL "avx512vl",
            AVX512VBMI "avx512vbmi", AVX512BITALG "avx512bitalg"
        );
    }

    #[test]
    fn only_what_is_needed_is_asked() {
        let words = read(LEVELS[1].features);
        assert_eq!(words[1..], [0; 4]);
        assert_eq!(read(Features::NONE), [0; 5]);
    }

    /// If the system doesn't save the registers, programs can't use AVX.
    #[test]
    fn avx_needs_the_system() {
        let mut words = [u64::MAX; 5];
        words[XCR0] = 0b11;
        assert_eq!(CPU.found(&words).without(V2), BMI1.with(BMI2).with(LZCNT));
        words[XCR0] = 0b111;
        assert_eq!(CPU.found(&words), V3);
        words[XCR0] = u64::MAX;
        words[LEAF_1_ECX] &= !OSXSAVE;
        assert!(!CPU.found(&words).contains(AVX));
    }
}
