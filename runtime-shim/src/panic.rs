//! A panic of the runtime is a broken invariant: prints where, and ends the process.

use crate::ending;
use crate::report::{EXIT_TRAP, Stderr};
use core::fmt::Write;
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    static PANICKING: AtomicBool = AtomicBool::new(false);
    // A panic while formatting this one must not start over.
    if !PANICKING.swap(true, Ordering::Relaxed) {
        let mut stderr = Stderr::new();
        stderr.program_name();
        let _ = stderr.write_str("BUG: runtime panicked");
        if let Some(place) = info.location() {
            let _ = write!(stderr, " at {}:{}", place.file(), place.line());
        }
        let _ = writeln!(stderr, ": {}", info.message());
        stderr.flush();
    }
    ending::exit(EXIT_TRAP)
}
