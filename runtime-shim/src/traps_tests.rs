//! Tests of the parts of [`super`] that need no signal.

use super::*;
use crate::tables::tests::{TEXT, sample};
use wasi_aot_contract::layout::MEMORY_RESERVE;
use wasi_aot_contract::layout::native::MEMORY_BASE;

const MEMORY_SIZE: u64 = 0x2_0000;

/// The size of memory 1; there is no third memory.
const OTHER_SIZE: u64 = 0x1_0000;

fn native_stack() -> NativeStack {
    NativeStack {
        usable: 0x7000_0000_0000..0x7000_0010_0000,
        wanted: 0x10_0000,
    }
}

fn cause(signal: Signal, pc: u64, address: u64) -> Cause {
    let fault = Fault {
        signal,
        address,
        pc,
    };
    let memories = [(0, MEMORY_SIZE), (1, OTHER_SIZE)].into_iter();
    classify(&fault, &sample(), memories, &native_stack())
}

#[test]
fn handlers_have_room_for_the_largest_frame() {
    // The kernel doesn't say; AVX-512 with AMX; SVE; SVE and SME with vectors of 2,048 bits.
    for frame in [0, 11_952, 13_744, 90_000] {
        let size = handler_stack_size(frame);
        assert!(size >= frame + HANDLER_NEEDS, "{frame}: {size}");
        assert!(
            size <= frame.max(USUAL_FRAME) + HANDLER_NEEDS + 0xffff,
            "{frame}: {size}"
        );
    }
}

#[test]
fn listed_instructions_trap_as_listed() {
    let pc = TEXT.start + 0x12;
    let expected = Cause::Trap {
        kind: TrapKind::Unreachable,
        wasm_offset: Some(0x1234),
    };
    assert_eq!(cause(Signal::ILL, pc, pc), expected);
    assert_eq!(cause(Signal::ILL, pc + 1, pc + 1), Cause::Bug);
}

#[test]
fn accesses_outside_memory_are_out_of_bounds() {
    let pc = TEXT.start;
    let at = |address| cause(Signal::SEGV, pc, address);
    for (memory, size) in [(0, MEMORY_SIZE), (1, OTHER_SIZE)] {
        let out = |index| Cause::MemoryOutOfBounds { memory, index };
        let base = memory_base(memory);
        assert_eq!(at(base + size), out(size));
        assert_eq!(at(base + MEMORY_RESERVE - 1), out(MEMORY_RESERVE - 1));
        assert_eq!(at(base - 8), out(0xffff_fff8));
        assert_eq!(at(linear_memory::reserved(memory).end), Cause::Bug);
        assert_eq!(at(linear_memory::reserved(memory).start - 1), Cause::Bug);
    }
    assert_eq!(at(memory_base(2)), Cause::Bug);
    assert_eq!(at(0), Cause::Bug);
    // Only SIGSEGV and SIGBUS come from an access: with another signal the address means nothing.
    assert_eq!(
        cause(Signal::FPE, pc, MEMORY_BASE + MEMORY_SIZE),
        Cause::Bug
    );
    // The runtime checks addresses before it accesses them.
    assert_eq!(
        cause(Signal::SEGV, 0x40_1000, MEMORY_BASE + MEMORY_SIZE),
        Cause::Bug
    );
}

#[test]
fn a_lost_page_is_nobodys_bug() {
    assert_eq!(cause(Signal::BUS, TEXT.start, MEMORY_BASE), Cause::PageLost);
    assert_eq!(cause(Signal::BUS, 0x40_1000, MEMORY_BASE), Cause::PageLost);
    assert_eq!(cause(Signal::SEGV, TEXT.start, MEMORY_BASE), Cause::Bug);
    // Only memory 0 is mapped from the file.
    assert_eq!(cause(Signal::BUS, TEXT.start, memory_base(1)), Cause::Bug);
}

#[test]
fn the_guard_of_the_stack_is_an_overflow_from_anywhere() {
    let guard = native_stack().guard();
    for pc in [TEXT.start, 0x40_1000] {
        for address in [guard.start, guard.end - 1] {
            assert_eq!(cause(Signal::SEGV, pc, address), Cause::StackOverflow);
        }
        assert_eq!(cause(Signal::SEGV, pc, guard.end), Cause::Bug);
    }
}

fn message(cause: Cause, stack: &NativeStack, names: &[&[u8]]) -> String {
    let fault = Fault {
        signal: Signal::SEGV,
        address: 0x10,
        pc: 0x20,
    };
    let mut out = String::new();
    describe(&mut out, &fault, &cause, stack, names.iter().copied()).unwrap();
    out
}

#[test]
fn messages_say_what_and_where() {
    let stack = native_stack();
    let trap = |wasm_offset| Cause::Trap {
        kind: TrapKind::IntegerDivideByZero,
        wasm_offset,
    };
    assert_eq!(
        message(trap(Some(0x99)), &stack, &[b"main.f", b"main.main"]),
        "trap: integer divide by zero in main.f (wasm offset 0x99)\n    at main.f\n    at main.main\n"
    );
    assert_eq!(
        message(trap(None), &stack, &[]),
        "trap: integer divide by zero\n"
    );
    let out = |memory| Cause::MemoryOutOfBounds {
        memory,
        index: 0x30,
    };
    assert_eq!(
        message(out(0), &stack, &[b"f"]),
        "trap: out of bounds memory access at 0x30 in f\n    at f\n"
    );
    assert_eq!(
        message(out(2), &stack, &[b"f"]),
        "trap: out of bounds memory access at 0x30 of memory 2 in f\n    at f\n"
    );
    assert_eq!(
        message(Cause::Bug, &stack, &[]),
        "BUG: runtime fault: signal 11 at pc 0x20, address 0x10\n"
    );
    assert_eq!(
        message(trap(None), &stack, &[b"f".as_slice(); 40])
            .lines()
            .count(),
        1 + BACKTRACE_LEN
    );
}

#[test]
fn an_overflow_says_who_made_the_stack_small() {
    let mut stack = native_stack();
    assert_eq!(
        message(Cause::StackOverflow, &stack, &[]),
        "trap: native stack overflow: its 1 MiB are used up; build with a larger --stack-size\n"
    );
    stack.wanted = 8 << 30;
    assert_eq!(
        message(Cause::StackOverflow, &stack, &[]),
        "trap: native stack overflow: its 1 MiB are used up; the system refused the 8 GiB asked for \
         (see ulimit -v, ulimit -d and vm.overcommit_memory)\n"
    );
}

/// The return addresses found in `words`, a stack, from word `first` on. Frame
/// pointers in `links` are word indices.
fn walk(links: &[(usize, u64, u64)], first: u64) -> Vec<u64> {
    let mut words = vec![0_u64; 16];
    let base = words.as_mut_ptr().expose_provenance() as u64;
    let address = |word: u64| base.wrapping_add(word.wrapping_mul(8));
    for &(at, caller, return_address) in links {
        words[at] = address(caller);
        words[at + 1] = return_address;
    }
    // SAFETY: the vector is alive and not written.
    unsafe { frames(address(first), base..base + 16 * 8) }.collect()
}

#[test]
fn frames_are_followed_while_they_grow_inside_the_stack() {
    assert_eq!(
        walk(&[(2, 6, 100), (6, 14, 200), (14, 99, 300)], 2),
        [100, 200, 300]
    );
    // A frame that points back, to itself, or outside ends the walk.
    assert_eq!(walk(&[(2, 6, 100), (6, 2, 200)], 2), [100, 200]);
    assert_eq!(walk(&[(2, 2, 100)], 2), [100]);
    assert_eq!(walk(&[(2, 15, 100)], 2), [100]);
    assert_eq!(walk(&[(2, 0_u64.wrapping_sub(4), 100)], 2), [100]);
    assert_eq!(walk(&[], 16), [0; 0]);
    assert_eq!(walk(&[], u64::MAX / 8), [0; 0]);
}
