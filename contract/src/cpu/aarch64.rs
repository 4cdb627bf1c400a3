//! aarch64. What Armv8.0-A has is all that our code uses, but for one feature: with
//! FEAT_FP16 the code generator moves constants of sixteen bits into floats by another
//! instruction, which isn't known to gain anything. LSE, pointer authentication and dot
//! products would change nothing: there are no atomics in what is compiled, return
//! addresses aren't signed, and no instruction of relaxed SIMD has SDOT's result.

use super::{Architecture, Feature, Features, Level};

pub const FP16: Features = Features::one(0);

/// What there is; the last name is that of Go's GOARM64.
pub static CPU: Architecture = Architecture {
    features: &FEATURES,
    levels: &LEVELS,
    default: &LEVELS[0],
};

static LEVELS: [Level; 1] = [Level {
    names: &["armv8.0-a", "armv8-a", "v8.0"],
    features: Features::NONE,
}];

/// Number of the word that is `AT_HWCAP` of the auxiliary vector. What the others
/// hold says nothing of a feature that is listed here.
pub const HWCAP: usize = 0;

/// `HWCAP_FPHP` and `HWCAP_ASIMDHP` (uapi `asm/hwcap.h` of arm64).
const HALF_PRECISION: u64 = 1 << 9 | 1 << 10;

static FEATURES: [Feature; 1] = [Feature {
    set: FP16,
    name: "fp16",
    implies: Features::NONE,
    evidence: &[(HWCAP, HALF_PRECISION)],
}];
