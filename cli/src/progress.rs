//! Shows on standard error how a build advances: notes, the phases with `--verbose`, and a
//! progress line on a terminal.

use crate::message;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, Write};
use std::sync::Once;
use std::time::{Duration, Instant};
use wasi_aot_compiler::passes::PassTotal;
use wasi_aot_compiler::{Observer, Phase};

/// A build that ends within this time shows no progress line.
const PATIENCE: Duration = Duration::from_secs(1);

/// Which messages are shown.
#[derive(Debug, Clone, Copy)]
pub struct Loudness {
    /// The phases, each with its time.
    pub phases: bool,
    pub notes: bool,
    /// The progress line. It appears only on a terminal whose TERM isn't dumb.
    pub progress: bool,
}

pub struct Progress {
    loudness: Loudness,
    started: Instant,
    bar: ProgressBar,
    shown: Once,
}

impl Progress {
    pub fn new(loudness: Loudness) -> Self {
        let style = "compiling functions: {pos} of {len} ({percent}%), {eta} left";
        let style = ProgressStyle::with_template(style).expect("BUG: a bad template");
        Self {
            loudness,
            started: Instant::now(),
            bar: ProgressBar::hidden().with_style(style),
            shown: Once::new(),
        }
    }

    /// Removes the progress line.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}

impl Observer for Progress {
    fn phase(&self, phase: &Phase) {
        if self.loudness.phases {
            let line = phase_line(phase);
            // Writing fails if standard error is gone; then nobody can be told.
            let write = || drop(writeln!(io::stderr(), "{line}"));
            self.bar.suspend(write);
        }
    }

    fn times_passes(&self) -> bool {
        self.loudness.phases
    }

    fn passes(&self, totals: &[PassTotal]) {
        if self.loudness.phases {
            let lines: Vec<_> = totals.iter().map(pass_line).collect();
            let write = || drop(writeln!(io::stderr(), "{}", lines.join("\n")));
            self.bar.suspend(write);
        }
    }

    fn functions(&self, done: usize, total: usize) {
        if !self.loudness.progress {
            return;
        }
        self.bar.set_position(done as u64);
        if self.started.elapsed() >= PATIENCE {
            self.shown.call_once(|| {
                self.bar.set_length(total as u64);
                self.bar.set_draw_target(ProgressDrawTarget::stderr());
            });
        }
    }

    fn note(&self, text: &str) {
        if self.loudness.notes {
            self.bar.suspend(|| message::note(text));
        }
    }
}

fn phase_line(phase: &Phase) -> String {
    let millis = phase.duration.as_secs_f64() * 1e3;
    let line = format!("{:<10} {millis:>9.1} ms  {}", phase.name, phase.detail);
    line.trim_end().into()
}

fn pass_line(total: &PassTotal) -> String {
    let PassTotal {
        name,
        functions,
        changes,
        time,
    } = total;
    let millis = time.as_secs_f64() * 1e3;
    format!("  {name:<16} {millis:>9.1} ms  {changes} changes in {functions} functions")
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
    fn passes_line_up() {
        let total = PassTotal {
            name: "values",
            functions: 12,
            changes: 345,
            time: Duration::from_micros(12_345),
        };
        assert_eq!(
            pass_line(&total),
            "  values                12.3 ms  345 changes in 12 functions"
        );
    }
}
