//! One-line messages on stderr when the program can't start or go on.

use core::fmt;

/// Exit code when the executable can't start (a missing directory, no address
/// space), before any guest instruction; `env` and `timeout` use the same.
pub const EXIT_CANNOT_START: i32 = 125;

/// Prints `NAME: message` (NAME is argv[0]) on stderr and exits with
/// [`EXIT_CANNOT_START`].
pub fn cannot_start(_message: fmt::Arguments<'_>) -> ! {
    unimplemented!("runtime core")
}
