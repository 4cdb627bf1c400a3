//! Do Go programs fail as they do under wasmtime: the same message, goroutine trace and exit
//! code? Frames and PCs are the same there, since the module is.

use harness::case::{CASE, Case, Reference};
use harness::compare::Stderr;
use harness::run::Ends;
use harness::suite::Family;

/// The guest `failure`, which ends with a Go panic or a fatal error.
const FAILS: Case = Case {
    guest: "failure",
    reference: Reference::Wasmtime(&[]),
    compare: Stderr::ExceptAddresses,
    ends: Ends::Exit(2),
    ..CASE
};

/// The guest `failure`, which goes on. Compared with native Go.
const SURVIVES: Case = Case {
    guest: "failure",
    says: &["before\n", "after\n"],
    ..CASE
};

pub const FAMILY: Family = Family {
    name: "failure",
    cases: &[
        Case {
            name: "panic",
            args: &["panic"],
            says: &[
                "panic: went wrong\n\ngoroutine 1 [running]:\nmain.",
                "/main.go:",
            ],
            ..FAILS
        },
        Case {
            name: "panic with an error",
            args: &["panic-error"],
            says: &["wrapped: file does not exist"],
            ..FAILS
        },
        Case {
            name: "panic with a value",
            args: &["panic-value"],
            says: &["panic: (main.node) 0x"],
            ..FAILS
        },
        Case {
            name: "nil dereference",
            args: &["nil"],
            says: &[
                "panic: runtime error: invalid memory address or nil pointer dereference\n[signal ",
                "main.follow(",
            ],
            sample: true,
            ..FAILS
        },
        Case {
            name: "write to a nil map",
            args: &["nil-map"],
            says: &["assignment to entry in nil map"],
            ..FAILS
        },
        Case {
            name: "call of a nil function",
            args: &["nil-func"],
            says: &["nil pointer dereference"],
            ..FAILS
        },
        Case {
            name: "division by zero",
            args: &["divide", "0"],
            says: &["panic: runtime error: integer divide by zero\n"],
            sample: true,
            ..FAILS
        },
        Case {
            name: "index out of range",
            args: &["index", "5"],
            says: &["panic: runtime error: index out of range [5] with length 3\n"],
            sample: true,
            ..FAILS
        },
        Case {
            name: "negative index",
            args: &["index", "-1"],
            says: &["index out of range [-1]\n"],
            ..FAILS
        },
        Case {
            name: "slice bounds",
            args: &["slice", "3"],
            says: &["slice bounds out of range [3:2]\n"],
            ..FAILS
        },
        Case {
            name: "type assertion",
            args: &["assertion"],
            says: &["interface conversion: interface {} is int, not string\n"],
            ..FAILS
        },
        Case {
            name: "close of a closed channel",
            args: &["close-closed"],
            says: &["close of closed channel"],
            ..FAILS
        },
        Case {
            name: "deadlock",
            args: &["deadlock"],
            says: &[
                "fatal error: all goroutines are asleep - deadlock!\n\ngoroutine 1 [chan receive]:",
            ],
            sample: true,
            ..FAILS
        },
        Case {
            name: "panic in a goroutine",
            args: &["goroutine-panic"],
            says: &["panic: in a goroutine\n"],
            ..FAILS
        },
        Case {
            name: "main calls Goexit",
            args: &["all-goexit"],
            says: &["fatal error: no goroutines (main called runtime.Goexit) - deadlock!\n"],
            ..FAILS
        },
        Case {
            name: "panic again in a deferred call",
            args: &["repanic"],
            says: &["panic: first [recovered]\n\tpanic: again: first\n"],
            sample: true,
            ..FAILS
        },
        Case {
            name: "throw",
            args: &["throw"],
            says: &["fatal error: sync: unlock of unlocked mutex\n"],
            ..FAILS
        },
        Case {
            name: "recover",
            args: &["recover"],
            sample: true,
            ..SURVIVES
        },
        Case {
            name: "Goexit",
            args: &["goexit"],
            sample: true,
            ..SURVIVES
        },
        Case {
            name: "recover from a deep panic",
            args: &["deep-recover", "100000"],
            ..SURVIVES
        },
        // wasmtime's native stack ends between 10^4 and 10^5 Go calls.
        Case {
            name: "deep recursion",
            args: &["recursion", "3000000"],
            says: &["depth 3000000\n"],
            sample: true,
            ..SURVIVES
        },
        Case {
            name: "infinite recursion",
            args: &["infinite"],
            reference: Reference::Native,
            compare: Stderr::BeforeTrace,
            ends: Ends::Exit(2),
            says: &[
                "runtime: goroutine stack exceeds 1000000000-byte limit\n",
                "fatal error: stack overflow\n",
                "main.forever(",
            ],
            ..FAILS
        },
        Case {
            name: "recursion beyond --stack-size",
            args: &["recursion", "3000000"],
            flags: &["--stack-size", "1MiB"],
            reference: Reference::Stated {
                stdout: "before\n",
                stderr: "anything",
                written: &[],
            },
            compare: Stderr::Presence,
            ends: Ends::Exit(134),
            says: &["native stack overflow", "main.recurse"],
            ..FAILS
        },
        // Linear memory is used up before the native stack, and Go's own message says so.
        Case {
            name: "recursion below --max-memory",
            args: &["recursion", "3000000"],
            flags: &["--max-memory", "256MiB"],
            frame_sizes: true,
            reference: Reference::Stated {
                stdout: "before\n",
                stderr: "anything",
                written: &[],
            },
            compare: Stderr::Presence,
            ends: Ends::Exit(2),
            says: &["runtime: out of memory: cannot allocate "],
            ..FAILS
        },
        // Go 1.21 gets half of the memory that it asks for.
        Case {
            name: "memory below --max-memory",
            args: &["memory", "10"],
            flags: &["--max-memory", "64MiB"],
            ..SURVIVES
        },
        Case {
            name: "out of memory",
            args: &["memory", "200"],
            // The state of the runtime's own goroutines at that moment depends on timing.
            compare: Stderr::BeforeTrace,
            flags: &["--max-memory", "65MiB", "--stack-size", "1MiB"],
            reference: Reference::Wasmtime(&["-W", "max-memory-size=67108864"]),
            says: &[
                "runtime: out of memory: cannot allocate ",
                "fatal error: out of memory\n",
            ],
            ..FAILS
        },
    ],
};
