//! Do standard input, output and error work with pipes that are full, closed or silent?

use harness::case::{CASE, Case, Reference};
use harness::run::{Ends, Reader, Stdin};
use harness::suite::Family;

/// The guest `stdio`, compared with native Go.
const STDIO: Case = Case {
    guest: "stdio",
    ..CASE
};

/// The signal that a write to a closed pipe raises.
const SIGPIPE: Ends = Ends::Signal(13);

pub const FAMILY: Family = Family {
    name: "stdio",
    cases: &[
        Case {
            name: "echo",
            args: &["echo"],
            stdin: Stdin::Bytes(b"line\n\x00\xff no newline"),
            ..STDIO
        },
        Case {
            name: "echo of nothing",
            args: &["echo"],
            ..STDIO
        },
        Case {
            name: "echo of 1 MiB",
            args: &["echo"],
            stdin: Stdin::Bytes(&[b'x'; 1 << 20]),
            ..STDIO
        },
        Case {
            name: "lines",
            args: &["lines"],
            stdin: Stdin::Bytes(b"one\n\nthree"),
            ..STDIO
        },
        // wasmtime stops all goroutines while one goroutine reads.
        Case {
            name: "timers go on while a goroutine reads",
            args: &["timers"],
            stdin: Stdin::AfterOutput {
                marker: "ticks done",
                bytes: b"the line\n",
            },
            says: &["ticks done\n\"the line\\n\" <nil>\n"],
            seconds: 20,
            sample: true,
            ..STDIO
        },
        Case {
            // Not compared with native Go: its println loses the rest when a signal interrupts
            // write(2).
            name: "println of 1 MiB into a slow pipe",
            args: &["println"],
            stderr: Reader::Slow,
            reference: Reference::Wasmtime(&[]),
            says: &["\nend 1099511627776 -7 "],
            ..STDIO
        },
        Case {
            name: "1 MiB written into a slow pipe",
            args: &["print"],
            stdout: Reader::Slow,
            says: &["1048576 <nil>\n"],
            ..STDIO
        },
        Case {
            name: "both outputs",
            args: &["both"],
            stdout: Reader::Slow,
            ..STDIO
        },
        Case {
            name: "head -1",
            args: &["endless"],
            stdout: Reader::FirstLine,
            ends: SIGPIPE,
            ..STDIO
        },
        Case {
            name: "head -1 of standard error",
            args: &["endless-stderr"],
            stderr: Reader::FirstLine,
            ends: SIGPIPE,
            ..STDIO
        },
        Case {
            name: "a character device",
            args: &["stat"],
            ..STDIO
        },
        Case {
            name: "closed standard input",
            args: &["closed"],
            ..STDIO
        },
    ],
};
