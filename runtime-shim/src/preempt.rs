//! Takes the processor from goroutines that compute for long.
//!
//! Go has no thread on wasm that asks a goroutine to give way. Without one, timers are late,
//! and the write barriers of a garbage collection stay on while one goroutine computes. What
//! native Go's `sysmon` does from a thread of its own is done here from a timer signal, every
//! 10 ms of computing: the running goroutine's `stackguard0` gets a value that no stack
//! pointer is above. So the next function that checks for stack space calls the scheduler
//! instead (`newstack` in `runtime/stack.go`).
//!
//! Invariants:
//!
//! * A signal's handler, the timer's or SIGQUIT's, stores only while generated code runs ([`ask`]),
//!   so the runtime never sees linear memory change during a call. A call may ask for it itself
//!   ([`give_way`]).
//! * The only change is one store of [`Preemption::STACK_PREEMPT`].
//! * The module says where the goroutine is ([`Preemption`]). The pointers found there are
//!   the guest's and may have any value, so every access is checked against the memory's
//!   size.
//!
//! The compiler reads off the module where `g` and its fields are (`go/preempt.rs`), and
//! leaves all of this out with `--no-preempt`. With the feature `eager`, for tests, the timer
//! asks every 0.2 ms of real time.

use crate::abi::guest_memory::Memory;
use crate::arch::SignalContext;
use crate::sys::{self, IntervalTimer, SignalInfo};
use crate::{linear_memory, traps};
use core::ptr::{null_mut, with_exposed_provenance, with_exposed_provenance_mut};
use core::sync::atomic::{AtomicPtr, Ordering};
use rustix::process::Signal;
use wasi_aot_contract::layout::native::MEMORY_BASE;
use wasi_aot_contract::module::{ModuleInfo, Preemption};

/// Set once by [`install`].
static MODULE: AtomicPtr<ModuleInfo> = AtomicPtr::new(null_mut());

/// Starts the timer, if `module` says how to preempt. The timer counts the time that the
/// process computes, so a process that waits gets no signals. If the kernel refuses, the
/// goroutines give way only by themselves, as they do everywhere else on wasm.
/// Returns the timer's signal, as [`sys::unblock`] takes it, or nothing.
pub fn install(module: &'static ModuleInfo) -> u64 {
    if module.preemption.g_cell == 0 {
        return 0;
    }
    MODULE.store((&raw const *module).cast_mut(), Ordering::Relaxed);
    let timer = Timer::of(&module.preemption);
    // SAFETY: the handler is one for SA_SIGINFO.
    let result =
        unsafe { traps::set_action(timer.signal, on_tick as *const () as usize, sys::SA_RESTART) };
    if result == 0 {
        let period = [0, i64::from(timer.interval)];
        sys::setitimer(
            timer.clock,
            IntervalTimer {
                interval: period,
                value: period,
            },
        );
    }
    traps::bit(timer.signal)
}

struct Timer {
    clock: usize,
    signal: Signal,
    /// Microseconds.
    interval: u32,
}

impl Timer {
    #[cfg(not(feature = "eager"))]
    fn of(preemption: &Preemption) -> Self {
        Self {
            clock: sys::ITIMER_VIRTUAL,
            signal: Signal::VTALARM,
            interval: preemption.interval,
        }
    }

    /// For tests: as often as a processor can stand. The timer counts real time, because the
    /// timer for computing time isn't finer than the kernel's tick of 1 to 10 ms.
    #[cfg(feature = "eager")]
    fn of(_: &Preemption) -> Self {
        Self {
            clock: sys::ITIMER_REAL,
            signal: Signal::ALARM,
            interval: 200,
        }
    }
}

/// Has the goroutine that makes a call give way at the next function it calls. Returns whether
/// the goroutine will: `false` if goroutines aren't preempted or the module isn't Go's.
pub fn give_way(_exclusive: &mut Memory) -> bool {
    let module = MODULE.load(Ordering::Relaxed);
    // SAFETY: null, or a static that `install` stored.
    let Some(module) = (unsafe { module.as_ref() }) else {
        return false;
    };
    // SAFETY: the compiler wrote the cell's address; generated code isn't running, and the
    // exclusive borrow of `Memory` says that there is no reference into linear memory.
    unsafe {
        let cell = with_exposed_provenance::<u64>(module.preemption.g_cell as usize);
        request(&module.preemption, cell.read_volatile(), &LinearMemory).is_some()
    }
}

/// Asks the goroutine to give way, if generated code runs at `pc`, where a signal has interrupted
/// the process.
pub fn ask(pc: u64) {
    let module = MODULE.load(Ordering::Relaxed);
    // SAFETY: null, or a static that `install` stored.
    let Some(module) = (unsafe { module.as_ref() }) else {
        return;
    };
    if (module.text_start..module.text_end).contains(&pc) {
        // SAFETY: the compiler wrote the cell's address; the code that was
        // interrupted is generated code, which holds no Rust reference to it or
        // to linear memory.
        unsafe {
            let cell = with_exposed_provenance::<u64>(module.preemption.g_cell as usize);
            request(&module.preemption, cell.read_volatile(), &LinearMemory);
        }
    }
}

/// Whether generated code, which has called the runtime, runs on the scheduler's stack. `false`
/// if the module isn't Go's.
pub fn is_scheduler() -> bool {
    let module = MODULE.load(Ordering::Relaxed);
    // SAFETY: null, or a static that `install` stored.
    let Some(module) = (unsafe { module.as_ref() }) else {
        return false;
    };
    // SAFETY: the compiler wrote the cell's address, and generated code isn't running.
    let g = unsafe {
        let cell = with_exposed_provenance::<u64>(module.preemption.g_cell as usize);
        cell.read_volatile()
    };
    scheduler_of(&module.preemption, g, &LinearMemory) == Some(g)
}

/// # Safety
/// Called by the kernel only, as the handler of the timer's signal.
unsafe extern "C" fn on_tick(_: i32, _: *const SignalInfo, context: *const SignalContext) {
    // SAFETY: the kernel passes it for SA_SIGINFO.
    let pc = unsafe { (*context).registers() }.pc;
    ask(pc);
}

/// Marks the goroutine `g`. `None` if `g` isn't a goroutine, or is the scheduler's stack of the
/// thread: Go takes a preemption of that stack for a bug ("preempt g0"). Go's own `preemptone`
/// looks the goroutine up as `m.curg`, whose offset differs from version to version. `m.curg`
/// isn't used here, so a tick during the scheduler's own work has no effect; the next tick has.
///
/// # Safety
/// As [`Words::store`].
unsafe fn request(at: &Preemption, g: u64, words: &impl Words) -> Option<()> {
    if scheduler_of(at, g, words)? == g {
        return None;
    }
    // SAFETY: the caller's promise.
    unsafe { words.store(field(g, at.g_stackguard0)?, Preemption::STACK_PREEMPT) }
}

/// The `g` of the scheduler on the thread of `g`.
fn scheduler_of(at: &Preemption, g: u64, words: &impl Words) -> Option<u64> {
    if g == 0 {
        return None;
    }
    let m = words.load(field(g, at.g_m)?)?;
    words.load(field(m, at.m_g0)?)
}

fn field(base: u64, offset: u32) -> Option<u64> {
    base.checked_add(u64::from(offset))
}

/// The guest's 8-byte words.
trait Words {
    /// `None` unless `at` is the address of a word inside linear memory.
    fn load(&self, at: u64) -> Option<u64>;

    /// # Safety
    /// No reference into linear memory exists.
    unsafe fn store(&self, at: u64, word: u64) -> Option<()>;
}

struct LinearMemory;

impl LinearMemory {
    fn host_address(at: u64) -> Option<usize> {
        (at.checked_add(8)? <= linear_memory::size_bytes()).then_some((MEMORY_BASE + at) as usize)
    }
}

impl Words for LinearMemory {
    fn load(&self, at: u64) -> Option<u64> {
        let address = Self::host_address(at)?;
        // SAFETY: inside linear memory, as just checked; any bytes are a u64.
        Some(unsafe { with_exposed_provenance::<u64>(address).read_unaligned() })
    }

    unsafe fn store(&self, at: u64, word: u64) -> Option<()> {
        let address = Self::host_address(at)?;
        // SAFETY: inside linear memory, as just checked, and the caller promises that
        // nothing refers to it.
        unsafe { with_exposed_provenance_mut::<u64>(address).write_unaligned(word) };
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::cell::RefCell;

    const AT: Preemption = Preemption {
        g_cell: 0,
        interval: 0,
        g_m: 48,
        m_g0: 0,
        g_stackguard0: 16,
    };

    /// Memory of 256 bytes.
    struct Fake(RefCell<[u64; 32]>);

    impl Words for Fake {
        fn load(&self, at: u64) -> Option<u64> {
            self.0.borrow().get(usize::try_from(at).ok()? / 8).copied()
        }

        unsafe fn store(&self, at: u64, word: u64) -> Option<()> {
            *self.0.borrow_mut().get_mut(usize::try_from(at).ok()? / 8)? = word;
            Some(())
        }
    }

    /// A g at 0x20 whose m, at 0x80, has this g0.
    fn with_g0(g0: u64) -> Fake {
        let mut words = [0; 32];
        words[(0x20 + 48) / 8] = 0x80;
        words[0x80 / 8] = g0;
        Fake(RefCell::new(words))
    }

    fn stackguard0(memory: &Fake) -> u64 {
        memory.0.borrow()[(0x20 + 16) / 8]
    }

    #[test]
    fn a_running_goroutine_is_marked() {
        let memory = with_g0(0xa0);
        // SAFETY: nothing refers to the fake memory.
        assert_eq!(unsafe { request(&AT, 0x20, &memory) }, Some(()));
        assert_eq!(stackguard0(&memory), Preemption::STACK_PREEMPT);
    }

    #[test]
    fn the_scheduler_is_not() {
        let memory = with_g0(0x20);
        // SAFETY: as above.
        assert_eq!(unsafe { request(&AT, 0x20, &memory) }, None);
        assert_eq!(stackguard0(&memory), 0);
    }

    #[test]
    fn pointers_out_of_memory_are_not_followed() {
        let wild = [0, 256, 1 << 32, u64::MAX - 40, u64::MAX];
        for g in wild {
            let memory = with_g0(0xa0);
            // SAFETY: as above.
            assert_eq!(unsafe { request(&AT, g, &memory) }, None, "g = {g:#x}");
        }
        for m in wild {
            let memory = with_g0(0xa0);
            memory.0.borrow_mut()[(0x20 + 48) / 8] = m;
            // SAFETY: as above. Address 0 is memory like any other.
            let _ = unsafe { request(&AT, 0x20, &memory) };
            assert!(m == 0 || stackguard0(&memory) == 0, "m = {m:#x}");
        }
    }
}
