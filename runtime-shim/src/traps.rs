//! Faults of generated code become WebAssembly traps.
//!
//! Invariants:
//!
//! * Handlers run on a stack of their own, the signal stack, since the native stack may be
//!   what has run out. Handlers of faults, of timers and of SIGQUIT share that stack, so the
//!   signals of timers and SIGQUIT are blocked in all of them.
//! * A handler of a fault never returns to the program. A fault inside a handler finds its
//!   signal blocked, and the kernel ends the process.
//! * A fault in a memory's reserve at an instruction of the module is an out-of-bounds access.
//!   So the trap table has no entries for loads and stores, only for instructions that trap
//!   by themselves (ud2, div).
//! * The signals that faults and timers send arrive whatever signals the parent has blocked:
//!   the functions that install handlers return them, and the start unblocks them.

use crate::arch::{Registers, SignalContext};
use crate::report::{EXIT_TRAP, Printable, Size, Stderr, cannot_start};
use crate::stack::{self, NativeStack};
use crate::sys::{self, SignalAction, SignalInfo, SignalStack};
use crate::tables::Tables;
use crate::{ending, linear_memory};
use core::fmt::{self, Write};
use core::ops::Range;
use core::ptr::{null_mut, with_exposed_provenance_mut};
use core::sync::atomic::{AtomicPtr, Ordering};
use rustix::io::Errno;
use rustix::param::linux_minsigstksz;
use rustix::process::{Signal, getpid, kill_process};
use wasi_aot_contract::layout::native::memory_base;
use wasi_aot_contract::module::{ModuleInfo, TrapKind};

const SIG_DFL: usize = 0;
pub const SIG_IGN: usize = 1;

/// Frames that a backtrace shows at most.
const BACKTRACE_LEN: usize = 16;

/// The signals that faults of a processor arrive as.
const FAULTS: [Signal; 4] = [Signal::ILL, Signal::FPE, Signal::SEGV, Signal::BUS];

/// Flags of the handler of a fault, in addition to those of every handler.
#[cfg(not(feature = "again"))]
const FAULT_FLAGS: u64 = 0;
#[cfg(feature = "again")]
const FAULT_FLAGS: u64 = crate::again::HANDLER_FLAGS;

/// The signals that timers send, and SIGQUIT.
const SHARING: u64 = bit(Signal::QUIT)
    | bit(Signal::XCPU)
    | bit(if cfg!(feature = "eager") {
        Signal::ALARM
    } else {
        Signal::VTALARM
    });

/// Bytes of stack that a handler needs in addition to the frame that the kernel writes, most
/// of them to format a message.
const HANDLER_NEEDS: u64 = 0xc000;

/// Bytes of a signal's frame on kernels that don't say how many it has (before Linux 5.14 on
/// x86-64 and 4.19 on aarch64). The largest state that such kernels support, AVX-512 or SVE,
/// takes less.
const USUAL_FRAME: u64 = 0x4000;

/// Set once by [`install`].
static MODULE: AtomicPtr<ModuleInfo> = AtomicPtr::new(null_mut());

/// Makes faults end the process as traps of `module`, and writing to a closed
/// pipe or beyond the largest size of a file (`ulimit -f`) an error (EPIPE,
/// EFBIG) instead of a signal, as in native Go. Returns the signals that must be able
/// to arrive, as [`sys::unblock`] takes them: a parent may have blocked them.
pub fn install(module: &'static ModuleInfo) -> u64 {
    MODULE.store((&raw const *module).cast_mut(), Ordering::Relaxed);
    if let Err(error) = set_up_handlers() {
        cannot_start(format_args!(
            "cannot set up signal handlers: the system refuses with errno {}",
            error.raw_os_error()
        ));
    }
    // SIGPIPE, too: while it is blocked, `die_by` couldn't die by it.
    FAULTS
        .into_iter()
        .fold(bit(Signal::PIPE), |all, fault| all | bit(fault))
}

/// The bit of `signal` in a set of signals.
pub const fn bit(signal: Signal) -> u64 {
    1 << (signal.as_raw() - 1)
}

fn set_up_handlers() -> Result<(), Errno> {
    let size = handler_stack_size(linux_minsigstksz() as u64);
    let low = stack::map(size)?;
    let stack = SignalStack {
        start: with_exposed_provenance_mut(low as usize),
        flags: 0,
        size: size as usize,
    };
    // SAFETY: the stack is new and stays mapped, and the handler is one for SA_SIGINFO.
    unsafe {
        sys::checked(sys::sigaltstack(stack))?;
        for signal in FAULTS {
            let handler = on_fault as *const () as usize;
            sys::checked(set_action(signal, handler, FAULT_FLAGS))?;
        }
        for signal in [Signal::PIPE, Signal::XFSZ] {
            sys::checked(set_action(signal, SIG_IGN, 0))?;
        }
    }
    Ok(())
}

/// Bytes of the stack that handlers run on. The processor's registers take up to `frame` bytes
/// of it (AT_MINSIGSTKSZ: with SME on aarch64 more than 64 KiB); if that is 0, the kernel
/// doesn't say how many.
fn handler_stack_size(frame: u64) -> u64 {
    stack::rounded(frame.max(USUAL_FRAME) + HANDLER_NEEDS)
}

/// Ends the process by `signal`'s default action, which must be to end it.
pub fn die_by(signal: Signal) -> ! {
    ending::put_right();
    // SAFETY: the default action takes no handler.
    unsafe { set_action(signal, SIG_DFL, 0) };
    let _ = kill_process(getpid(), signal);
    // The process still runs if the signal is blocked.
    ending::exit(128 + signal.as_raw())
}

/// Has the process end by the default action of `signal` as soon as the handler returns. Only
/// the handler of `signal`, in which `signal` is blocked, may call this.
pub fn die_on_return(signal: Signal) {
    ending::put_right();
    // SAFETY: the default action takes no handler.
    unsafe { set_action(signal, SIG_DFL, 0) };
    let _ = kill_process(getpid(), signal);
}

/// Sets what happens on `signal`; returns 0 or a negative errno. Every handler runs on the
/// signal stack, with the signals blocked whose handlers share that stack. `flags` are flags in
/// addition to that.
///
/// # Safety
/// `handler` is [`SIG_DFL`], [`SIG_IGN`] or a handler for SA_SIGINFO.
pub unsafe fn set_action(signal: Signal, handler: usize, flags: u64) -> isize {
    // SAFETY: the caller's promise.
    unsafe { set_action_of(signal.as_raw(), handler, flags) }
}

/// As [`set_action`]; returns what happened on `signal` before, as [`sys::rt_sigaction`] does.
///
/// # Errors
/// None that the kernel is known to have.
///
/// # Safety
/// As for [`set_action`].
pub unsafe fn swap_action(signal: Signal, handler: usize) -> Result<usize, Errno> {
    // SAFETY: the caller's promise.
    unsafe { sys::rt_sigaction(signal.as_raw(), action(handler, 0)) }
}

/// As [`set_action`], for a signal's number.
///
/// # Safety
/// As for [`set_action`].
pub unsafe fn set_action_of(signal: i32, handler: usize, flags: u64) -> isize {
    // SAFETY: the caller's promise.
    let before = unsafe { sys::rt_sigaction(signal, action(handler, flags)) };
    before.map_or_else(|error| -(error.raw_os_error() as isize), |_| 0)
}

fn action(handler: usize, flags: u64) -> SignalAction {
    SignalAction {
        handler,
        flags: sys::SA_SIGINFO_ONSTACK | flags,
        restorer: 0,
        mask: SHARING,
    }
}

/// Prints `message`, and which functions of the module the process is in.
///
/// # Safety
/// Called in the handler of a signal that has interrupted the process where `registers` say.
pub unsafe fn show_place(message: &str, registers: &Registers) {
    // SAFETY: `install` stored a static, whose tables are read-only.
    let tables = unsafe { Tables::of(&*MODULE.load(Ordering::Relaxed)) };
    let stack = stack::current();
    // SAFETY: the native stack stays mapped, and its only user is stopped.
    let frames = unsafe { frames(registers.frame_pointer, stack.usable.clone()) };
    let mut stderr = Stderr::new();
    stderr.program_name();
    let mut names = names(registers.pc, &tables, frames).take(BACKTRACE_LEN);
    // Neither formatting nor `Stderr` fails.
    let _ = writeln!(stderr, "{message}");
    let _ = names.try_for_each(|name| writeln!(stderr, "    at {}", Printable(name)));
    stderr.flush();
}

/// # Safety
/// Called by the kernel only, as the handler of one of [`FAULTS`].
unsafe extern "C" fn on_fault(number: i32, info: *const SignalInfo, context: *const SignalContext) {
    // SAFETY: the kernel passes both for SA_SIGINFO.
    let (info, registers) = unsafe { (&*info, (*context).registers()) };
    let signal = FAULTS.iter().find(|signal| signal.as_raw() == number);
    let signal = *signal.expect("BUG: a signal without a handler");
    // Codes of faults are positive; with other codes some process sent the signal.
    if info.code <= 0 {
        return die_on_return(signal);
    }
    let fault = Fault {
        signal,
        address: info.address,
        pc: registers.pc,
    };
    // SAFETY: `install` stored a static, whose tables are read-only.
    let (module, tables) = unsafe {
        let module = &*MODULE.load(Ordering::Relaxed);
        (module, Tables::of(module))
    };
    let stack = stack::current();
    let cause = classify(&fault, &tables, linear_memory::sizes(module), &stack);
    // SAFETY: the native stack stays mapped, and its only user is stopped.
    let frames = unsafe { frames(registers.frame_pointer, stack.usable.clone()) };
    report(&fault, &cause, &stack, &tables, frames);
    #[cfg(feature = "again")]
    if cause.is_memory_out_of_bounds() {
        // SAFETY: this is the handler's end, and generated code made the access.
        unsafe { crate::again::enter(module) }
    }
    ending::exit(EXIT_TRAP)
}

/// What the processor says about a fault.
#[derive(Debug, Clone, Copy)]
struct Fault {
    signal: Signal,
    /// For SIGSEGV and SIGBUS the address that was accessed.
    address: u64,
    pc: u64,
}

/// Why the program can't go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// An instruction that the compiler listed.
    Trap {
        kind: TrapKind,
        wasm_offset: Option<u32>,
    },
    /// An access of generated code that missed a memory, at this index.
    MemoryOutOfBounds {
        memory: u32,
        index: u64,
    },
    StackOverflow,
    /// The kernel couldn't read a page of memory 0 from the executable file.
    PageLost,
    /// A fault that no module can cause.
    Bug,
}

#[cfg(feature = "again")]
impl Cause {
    fn is_memory_out_of_bounds(&self) -> bool {
        let kind = TrapKind::MemoryOutOfBounds;
        matches!(self, Self::MemoryOutOfBounds { .. })
            || matches!(self, Self::Trap { kind: found, .. } if *found == kind)
    }
}

/// Finds out what `fault` means. `memories` are the module's memories with their sizes in
/// bytes.
fn classify(
    fault: &Fault,
    tables: &Tables<'_>,
    mut memories: impl Iterator<Item = (u32, u64)>,
    stack: &NativeStack,
) -> Cause {
    let is_access = [Signal::SEGV, Signal::BUS].contains(&fault.signal);
    let hits = |range: &Range<u64>| is_access && range.contains(&fault.address);
    // The guard is checked before the address of the code, because a frame of a runtime
    // function can overflow the stack, too.
    if hits(&stack.guard()) {
        return Cause::StackOverflow;
    }
    if let Some(trap) = tables.trap_at(fault.pc) {
        return trap.kind().map_or(Cause::Bug, |kind| Cause::Trap {
            kind,
            wasm_offset: trap.wasm_offset(),
        });
    }
    let Some((memory, size)) = memories.find(|&(memory, _)| hits(&linear_memory::reserved(memory)))
    else {
        return Cause::Bug;
    };
    let base = memory_base(memory);
    if (base..base + size).contains(&fault.address) {
        // Only memory 0 is mapped from the file.
        return if fault.signal == Signal::BUS && memory == 0 {
            Cause::PageLost
        } else {
            Cause::Bug
        };
    }
    if tables.text.contains(&fault.pc) {
        return Cause::MemoryOutOfBounds {
            memory,
            index: index_of(fault.address, base),
        };
    }
    Cause::Bug
}

/// The index into the memory at `base` that the code used. An address in the guard below the
/// memory comes from an index that wraps around.
fn index_of(address: u64, base: u64) -> u64 {
    if address >= base {
        address - base
    } else {
        u64::from(address.wrapping_sub(base) as u32)
    }
}

/// The return addresses of the frames that begin at `frame_pointer`, innermost
/// first: each frame holds the caller's frame pointer and, above it, the address
/// to return to (on both architectures). Ends where a pointer leaves `stack` or
/// doesn't grow, so it ends whatever is on the stack.
///
/// # Safety
/// `stack` is readable and isn't written meanwhile.
unsafe fn frames(frame_pointer: u64, stack: Range<u64>) -> impl Iterator<Item = u64> {
    const FRAME: u64 = 16;
    let mut next = frame_pointer;
    let mut low = stack.start;
    core::iter::from_fn(move || {
        let inside = next >= low && next.checked_add(FRAME)? <= stack.end;
        if !inside || !next.is_multiple_of(8) {
            return None;
        }
        let frame = core::ptr::with_exposed_provenance::<[u64; 2]>(next as usize);
        // SAFETY: aligned and inside the stack, as just checked.
        let [caller, return_address] = unsafe { frame.read() };
        low = next + FRAME;
        next = caller;
        Some(return_address)
    })
}

/// Prints what happened and where.
fn report(
    fault: &Fault,
    cause: &Cause,
    stack: &NativeStack,
    tables: &Tables<'_>,
    frames: impl Iterator<Item = u64>,
) {
    let mut stderr = Stderr::new();
    stderr.program_name();
    let names = names(fault.pc, tables, frames);
    let _ = describe(&mut stderr, fault, cause, stack, names);
    stderr.flush();
}

/// The names of the functions at `pc` and at the return addresses in `frames`. Helpers of the
/// compiler have no names and are left out, as is the runtime.
fn names<'a>(
    pc: u64,
    tables: &Tables<'a>,
    frames: impl Iterator<Item = u64>,
) -> impl Iterator<Item = &'a [u8]> {
    // A return address may be that of the next function's beginning, so the byte before it
    // is looked up, which belongs to the call.
    let calls = frames.map(|return_address| return_address.wrapping_sub(1));
    let places = core::iter::once(pc).chain(calls);
    places.filter_map(|pc| tables.function_at(pc))
}

/// Writes the message. `names` are the functions' names, innermost first.
fn describe<'a>(
    out: &mut impl Write,
    fault: &Fault,
    cause: &Cause,
    stack: &NativeStack,
    names: impl Iterator<Item = &'a [u8]>,
) -> fmt::Result {
    let mut names = names.take(BACKTRACE_LEN).peekable();
    match cause {
        Cause::Trap { kind, .. } => write!(out, "trap: {}", kind.message())?,
        Cause::MemoryOutOfBounds { memory, index } => {
            let message = TrapKind::MemoryOutOfBounds.message();
            write!(out, "trap: {message} at {index:#x}")?;
            // The first memory, which is nearly always the only one, isn't named.
            if *memory != 0 {
                write!(out, " of memory {memory}")?;
            }
        }
        Cause::StackOverflow => write!(out, "trap: {}", TrapKind::StackOverflow.message())?,
        Cause::PageLost => write!(
            out,
            "cannot read the executable file while it runs (SIGBUS)"
        )?,
        Cause::Bug => write!(
            out,
            "BUG: runtime fault: signal {} at pc {:#x}, address {:#x}",
            fault.signal.as_raw(),
            fault.pc,
            fault.address
        )?,
    }
    if let Some(name) = names.peek() {
        write!(out, " in {}", Printable(name))?;
    }
    if let Cause::Trap {
        wasm_offset: Some(offset),
        ..
    } = cause
    {
        write!(out, " (wasm offset {offset:#x})")?;
    }
    if *cause == Cause::StackOverflow {
        describe_stack(out, stack)?;
    }
    out.write_char('\n')?;
    names.try_for_each(|name| writeln!(out, "    at {}", Printable(name)))
}

/// Says why the stack isn't larger, and what to do.
fn describe_stack(out: &mut impl Write, stack: &NativeStack) -> fmt::Result {
    let size = Size(stack.size());
    if stack.size() < stack.wanted {
        let wanted = Size(stack.wanted);
        write!(
            out,
            ": its {size} are used up; the system refused the {wanted} asked for \
             (see ulimit -v, ulimit -d and vm.overcommit_memory)"
        )
    } else {
        write!(
            out,
            ": its {size} are used up; build with a larger --stack-size"
        )
    }
}

#[cfg(test)]
#[path = "traps_tests.rs"]
mod tests;
