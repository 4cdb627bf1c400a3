//! aarch64. Generated code uses only Armv8.0-A, with one exception: with FEAT_FP16 the code
//! generator moves 16-bit constants into floating-point registers by another instruction,
//! which isn't known to gain anything. LSE, pointer authentication and dot products would
//! change no code: modules have no atomics, return addresses aren't signed, and no relaxed
//! SIMD instruction has SDOT's result.

use super::{Architecture, Feature, Features, Level};

/// Arithmetic of 16-bit floats.
pub const FP16: Features = Features::one(0);

/// The features and levels of aarch64. A level's last name is that of Go's GOARM64.
pub static CPU: Architecture = Architecture {
    features: &FEATURES,
    levels: &LEVELS,
    default: &LEVELS[0],
};

static LEVELS: [Level; 1] = [Level {
    names: &["armv8.0-a", "armv8-a", "v8.0"],
    features: Features::NONE,
}];

/// Number of the word with `AT_HWCAP` of the auxiliary vector. The other words aren't used.
pub const HWCAP: usize = 0;

/// `HWCAP_FPHP` and `HWCAP_ASIMDHP` (uapi `asm/hwcap.h` of arm64).
const HALF_PRECISION: u64 = 1 << 9 | 1 << 10;

static FEATURES: [Feature; 1] = [Feature {
    set: FP16,
    name: "fp16",
    implies: Features::NONE,
    evidence: &[(HWCAP, HALF_PRECISION)],
}];
