//! Does an executable do what it must beside computing: start, end, trap, keep its limits,
//! and stay inside its sandbox?
//!
//! - [`starting`]: what an executable says if it can't start; [`image`]: what the kernel
//!   maps of its file; [`ld`]: an executable that `ld` linked;
//! - [`parts`]: which parts of the runtime it has, and what another policy changes;
//! - [`traps`]: what a trap says; [`cpu_limit`]: `--max-cpu`; [`preempt`]: goroutines that
//!   compute give way; [`quit`]: SIGQUIT shows goroutines; [`endings`]: other signals that kill;
//! - [`inherited`], [`streams`], [`own`]: what a program can't do with descriptors, signals
//!   and capabilities of its parent, with its standard output, with its own file;
//! - [`harden`]: the second fence holds if the first fence is broken;
//! - [`files`]: the single files that flags and arguments name;
//! - [`modes`]: permissions of what a program creates;
//! - [`os`]: the functions of `wasi_aot_os_1`, for signals, modes of files, the host's name;
//!   [`terminal`]: those for terminals;
//! - [`places`]: directories that are found at the start, `@tmp`, `--tz`;
//! - [`listen`]: servers on the listeners of `--listen`; [`passed`]: of `--listen-fds`.

mod cpu_limit;
mod endings;
mod files;
mod harden;
mod image;
mod inherited;
mod ld;
mod listen;
mod modes;
mod os;
mod own;
mod parts;
mod passed;
mod places;
mod preempt;
mod quit;
mod starting;
mod streams;
mod terminal;
mod traps;

use harness::support;
use harness::tool::Tool;
use std::sync::Arc;

fn main() -> anyhow::Result<()> {
    let tool = Arc::new(Tool::new()?);
    let groups = [
        cpu_limit::trials,
        endings::trials,
        files::trials,
        harden::trials,
        image::trials,
        inherited::trials,
        ld::trials,
        listen::trials,
        modes::trials,
        os::trials,
        own::trials,
        parts::trials,
        places::trials,
        passed::trials,
        preempt::trials,
        quit::trials,
        starting::trials,
        streams::trials,
        terminal::trials,
        traps::trials,
    ];
    harness::main(groups.iter().flat_map(|group| group(&tool)).collect())
}
