//! Do executables for linux/arm64 work on real Linux kernels? On several versions, page sizes and
//! processors, in machines that qemu emulates. Process 1 is the guest `machine`. It runs the
//! checks of [`checks`] and prints the results; each check is a test here.
//!
//!     make test-aarch64-system
//!     cargo test --release --workspace --test kernel -- 16k
//!
//! The suite isn't part of `cargo test`, because it needs an emulator and kernels. If they are
//! missing, it fails and names the command that installs them. A kernel that takes minutes to
//! build is optional: without it, an ignored test says so.

mod attempts;
mod boot;
mod check;
mod checks;
mod image;
mod machines;
mod modules;

use anyhow::{Context, Result};
use boot::Console;
use harness::suite;
use harness::tool::Tool;
use libtest_mimic::Trial;
use machines::{MACHINES, Machine};
use std::sync::{Arc, OnceLock};

fn main() -> Result<()> {
    let tool = Arc::new(Tool::new()?);
    let trials = MACHINES.iter().map(|machine| trials(machine, &tool));
    let trials = trials.collect::<Result<Vec<_>>>()?;
    harness::main(trials.into_iter().flatten().collect())
}

/// The checks on one machine. The first check boots it.
fn trials(machine: &'static Machine, tool: &Arc<Tool>) -> Result<Vec<Trial>> {
    if machine.is_built && boot::installed(&machine.kernel_path()).is_err() {
        let name = format!(
            "{}: no kernel; make test-aarch64-system PAGES=1",
            machine.name
        );
        let missing = move || boot::installed(&machine.kernel_path()).map(drop);
        return Ok(vec![suite::test(name, missing).with_ignored_flag(true)]);
    }
    let checks = checks::on(machine)?;
    let names: Vec<_> = checks.iter().map(|check| check.name.clone()).collect();
    let boot = Arc::new(Boot {
        machine,
        tool: Arc::clone(tool),
        console: OnceLock::new(),
    });
    let test = |name: &str, body: fn(&Boot, &str) -> Result<()>| {
        let (boot, check) = (Arc::clone(&boot), name.to_owned());
        suite::test(format!("{}/{name}", machine.name), move || {
            body(&boot, &check)
        })
    };
    let is_asked_for = |boot: &Boot, _: &str| machines::compare(boot.machine, boot.console()?);
    let passes = |boot: &Boot, check: &str| boot.console()?.passed(check);
    let mut trials = vec![test("the machine that was asked for", is_asked_for)];
    trials.extend(names.iter().map(|name| test(name, passes)));
    Ok(trials)
}

/// A machine that is booted once, by the first test that needs its results.
struct Boot {
    machine: &'static Machine,
    tool: Arc<Tool>,
    console: OnceLock<Result<Console, String>>,
}

impl Boot {
    fn console(&self) -> Result<&Console> {
        let run = || {
            let checks = checks::on(self.machine)?;
            let image = image::build(&self.tool, &checks)?;
            boot::run(self.machine, &image)
        };
        let said = self
            .console
            .get_or_init(|| run().map_err(|error| format!("{error:#}")));
        let said = said.as_ref().map_err(|error| anyhow::anyhow!("{error}"));
        said.with_context(|| format!("booting {}", self.machine.name))
    }
}
