//! Tells on stderr how a build gets on.

use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use wasi_aot_compiler::{Observer, Phase};

/// A build that is done before this needs no progress line.
const PATIENCE: Duration = Duration::from_secs(1);
/// Time between two changes of the line.
const INTERVAL: Duration = Duration::from_millis(100);
/// Back to the start of the line, and clear it (ECMA-48: CR, EL).
const CLEAR_LINE: &str = "\r\x1b[K";

/// Notes, the phases if asked for, and a line of progress where someone watches.
pub struct Progress {
    verbose: bool,
    terminal: bool,
    line: Mutex<Line>,
}

struct Line {
    /// When it may change next.
    next: Instant,
    shown: bool,
}

impl Progress {
    pub fn new(verbose: bool) -> Self {
        Self {
            verbose,
            terminal: io::stderr().is_terminal(),
            line: Mutex::new(Line {
                next: Instant::now() + PATIENCE,
                shown: false,
            }),
        }
    }

    /// Takes the progress line away.
    pub fn clear(&self) {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.clear();
    }

    /// Prints a line that stays.
    fn say(&self, message: &str) {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        line.clear();
        // There is nobody to tell that stderr is gone.
        let _ = writeln!(io::stderr(), "{message}");
    }
}

impl Line {
    fn clear(&mut self) {
        if self.shown {
            let _ = write!(io::stderr(), "{CLEAR_LINE}");
            self.shown = false;
        }
    }

    fn show(&mut self, now: Instant, text: &str) {
        let _ = write!(io::stderr(), "{CLEAR_LINE}{text}");
        self.shown = true;
        self.next = now + INTERVAL;
    }
}

impl Observer for Progress {
    fn phase(&self, phase: &Phase) {
        if self.verbose {
            self.say(&phase_line(phase));
        }
    }

    fn functions(&self, done: usize, total: usize) {
        if !self.terminal {
            return;
        }
        // Whoever finds the line busy has nothing newer to show.
        let Ok(mut line) = self.line.try_lock() else {
            return;
        };
        let now = Instant::now();
        if now >= line.next {
            line.show(now, &progress_line(done, total));
        }
    }

    fn note(&self, message: &str) {
        self.say(&format!("wasi-aot: note: {message}"));
    }
}

fn phase_line(phase: &Phase) -> String {
    let millis = phase.duration.as_secs_f64() * 1e3;
    let line = format!("{:<10} {millis:>9.1} ms  {}", phase.name, phase.detail);
    line.trim_end().into()
}

fn progress_line(done: usize, total: usize) -> String {
    let percent = (done * 100).checked_div(total).unwrap_or(100);
    format!("compiling functions: {done} of {total} ({percent}%)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_line_up() {
        let phase = |name, micros, detail: &str| Phase {
            name,
            duration: Duration::from_micros(micros),
            detail: detail.into(),
        };
        assert_eq!(
            phase_line(&phase("parse", 12_345, "2.4 MB")),
            "parse           12.3 ms  2.4 MB"
        );
        assert_eq!(
            phase_line(&phase("functions", 61_000_000, "")),
            "functions    61000.0 ms"
        );
    }

    #[test]
    fn progress_counts_and_never_divides_by_zero() {
        assert_eq!(progress_line(1, 3), "compiling functions: 1 of 3 (33%)");
        assert_eq!(progress_line(0, 0), "compiling functions: 0 of 0 (100%)");
    }
}
