//! From the kernel's initial stack to the module's entry.

use crate::auxv::Auxv;
use crate::limits::Limits;
use crate::report::{self, cannot_start};
use crate::{arch, cpu_limit, inherited, memory, preempt, stack, sys, tables, traps, wasi};
use core::ffi::{CStr, c_char};
use wasi_aot_contract::cpu::{Features, Missing};
use wasi_aot_contract::module::{CONTRACT_VERSION, ModuleInfo};

/// What the kernel handed to the process, alive as long as the process.
#[derive(Clone, Copy)]
pub struct Process {
    /// argv without the final null.
    pub args: &'static [*const c_char],
    /// envp without the final null.
    pub env: &'static [*const c_char],
    /// Descriptor of the manifest note.
    pub manifest: &'static [u8],
    /// What the kernel says of the process.
    pub auxv: Auxv,
}

unsafe extern "C" {
    /// Linked in behind the shim; `symbols::MODULE`.
    static wasi_aot_module: ModuleInfo;
}

/// Prepares the process and runs the module. System calls are few on purpose:
/// they are what a short program spends its time on.
///
/// # Safety
/// `initial_stack` is the stack pointer as the kernel set it, and nothing has
/// been called before.
pub unsafe extern "C" fn start(initial_stack: *const usize) -> ! {
    // SAFETY: the module is linked in, and its info is never written.
    let module = unsafe { &wasi_aot_module };
    // SAFETY: the caller's promise; the kernel leaves these for the process.
    let (args, env) = unsafe { arguments(initial_stack) };
    if let Some(&name) = args.first() {
        // SAFETY: arguments are C strings.
        report::set_program_name(unsafe { CStr::from_ptr(name) });
    }
    // SAFETY: as rustix asks, this is the kernel's envp (behind argc, argv and its
    // null), which the auxiliary vector follows; nothing of rustix has been called
    // yet, and nothing is written through the pointer.
    unsafe { rustix::param::init(initial_stack.add(2 + args.len()).cast_mut().cast()) };
    check_module(module);
    // SAFETY: the compiler or linker wrote address and length of the note.
    let manifest = unsafe { tables::slice(module.manifest, module.manifest_len) };
    let Ok(limits) = Limits::of(manifest) else {
        cannot_start(format_args!(
            "the manifest in the executable is damaged; build it again"
        ))
    };

    inherited::close_descriptors();
    memory::reserve(module, limits.memory_pages);
    let stack_top = stack::reserve(limits.stack_size);
    let signals =
        traps::install(module) | preempt::install(module) | cpu_limit::install(limits.max_cpu);
    // With all handlers in place: one may have waited for this. A kernel that refuses
    // would leave a trap without its message.
    sys::unblock(signals);
    // Last, as it takes the process the means for all of the above.
    wasi::init(&Process {
        args,
        env,
        manifest,
        // SAFETY: the environment is the one that the kernel passed.
        auxv: unsafe { Auxv::behind(env) },
    });
    // SAFETY: the compiler wrote the entry; the stack is new.
    unsafe { arch::enter(module.entry, stack_top) }
}

/// argv and envp, each without its final null.
///
/// # Safety
/// `initial_stack` points to argc, which is followed by as many pointers and a
/// null, then by the environment's pointers and a null, all valid for good.
unsafe fn arguments(
    initial_stack: *const usize,
) -> (&'static [*const c_char], &'static [*const c_char]) {
    // SAFETY: the layout that the caller promises.
    unsafe {
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
    }
}

/// Ends the process where the module can't run here.
fn check_module(module: &ModuleInfo) {
    if module.version != CONTRACT_VERSION {
        cannot_start(format_args!(
            "the module was compiled for version {} of the runtime and is linked with version \
             {CONTRACT_VERSION}; link it with the library of the wasi-aot that compiled it",
            module.version
        ));
    }
    check_processor(Features(module.cpu_features));
}

/// Ends the process where the processor, or the system, lacks what the code needs: it
/// would die of an illegal instruction, sooner or later.
fn check_processor(needed: Features) {
    let cpu = &arch::CPU;
    let found = cpu.found(&arch::processor(needed));
    match cpu.missing(needed, found) {
        None => {}
        Some(Missing::Feature(name)) => {
            let found = cpu.found(&arch::processor(cpu.all()));
            cannot_start(format_args!(
                "this processor lacks {name}, which the program is compiled for; build it with \
                 --cpu {}",
                cpu.level_within(found).name()
            ))
        }
        Some(Missing::Unknown) => cannot_start(format_args!(
            "the program is compiled for a processor that this runtime doesn't know; build it again"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_and_environment_are_told_apart() {
        let strings: [&CStr; 4] = [c"app", c"x", c"A=1", c"B="];
        let [app, x, a, b] = strings.map(|s| s.as_ptr().addr());
        let stack: [usize; 9] = [2, app, x, 0, a, b, 0, 33, 0];
        // SAFETY: laid out like the kernel's; only pointers are read.
        let (args, env) = unsafe { arguments(stack.as_ptr()) };
        let addresses = |list: &[*const c_char]| list.iter().map(|s| s.addr()).collect::<Vec<_>>();
        assert_eq!(addresses(args), [app, x]);
        assert_eq!(addresses(env), [a, b]);
    }

    #[test]
    fn nothing_at_all_may_be_passed() {
        // SAFETY: as above.
        let (args, env) = unsafe { arguments([0, 0, 0, 0].as_ptr()) };
        assert!(args.is_empty() && env.is_empty());
    }
}
