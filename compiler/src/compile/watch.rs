//! What each thread compiles at the moment, for the message of a panic.
//!
//! A panic of a worker names a file and a line of the compiler, which says nothing of the
//! module. So a worker notes which function it works on, and in which phase, and a hook adds
//! the note to the panic's message. Release builds abort on a panic, so nothing is unwound
//! and nothing could be caught.

use std::cell::RefCell;
use std::fmt;
use std::panic;

/// A phase of compiling one function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Building and validating the IR.
    Build,
    /// Running passes.
    Passes,
    /// Finding what matters to other functions.
    Summarise,
    /// Making CLIF.
    Lower,
    /// Cranelift.
    MachineCode,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Build => "building the IR",
            Self::Passes => "running the passes",
            Self::Summarise => "summarising",
            Self::Lower => "lowering to CLIF",
            Self::MachineCode => "generating machine code",
        })
    }
}

/// What a thread compiles.
struct Work {
    /// The function's name; the buffer is used again for the next function.
    function: String,
    step: Option<Step>,
}

thread_local! {
    static WORK: RefCell<Work> = const {
        RefCell::new(Work { function: String::new(), step: None })
    };
}

/// From now on this thread compiles the function `name`.
pub(super) fn begin(name: &str, step: Step) {
    WORK.with_borrow_mut(|work| {
        work.function.clear();
        work.function.push_str(name);
        work.step = Some(step);
    });
}

/// The function is in its next phase.
pub(super) fn step(step: Step) {
    WORK.with_borrow_mut(|work| work.step = Some(step));
}

/// This thread compiles nothing.
pub(super) fn end() {
    WORK.with_borrow_mut(|work| work.step = None);
}

/// What this thread compiles: `lowering to CLIF of main.main`.
#[must_use]
fn current() -> Option<String> {
    // Borrowed already only where `begin` itself panics, by running out of memory.
    WORK.with(|work| {
        let work = work.try_borrow().ok()?;
        Some(format!("{} of {}", work.step?, work.function))
    })
}

/// Makes panics of the compiler say which function was compiled, and in which phase, in a
/// line that begins with `BUG`; the usual message follows. For a program's `main`: the hook
/// is the process's, and what was the hook before is called from the new one.
pub fn name_function_in_panics() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if let Some(work) = current() {
            eprintln!("BUG: the compiler failed in {work}; please report it");
        }
        before(info);
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Not a test by itself: [`a_panic_names_the_function`] runs it in a process of its own.
    #[test]
    #[ignore = "panics on purpose"]
    fn panics_on_purpose() {
        name_function_in_panics();
        begin("main.main", Step::Lower);
        panic!("BUG: on purpose");
    }

    #[test]
    fn a_panic_names_the_function() {
        let child = "compile::watch::tests::panics_on_purpose";
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", child, "--ignored", "--nocapture"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let stderr = child.stderr.as_mut().unwrap();
        std::io::Read::read_to_string(stderr, &mut said).unwrap();
        assert!(!child.wait().unwrap().success());
        let line = "BUG: the compiler failed in lowering to CLIF of main.main; please report it\n";
        assert!(said.contains(line) && said.contains("on purpose"), "{said}");
    }

    #[test]
    fn a_thread_knows_what_it_compiles() {
        assert_eq!(current(), None);
        begin("main.main", Step::Build);
        step(Step::Lower);
        assert_eq!(current().unwrap(), "lowering to CLIF of main.main");
        let other = std::thread::spawn(current).join().unwrap();
        assert_eq!(other, None);
        begin("f", Step::MachineCode);
        assert_eq!(current().unwrap(), "generating machine code of f");
        end();
        assert_eq!(current(), None);
    }
}
