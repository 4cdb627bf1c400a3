//! What can a program do if /dev is granted?

use crate::support::{same_with, told};
use crate::terminal::session;
use harness::terminal::Terminal;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;

const DEV: &[&str] = &["--dir", "/dev"];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        same_with(
            tool,
            "devices/null, zero, full, urandom",
            DEV,
            &[
                "/dev/null 13 ok 0 ok",
                "/dev/zero 13 ok 64 ok true",
                "/dev/full 0 ENOSPC 64",
                "/dev/urandom 16 ok 64 ok false",
            ],
            |program| {
                let names = ["/dev/null", "/dev/zero", "/dev/full", "/dev/urandom"];
                Ok(told(&program.run(&[&["devices"][..], &names].concat())?))
            },
        ),
        same_with(
            tool,
            "devices/no controlling terminal",
            DEV,
            &["/dev/tty open ENXIO"],
            |program| {
                let script = program.script("exec setsid --wait $APP devices /dev/tty");
                Ok(told(&harness::run::Run::of(script).run()?))
            },
        ),
        same_with(
            tool,
            "devices/timers go on while a goroutine reads /dev/tty",
            DEV,
            &["ticks done", "\"the line\\n\" <nil>", "ended 0"],
            |program| {
                let terminal = Terminal::new()?;
                let live = session(&terminal, program, "$APP ticks /dev/tty; echo ended $?")?;
                terminal.until("ticks done")?;
                terminal.type_in(b"the line\n")?;
                terminal.until("ended")?;
                live.finish()?;
                Ok(terminal.shown())
            },
        ),
    ]
}
