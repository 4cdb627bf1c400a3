//! Finds in a module the parts of Go's library that the overlay changes.
//!
//! The names of all functions, inlined ones too, are in `pclntab`, each with a zero byte at both
//! ends (`cmd/link/internal/ld/pcln.go`). So a search in the module's bytes finds them.
//! A name in some other text can only make the answer "yes" too often.

use memchr::memmem;

/// Functions of Go's library that the overlay changes, as far as a program sees it.
const CHANGED: &[&str] = &[
    "os/signal.Notify",
    "os/signal.Ignore",
    "os/signal.NotifyContext",
    // New files have modes, and Stat tells them.
    "os.OpenFile",
    "os.Mkdir",
    "os.Chmod",
    "os.Stat",
    "os.Lstat",
    "os.(*File).Stat",
    "time.initLocal",
    "os.Hostname",
    "os.Getpid",
    "os.Executable",
    "syscall.Kill",
];

/// The functions of golang.org/x/term that need a terminal.
const TERMINALS: &[&str] = &[
    "golang.org/x/term.GetSize",
    "golang.org/x/term.GetState",
    "golang.org/x/term.IsTerminal",
    "golang.org/x/term.MakeRaw",
    "golang.org/x/term.ReadPassword",
    "golang.org/x/term.Restore",
];

/// Whether a program would behave otherwise with the overlay.
pub fn has_any(wasm: &[u8]) -> bool {
    CHANGED.iter().any(|name| has(wasm, name)) || uses_terminals(wasm)
}

/// Whether a module uses terminals by golang.org/x/term.
pub fn uses_terminals(wasm: &[u8]) -> bool {
    TERMINALS.iter().any(|name| has(wasm, name))
}

/// Whether a module that was built without the overlay waits for signals in vain. Only these
/// functions are a sure sign: Go's linker keeps others, such as `os.Chmod`, in programs that
/// never call them.
pub fn lacks_signals(wasm: &[u8]) -> bool {
    let asks = has(wasm, "os/signal.Notify") || has(wasm, "os/signal.NotifyContext");
    asks && !has_overlay(wasm)
}

/// Whether a module was built with the overlay.
pub fn has_overlay(wasm: &[u8]) -> bool {
    memmem::find(wasm, b"wasi_aot_os_1").is_some()
}

fn has(wasm: &[u8], function: &str) -> bool {
    let zero_ended = [b"\0", function.as_bytes(), b"\0"].concat();
    memmem::find(wasm, &zero_ended).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_whole() {
        assert!(has_any(b"x\0os/signal.Notify\0y"));
        assert!(has_any(b"\0time.initLocal\0"));
        assert!(!has_any(b"\0os/signal.NotifyX\0"));
        assert!(!has_any(b"my os.Chmod\0"));
    }

    #[test]
    fn the_overlay_has_signals() {
        assert!(lacks_signals(b"\0os/signal.NotifyContext\0"));
        assert!(!lacks_signals(b"\0os/signal.Notify\0 wasi_aot_os_1"));
        assert!(!lacks_signals(b"\0os.Chmod\0"));
    }
}
