//! The runtime shim as built and linked by this crate's build script.

/// For linux/amd64: a static ELF executable at `layout::IMAGE_BASE` that ends
/// below `layout::MODULE_INFO_ADDR`, where it takes the module's info to be. Its
/// symbol table names what a module may call. Aligned for ELF's structures.
pub const LINUX_AMD64: &[u8] = &LINUX_AMD64_IMAGE.0;

#[repr(C, align(16))]
struct Aligned<Bytes: ?Sized>(Bytes);

static LINUX_AMD64_IMAGE: &Aligned<[u8]> = &Aligned(*include_bytes!(env!("WASI_AOT_SHIM_IMAGE")));
