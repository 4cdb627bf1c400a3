//! What the kernel hands to a process at its start: arguments, environment and the
//! auxiliary vector, all on the initial stack and valid as long as the process lives.
//!
//! The layout is that of the System V ABI ("Initial Process Stack"), the same on both
//! architectures: argc, the pointers of argv and a null, the pointers of the environment and
//! a null, and the auxiliary vector. uapi `linux/auxvec.h` has the kinds of its entries.

use core::ffi::{CStr, c_char};
use core::mem::offset_of;

/// The variable with which whoever starts the program asks the runtime to say which layers
/// of the second fence stand ([`crate::harden`]). The guest doesn't see it.
pub const SHOW_FENCES: &[u8] = b"WASI_AOT_SHOW_FENCES";

/// What the kernel handed to the process.
#[derive(Clone, Copy)]
pub struct Process {
    /// argv without the final null; C strings.
    pub args: &'static [*const c_char],
    /// The environment without the final null; C strings.
    pub env: &'static [*const c_char],
    /// What the kernel says about the process.
    pub auxv: Auxv,
}

impl Process {
    /// # Safety
    /// `initial_stack` is the stack pointer as the kernel set it, or points to the same
    /// layout, valid for good.
    pub unsafe fn from_stack(initial_stack: *const usize) -> Self {
        // SAFETY: the layout that the caller promises.
        let (args, env) = unsafe {
            let count = *initial_stack;
            let args = initial_stack.add(1).cast::<*const c_char>();
            let env = args.add(count + 1);
            let mut env_count = 0;
            while !(*env.add(env_count)).is_null() {
                env_count += 1;
            }
            (
                core::slice::from_raw_parts(args, count),
                core::slice::from_raw_parts(env, env_count),
            )
        };
        Self {
            args,
            env,
            // SAFETY: this is where the kernel has put the environment.
            auxv: unsafe { Auxv::behind(env) },
        }
    }

    /// argv[0], by which the program was called.
    pub fn name(self) -> Option<&'static CStr> {
        // SAFETY: arguments are C strings.
        (self.args.first()).map(|&name| unsafe { CStr::from_ptr(name) })
    }

    /// Whether whoever starts the program asks for [`SHOW_FENCES`], and may. Only the
    /// host's variable counts: what the manifest or the guest sets changes nothing.
    pub fn asks_for_fences(self) -> bool {
        asks_for_fences(self.env) && !self.auxv.is_secure()
    }
}

fn asks_for_fences(env: &[*const c_char]) -> bool {
    env.iter().any(|variable| {
        // SAFETY: the kernel's environment consists of C strings.
        let variable = unsafe { CStr::from_ptr(*variable) }.to_bytes();
        variable.strip_prefix(SHOW_FENCES) == Some(b"=1")
    })
}

/// Where the program headers are, and how many.
const AT_PHDR: usize = 3;
const AT_PHNUM: usize = 5;
/// Whether the process has rights that whoever started it lacks.
const AT_SECURE: usize = 23;

/// The vector of a process; its values never change.
#[derive(Clone, Copy)]
pub struct Auxv {
    entries: *const [usize; 2],
}

impl Auxv {
    /// # Safety
    /// `env` is the environment where the kernel has put it, without its null. The null and
    /// the vector follow it and stay valid.
    pub unsafe fn behind(env: &'static [*const c_char]) -> Self {
        // SAFETY: the null is the caller's promise.
        let entries = unsafe { env.as_ptr().add(env.len() + 1) };
        Self {
            entries: entries.cast(),
        }
    }

    /// The value of the entry of this kind, if there is one.
    fn value(self, kind: usize) -> Option<usize> {
        let mut entry = self.entries;
        loop {
            // SAFETY: `behind`'s caller promised a vector, which ends with kind 0.
            match unsafe { entry.read() } {
                [0, _] => return None,
                [found, value] if found == kind => return Some(value),
                // SAFETY: as above, and this was not the last.
                _ => entry = unsafe { entry.add(1) },
            }
        }
    }

    /// Whether the process has rights that whoever started it lacks, from a set-user-ID
    /// file or a file with capabilities. Whoever started it isn't to be trusted then.
    pub fn is_secure(self) -> bool {
        self.value(AT_SECURE).is_some_and(|secure| secure != 0)
    }

    /// The program headers of the executable.
    pub fn program_headers(self) -> &'static [ProgramHeader] {
        let (Some(at), Some(count)) = (self.value(AT_PHDR), self.value(AT_PHNUM)) else {
            return &[];
        };
        let at = core::ptr::with_exposed_provenance(at);
        // SAFETY: the kernel found `count` headers there, in a segment that nobody writes.
        unsafe { core::slice::from_raw_parts(at, count) }
    }
}

/// `Elf64_Phdr` (uapi `linux/elf.h`).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ProgramHeader {
    pub kind: u32,
    pub flags: u32,
    pub file_offset: u64,
    pub address: u64,
    pub physical: u64,
    pub file_size: u64,
    pub memory_size: u64,
    pub align: u64,
}

const _: () = assert!(size_of::<ProgramHeader>() == 56);
const _: () = assert!(offset_of!(ProgramHeader, memory_size) == 40);

#[cfg(test)]
mod tests {
    use super::*;
    use std::boxed::Box;
    use std::vec::Vec;

    #[test]
    fn arguments_and_environment_are_told_apart() {
        let strings: [&CStr; 4] = [c"app", c"x", c"A=1", c"B="];
        let [app, x, a, b] = strings.map(|s| s.as_ptr().addr());
        let stack: [usize; 9] = [2, app, x, 0, a, b, 0, 33, 0];
        // SAFETY: laid out like the kernel's; only pointers are read.
        let process = unsafe { Process::from_stack(stack.as_ptr()) };
        let addresses = |list: &[*const c_char]| list.iter().map(|s| s.addr()).collect::<Vec<_>>();
        assert_eq!(addresses(process.args), [app, x]);
        assert_eq!(addresses(process.env), [a, b]);
    }

    #[test]
    fn nothing_at_all_may_be_passed() {
        let stack = [0, 0, 0, 0];
        // SAFETY: as above.
        let process = unsafe { Process::from_stack(stack.as_ptr()) };
        assert!(process.args.is_empty() && process.env.is_empty());
        assert_eq!(process.name(), None);
    }

    #[test]
    fn only_the_whole_variable_asks() {
        let asks = |variable: &'static CStr| asks_for_fences(&[c"A=1".as_ptr(), variable.as_ptr()]);
        assert!(asks(c"WASI_AOT_SHOW_FENCES=1"));
        for other in [
            c"WASI_AOT_SHOW_FENCES=",
            c"WASI_AOT_SHOW_FENCES",
            c"XWASI_AOT_SHOW_FENCES=1",
        ] {
            assert!(!asks(other), "{other:?}");
        }
    }

    fn vector(values: &'static [usize]) -> Auxv {
        let start = values.as_ptr().cast();
        // SAFETY: an environment of one variable, its null and a vector follow.
        unsafe { Auxv::behind(core::slice::from_raw_parts(start, 1)) }
    }

    #[test]
    fn values_are_found_behind_the_environment() {
        assert!(!vector(&[7, 0, 6, 4096, 0, 0]).is_secure());
        assert!(!vector(&[7, 0, AT_SECURE, 0, 0, 0]).is_secure());
        assert!(vector(&[7, 0, 6, 4096, AT_SECURE, 1, 0, 0]).is_secure());
        assert!(vector(&[7, 0, 0, 0]).program_headers().is_empty());
    }

    #[test]
    fn headers_are_where_the_vector_says() {
        let headers: &[[u64; 7]; 2] = Box::leak(Box::new([[0; 7], [1, 2, 0x1000, 0, 0, 3, 0]]));
        let at = headers.as_ptr().expose_provenance();
        let values = Box::leak(Box::new([7, 0, AT_PHNUM, 2, AT_PHDR, at, 0, 0]));
        let found = vector(values).program_headers();
        assert_eq!(
            (found.len(), found[1].kind, found[1].address),
            (2, 1, 0x1000)
        );
    }
}
