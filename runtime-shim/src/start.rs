//! From the kernel's initial stack to the module's entry.
//!
//! [`start`] is the whole order. System calls are few on purpose: they are what a short
//! program spends its time on.

use crate::manifest::Manifest;
use crate::parts::Parts;
use crate::policy::environment::Environment;
use crate::process::Process;
use crate::report::{self, cannot_start};
use crate::{
    arch, ending, harden, inherited, linear_memory, policy, preempt, privileges, stack, sys,
    tables, traps, wasi,
};
use core::ptr::with_exposed_provenance;
use rustix::fs::Mode;
use rustix::process::umask;
use wasi_aot_contract::cpu::{Features, Missing};
use wasi_aot_contract::module::{CONTRACT_VERSION, ModuleInfo, PolicyInfo};
use wasi_aot_contract::os::MODE_BITS;
use wasi_aot_contract::symbols::handles_quit;

unsafe extern "C" {
    /// The module's own, at an address that the runtime is linked for; `symbols::MODULE`.
    static wasi_aot_module: ModuleInfo;
}

#[cfg(not(test))]
arch::define_entry_point!(start);

/// Prepares the process and runs the module. Each step ends the process with a message
/// where it fails.
///
/// # Safety
/// `initial_stack` is the stack pointer as the kernel set it, and nothing has
/// been called before.
pub unsafe extern "C" fn start(initial_stack: *const usize) -> ! {
    // SAFETY: the module is linked in, and its info is never written.
    let module = unsafe { &wasi_aot_module };
    // SAFETY: the caller's promise; the kernel leaves the stack's contents to the process.
    let process = unsafe { Process::from_stack(initial_stack) };

    // First the name that messages begin with: each step from here on may print one.
    if let Some(name) = process.name() {
        report::set_program_name(name);
    }
    // Before any other function of rustix, some of which look into the auxiliary vector.
    // SAFETY: as rustix asks, this is the kernel's envp, which follows argc, argv and its
    // null and which the auxiliary vector follows; nothing of rustix has been called
    // yet, and nothing is written through the pointer.
    unsafe { rustix::param::init(initial_stack.add(2 + process.args.len()).cast_mut().cast()) };
    // Before anything else of the module is used: its tables may have another format, and
    // its code may need instructions that the processor lacks.
    check_module(module);
    // Before the steps that need the limits of the manifest.
    // SAFETY: the compiler wrote the address, and the structure is never written.
    let policy = unsafe { &*with_exposed_provenance::<PolicyInfo>(module.policy as usize) };
    let manifest = read_manifest(policy);
    // SAFETY: the compiler wrote the addresses of the parts that the manifest needs.
    let parts = unsafe { Parts::new(policy, &manifest) };

    // Before the runtime opens anything: it closes every number from 3 on but the sockets that are
    // passed and granted.
    let privileged = process.auxv.is_secure();
    let passed = parts.look_at_passed(privileged, process.env);
    inherited::close_descriptors(passed);
    narrow_umask(manifest.umask);
    // Memories before the stack: memories have fixed addresses, and a mapping of the
    // kernel's choice could be in their way.
    linear_memory::reserve(module, manifest.limits.memory_pages);
    let stack_top = stack::reserve(manifest.limits.stack_size);
    // Traps before timers: the timers' handlers run on the stack that `traps::install` sets
    // up. From here on a fault, and the limit of processor time, end the process with a message.
    let signals = traps::install(module) | preempt::install(module) | parts.limit_cpu(&manifest);
    // After all handlers are installed: a blocked signal may be pending and then arrives at
    // once. The result is ignored, because a failure costs only the messages of traps.
    sys::unblock(signals);

    // The first fence. The standard streams come first, so that 0, 1 and 2 are occupied
    // before anything is opened.
    // SAFETY: the reference ends with this function, which enters the module at its end,
    // and there is no other.
    let wasi = unsafe { wasi::state() };
    wasi.args = process.args;
    // SAFETY: the kernel's strings live as long as the process.
    wasi.environment = unsafe { Environment::new(&manifest, process.env) };
    wasi.os_rights = policy::os_rights::OsRights::of(module, &manifest);
    wasi.quitting = handles_quit(&module.runtime_symbols);
    if policy::stdio::open_standard(&mut wasi.fds).is_err() {
        cannot_start(format_args!(
            "standard input, output and error can't be set up"
        ));
    }
    policy::privileged::check_environment(privileged, &manifest)
        .unwrap_or_else(|why| cannot_start(format_args!("{why}")));
    // SAFETY: as for the environment.
    let start = unsafe { policy::Start::new(rustix::param::linux_execfn(), process.args) };
    let listeners = parts.listen(&manifest, passed, wasi);
    parts.grant(&manifest, start, privileged, listeners, wasi);
    parts.report_listeners(&manifest, privileged, wasi);
    parts.find_terminal(wasi);
    parts.make_root(&manifest, wasi);
    wasi.own.keeps_free_names = wasi.os_rights.x_bits;
    wasi.own.x_bits_at_birth = !wasi.os_rights.modes;

    // The second fence. Capabilities go after listeners and directories are open, which may
    // take them. Landlock and seccomp must be last: they forbid the calls above.
    let guest = harden::Guest {
        fds: &wasi.fds,
        files: wasi.root.files,
        os: wasi.os_rights,
        quitting: wasi.quitting,
    };
    let dropped = privileges::drop_needless(harden::Needs::of(guest));
    harden::raise(&process, manifest.fence, guest, dropped);
    // SAFETY: the compiler wrote the entry; the stack is new.
    unsafe { arch::enter(module.entry, stack_top, ending::ended) }
}

/// Adds bits to the umask of whoever started the program. Nobody's bits are taken away.
fn narrow_umask(bits: u32) {
    if bits != 0 {
        // The only way to ask for the umask is to set another one.
        let before = umask(Mode::from_raw_mode(MODE_BITS));
        umask(before | Mode::from_raw_mode(bits));
    }
}

/// Reads the manifest in the executable's note.
fn read_manifest(policy: &PolicyInfo) -> Manifest {
    // SAFETY: the compiler or linker wrote address and length of the note.
    let note = unsafe { tables::slice(policy.manifest, policy.manifest_len) };
    let Ok(manifest) = Manifest::read(note) else {
        cannot_start(format_args!(
            "the manifest in the executable is damaged; build it again"
        ))
    };
    manifest
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

/// Ends the process where the processor, or the system, lacks an instruction that the code
/// needs: the program would die of it sooner or later.
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
