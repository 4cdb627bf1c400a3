//! The runtime shim's images, as `runtime-shim/images` built and linked them.

use crate::options::Target;

/// The image for a target: a relocatable ELF object with a section for each function and each
/// piece of data, of which [`crate::link`] takes what a module needs. Its symbol table names the
/// functions that a module may call. Aligned for ELF's structures.
#[must_use]
pub fn of(target: Target) -> &'static [u8] {
    match target {
        Target::LinuxAmd64 => &LINUX_AMD64.0,
        Target::LinuxArm64 => &LINUX_ARM64.0,
    }
}

#[repr(C, align(16))]
struct Aligned<Bytes: ?Sized>(Bytes);

// The file names are those of `Target::image`.
static LINUX_AMD64: &Aligned<[u8]> =
    &Aligned(*include_bytes!("../../runtime-shim/images/linux-amd64"));
static LINUX_ARM64: &Aligned<[u8]> =
    &Aligned(*include_bytes!("../../runtime-shim/images/linux-arm64"));
