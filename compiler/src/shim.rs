//! The runtime shim as `runtime-shim/images` built and linked it.

use crate::options::Target;

/// The image for a target: a static ELF executable at `layout::IMAGE_BASE` that ends
/// below `layout::MODULE_INFO_ADDR`, where it takes the module's info to be. Its
/// symbol table names what a module may call. Aligned for ELF's structures.
#[must_use]
pub fn image(target: Target) -> &'static [u8] {
    match target {
        Target::LinuxAmd64 => &LINUX_AMD64.0,
        Target::LinuxArm64 => &LINUX_ARM64.0,
    }
}

#[repr(C, align(16))]
struct Aligned<Bytes: ?Sized>(Bytes);

static LINUX_AMD64: &Aligned<[u8]> =
    &Aligned(*include_bytes!("../../runtime-shim/images/linux-amd64"));
static LINUX_ARM64: &Aligned<[u8]> =
    &Aligned(*include_bytes!("../../runtime-shim/images/linux-arm64"));
