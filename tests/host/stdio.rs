//! Do standard input, output and error work in every state in which a parent hands them over?

use crate::support::{fifo, ours, same, told};
use anyhow::{Result, ensure};
use harness::live::Live;
use harness::run::Run;
use harness::tool::Tool;
use libtest_mimic::Trial;
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use std::fs::File;
use std::io::{PipeReader, Read, Write, pipe};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials = vec![
        same(
            tool,
            "stdio/timers go on while a goroutine reads a FIFO",
            &["ticks done\n\"the line\\n\" <nil>\n"],
            |program| {
                let fifo = fifo(program)?;
                let both = File::options().read(true).write(true).open(&fifo)?;
                let live = program.start_with(&["ticks", "-"], File::open(&fifo)?)?;
                live.until("ticks done")?;
                (&both).write_all(b"the line\n")?;
                Ok(told(&live.finish()?))
            },
        ),
        same(
            tool,
            "stdio/a file is read at once",
            &["ticks done\n\"the line\\n\" <nil>\n"],
            |program| {
                std::fs::write(program.dir().join("f"), "the line\n")?;
                let stdin = File::open(program.dir().join("f"))?;
                Ok(told(&program.start_with(&["ticks", "-"], stdin)?.finish()?))
            },
        ),
        same(
            tool,
            "stdio/a directory can't be read",
            &["0: \"\" EISDIR"],
            |program| {
                let stdin = File::open(program.dir())?;
                Ok(told(&program.start_with(&["cat", "-"], stdin)?.finish()?))
            },
        ),
        same(
            tool,
            "stdio/a full disk",
            &["stderr: 0 ENOSPC\nENOSPC\nends: exit 3"],
            |program| {
                let full = File::options().write(true).open("/dev/full")?;
                let command = program.command(&["full"]);
                let live = Live::start(command, None, Some(full.into()), None)?;
                Ok(told(&live.finish()?))
            },
        ),
    ];
    for closed in ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"] {
        trials.push(closed_at_start(tool, closed));
    }
    for fd in [1, 2] {
        for (command, size) in [
            ("flood", 10_000_000),
            ("println", 3_000_000),
            ("panic", 1_000_000),
        ] {
            if (fd == 1) == (command == "flood") {
                trials.push(never_again(tool, command, size, fd));
            }
        }
    }
    trials.push(exit_codes(tool));
    trials
}

/// As in native Go, a closed descriptor becomes /dev/null, and no file gets its number.
fn closed_at_start(tool: &Arc<Tool>, closed: &'static str) -> Trial {
    let name = format!("stdio/closed at the start, {closed}");
    same(tool, &name, &["number below 3: false"], move |program| {
        let finished = Run::of(program.script(&format!("exec $APP standard {closed}"))).run()?;
        let said = std::fs::read_to_string(program.dir().join("said"))?;
        Ok(format!("{said}{}", told(&finished)))
    })
}

/// The parent has set O_NONBLOCK on a pipe that stays full for a while. All bytes must arrive,
/// and the flag must stay.
fn never_again(tool: &Arc<Tool>, command: &'static str, size: usize, fd: i32) -> Trial {
    let name = format!("stdio/{command} of {size} bytes into a full pipe with O_NONBLOCK");
    ours(tool, &name, move |program| {
        let args = [command, &size.to_string()];
        let undisturbed = program.run(&args)?;
        let expected = match fd {
            1 => undisturbed.stdout,
            _ => undisturbed.stderr,
        };
        ensure!(expected.len() >= size, "{} bytes", expected.len());

        let (mut reader, writer) = pipe()?;
        fcntl_setfl(&writer, OFlags::WRONLY | OFlags::NONBLOCK)?;
        let shared = writer.try_clone()?;
        let (stdout, stderr) = match fd {
            1 => (Some(writer.into()), None),
            _ => (None, Some(writer.into())),
        };
        let live = Live::start(program.command(&args), None, stdout, stderr)?;
        let text = read_slowly(&mut reader, expected.len())?;
        ensure!(text == expected, "the text differs");
        let flags = fcntl_getfl(&shared)?;
        ensure!(flags.contains(OFlags::NONBLOCK), "the flags are {flags:?}");
        let ends = live.finish()?.ends;
        ensure!(ends == undisturbed.ends, "{ends}");
        Ok(())
    })
}

/// Reads `size` bytes with pauses, so that the pipe is full most of the time.
fn read_slowly(pipe: &mut PipeReader, size: usize) -> Result<Vec<u8>> {
    let mut text = vec![0; size];
    thread::sleep(Duration::from_millis(100));
    for part in text.chunks_mut(size / 100 + 1) {
        pipe.read_exact(part)?;
        thread::sleep(Duration::from_millis(1));
    }
    Ok(text)
}

fn exit_codes(tool: &Arc<Tool>) -> Trial {
    same(
        tool,
        "stdio/exit codes",
        &["77: exit 77", "256: exit 0", "-1: exit 255", "ends: exit 2"],
        |program| {
            let mut codes = String::new();
            for code in ["0", "1", "2", "77", "125", "134", "255", "256", "-1"] {
                let finished = program.run(&["exit", code])?;
                ensure!(finished.stdout == b"no newline", "{}", told(&finished));
                codes += &format!("{code}: {}\n", finished.ends);
            }
            let panics = program.run(&["panic", "5"])?;
            Ok(format!("{codes}ends: {}\n", panics.ends))
        },
    )
}
