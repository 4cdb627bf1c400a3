//! Do programs behave with the operating system as native Go does? Terminals, FIFOs, signals,
//! full disks, large files and directories, odd names, older kernels.
//!
//! The guest is `host`. Most tests play one scenario with the native program and with ours, and
//! both must do the same.
//!
//!     cargo test --release --workspace --test host -- terminal/

mod devices;
mod directories;
mod disk;
mod fences;
mod fifo;
mod older;
mod race;
mod signals;
mod stack;
mod stdio;
mod support;
mod terminal;

use harness::tool::Tool;
use std::sync::Arc;

fn main() -> anyhow::Result<()> {
    expect_signals();
    let tool = Arc::new(Tool::new()?);
    let families = [
        terminal::trials,
        fifo::trials,
        race::trials,
        stdio::trials,
        signals::trials,
        disk::trials,
        directories::trials,
        devices::trials,
        older::trials,
        fences::trials,
        stack::trials,
    ];
    let trials = families.iter().flat_map(|family| family(&tool)).collect();
    harness::main(trials)
}

/// Resets signals that the caller of the suite ignores, as `nohup` does, and a shell without
/// job control for commands in the background. The programs would inherit that.
fn expect_signals() {
    for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT] {
        // SAFETY: no handler is installed, and no other thread runs yet.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}
