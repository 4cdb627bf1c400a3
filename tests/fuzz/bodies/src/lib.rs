//! What the fuzz targets do with their input, without libFuzzer.
//!
//! Each target is a function of bytes that panics if they show something wrong.
//! `tests/fuzz/targets/` puts them under libFuzzer, `tests/replay.rs` runs them over
//! the corpus and over everything that was ever found. What holds for any input: no
//! panic; an error is one printable line; what was built can be inspected.

#![forbid(unsafe_code)]

mod choices;
mod go;
mod inspect;
mod smith;

pub use go::go;
pub use inspect::inspect;
pub use smith::smith;

use choices::options;
use wasi_aot_compiler::{Emit, Options};

/// A fuzz target.
pub type Target = fn(&[u8]);

/// All targets by name: those of `tests/fuzz/Cargo.toml`.
pub const TARGETS: &[(&str, Target)] = &[
    ("compile", compile),
    ("go", go),
    ("inspect", inspect),
    ("smith", smith),
];

/// Has this thread do all the work of the compiler, so that libFuzzer's limits and
/// counters see it.
///
/// # Panics
/// If other threads do it already.
pub fn one_thread() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .use_current_thread();
        pool.build_global().expect("BUG: a thread pool before ours");
    });
}

/// A module as the fuzzer makes it up; the first byte chooses the options.
pub fn compile(data: &[u8]) {
    if let Some((&choices, wasm)) = data.split_first() {
        // What it gives is checked by `built` itself.
        let _ = built(wasm, &options(choices));
    }
}

/// Builds a module; gives the message of an error.
///
/// # Panics
/// If the message is not one printable line, or what was built is not what it
/// should be.
fn built(wasm: &[u8], options: &Options) -> Result<Vec<u8>, String> {
    match wasi_aot_compiler::build(wasm, options, &()) {
        Ok(bytes) => {
            match options.emit {
                Emit::Exe => {
                    if let Err(error) = wasi_aot_compiler::inspect(&bytes) {
                        panic!("an executable that inspect refuses: {error}");
                    }
                }
                Emit::Obj => assert!(bytes.starts_with(b"\x7fELF"), "an object that is no ELF"),
                Emit::Clif | Emit::Asm => {
                    assert!(
                        std::str::from_utf8(&bytes).is_ok(),
                        "text that is not UTF-8"
                    );
                }
            }
            Ok(bytes)
        }
        Err(error) => {
            let message = error.to_string();
            check_message(&message);
            Err(message)
        }
    }
}

/// Holds an error's message to one line of bounded length that a terminal can show.
fn check_message(message: &str) {
    assert!(!message.is_empty(), "an error without a message");
    assert!(
        message.len() < 10_000,
        "a message of {} bytes",
        message.len()
    );
    assert!(
        !message.contains(char::is_control),
        "an error that is not one printable line: {message:?}"
    );
}
