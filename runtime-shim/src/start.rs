//! From the kernel's initial stack to the module's entry.

use core::ffi::c_char;

/// What the kernel handed to the process, alive as long as the process.
#[derive(Clone, Copy)]
pub struct Process {
    /// argv without the final null.
    pub args: &'static [*const c_char],
    /// envp without the final null.
    pub env: &'static [*const c_char],
    /// Descriptor of the manifest note.
    pub manifest: &'static [u8],
}
