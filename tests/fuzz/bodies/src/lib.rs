//! Can any bytes make the compiler panic? The bodies of the fuzz targets, without libFuzzer.
//!
//! A target is a function of bytes that panics if they show a fault. `tests/fuzz/targets/` runs
//! the targets under libFuzzer, `tests/replay.rs` runs them over the corpus and all findings.
//! For any input, the compiler doesn't panic, an error is one printable line, and a built
//! executable can be inspected.

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

/// Makes the compiler work in this thread alone, so that libFuzzer's limits and counters see all
/// of its work.
///
/// # Panics
/// If the compiler has threads already.
pub fn one_thread() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .use_current_thread();
        pool.build_global().expect("BUG: a thread pool before ours");
    });
}

/// The target `compile`: the first byte chooses the options, the others are the module.
pub fn compile(data: &[u8]) {
    if let Some((&choices, wasm)) = data.split_first() {
        // `built` checks the result itself.
        let _ = built(wasm, &options(choices));
    }
}

/// Builds a module. Returns the message of an error.
///
/// # Panics
/// If the message isn't one printable line, or the output doesn't have the requested form.
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
                Emit::Ir | Emit::Clif | Emit::Asm => {
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

/// An error's message must be one printable line of bounded length.
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
