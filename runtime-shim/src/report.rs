//! Messages on stderr when the program can't start or continue.
//!
//! Invariant: text from outside can't steer a terminal. `contract/src/text.rs` says which
//! characters do, direction marks among them; [`Printable`] escapes them.

use core::ffi::{CStr, c_char};
use core::fmt::{self, Write};
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, Ordering};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use wasi_aot_contract::text::steers;

/// Exit code when the executable can't start (a directory is missing, there is no address
/// space), before any guest instruction; `env` and `timeout` use the same code.
pub const EXIT_CANNOT_START: i32 = 125;

/// Exit code of a trap and of a broken invariant of the runtime: a shell shows this code for
/// a process that died by SIGABRT (128 + 6), and other runtimes exit with it. The process
/// exits instead of raising SIGABRT, because a trap is the guest's end and must leave no core
/// dump of the runtime.
pub const EXIT_TRAP: i32 = 134;

/// Exit code when the program has used the processor time of `--max-cpu`: a shell shows this
/// code for a process that died by SIGXCPU (128 + 24), the signal of the kernel's own limit.
pub const EXIT_MAX_CPU: i32 = 152;

/// argv[0], with which messages begin.
static PROGRAM_NAME: AtomicPtr<c_char> = AtomicPtr::new(null_mut());

/// Sets the name that messages begin with.
pub fn set_program_name(name: &'static CStr) {
    PROGRAM_NAME.store(name.as_ptr().cast_mut(), Ordering::Relaxed);
}

/// Prints `NAME: message` (NAME is argv[0]) on stderr and exits with
/// [`EXIT_CANNOT_START`].
pub fn cannot_start(message: fmt::Arguments<'_>) -> ! {
    tell(message);
    crate::sys::exit_group(EXIT_CANNOT_START)
}

/// Prints `NAME: message` on stderr.
pub fn tell(message: fmt::Arguments<'_>) {
    let mut stderr = Stderr::new();
    stderr.program_name();
    // Neither formatting nor `Stderr` fails.
    let _ = stderr.write_fmt(message);
    let _ = stderr.write_char('\n');
    stderr.flush();
}

/// Collects a message, so that it reaches stderr in one piece if it fits into the buffer.
/// Text that can't be written is dropped: there is nowhere to report the failure.
pub struct Stderr {
    buffer: [u8; 1024],
    len: usize,
}

impl Stderr {
    pub fn new() -> Self {
        Self {
            buffer: [0; 1024],
            len: 0,
        }
    }

    /// Appends `NAME: `, or nothing if the program was started without a name.
    pub fn program_name(&mut self) {
        let name = PROGRAM_NAME.load(Ordering::Relaxed);
        if !name.is_null() {
            // SAFETY: `set_program_name` stored a C string that lives as long
            // as the process.
            let name = unsafe { CStr::from_ptr(name) };
            let _ = write!(self, "{}: ", Printable(name.to_bytes()));
        }
    }

    /// Writes out the text that has been collected.
    pub fn flush(&mut self) {
        // SAFETY: descriptor 2 is stderr by convention. If it is closed, the calls fail. It
        // is only borrowed here.
        let stderr = unsafe { rustix::stdio::stderr() };
        let mut rest = &self.buffer[..self.len];
        while !rest.is_empty() {
            match rustix::io::write(stderr, rest) {
                Ok(written) => rest = &rest[written..],
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    // Another process shares stderr and has set O_NONBLOCK.
                    let _ = poll(&mut [PollFd::new(&stderr, PollFlags::OUT)], None);
                }
                Err(_) => break,
            }
        }
        self.len = 0;
    }
}

impl Write for Stderr {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        let mut rest = s.as_bytes();
        while !rest.is_empty() {
            if self.len == self.buffer.len() {
                self.flush();
            }
            let n = rest.len().min(self.buffer.len() - self.len);
            self.buffer[self.len..self.len + n].copy_from_slice(&rest[..n]);
            self.len += n;
            rest = &rest[n..];
        }
        Ok(())
    }
}

/// Text from outside. Characters that steer a terminal are escaped as in Rust, bytes that
/// aren't UTF-8 appear as U+FFFD.
pub struct Printable<'a>(pub &'a [u8]);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            for c in chunk.valid().chars() {
                if steers(c) {
                    write!(f, "{}", c.escape_unicode())?;
                } else {
                    f.write_char(c)?;
                }
            }
            if !chunk.invalid().is_empty() {
                f.write_char(char::REPLACEMENT_CHARACTER)?;
            }
        }
        Ok(())
    }
}

/// A number of bytes in the largest binary unit that divides it.
pub struct Size(pub u64);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (shift, unit) in [(30, "GiB"), (20, "MiB"), (10, "KiB")] {
            if self.0 != 0 && self.0.trailing_zeros() >= shift {
                return write!(f, "{} {unit}", self.0 >> shift);
            }
        }
        write!(f, "{} bytes", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_shown_exactly() {
        assert_eq!(Size(8 << 30).to_string(), "8 GiB");
        assert_eq!(Size((8 << 30) + (1 << 20)).to_string(), "8193 MiB");
        assert_eq!(Size(1 << 16).to_string(), "64 KiB");
        assert_eq!(Size(1000).to_string(), "1000 bytes");
        assert_eq!(Size(0).to_string(), "0 bytes");
    }

    #[test]
    fn terminals_are_not_steered() {
        let shown = Printable(b"main.\x1b[2Jf\xff\xc3\xa4\x7f").to_string();
        assert_eq!(shown, "main.\\u{1b}[2Jf\u{fffd}\u{e4}\\u{7f}");
        let shown = Printable("main.\u{202e}f\u{2066}".as_bytes()).to_string();
        assert_eq!(shown, "main.\\u{202e}f\\u{2066}");
    }

    #[test]
    fn what_fits_is_collected() {
        let mut stderr = Stderr::new();
        write!(stderr, "{}{}", "a".repeat(1000), "b".repeat(24)).unwrap();
        assert_eq!(stderr.len, 1024);
        assert_eq!(stderr.buffer[999..1001], *b"ab");
    }
}
