//! Do programs survive signals? They are stopped and continued in each kind of wait,
//! interrupted all the time, and killed.

use crate::support::{Program, fifo, fifo_reader, fifo_writer, numbered, same, told};
use anyhow::{Result, ensure};
use harness::live::Live;
use harness::tool::Tool;
use libtest_mimic::Trial;
use rustix::process::{Signal, kill_process};
use std::io::{Read, Write, pipe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials = vec![
        same(
            tool,
            "signals/stopped while goroutines wait for input",
            &["ticks done\n\"the line\\n\" <nil>\n"],
            |program| {
                let mut live = program.start(&["ticks", "-"])?;
                live.until("ticks done")?;
                live.stop_and_continue(5)?;
                live.write(b"the line\n")?;
                Ok(told(&live.finish()?))
            },
        ),
        same(
            tool,
            "signals/stopped in a sleep",
            &["slept true"],
            |program| {
                let live = program.start(&["sleep"])?;
                live.until("ready")?;
                live.stop_and_continue(5)?;
                Ok(told(&live.finish()?))
            },
        ),
        same(
            tool,
            "signals/stopped in a read that waits",
            &["\"word\"\nend 0 ok\n"],
            |program| {
                let fifo = fifo(program)?;
                let live = program.start(&["cat-raw", "fifo"])?;
                live.stop_and_continue(5)?;
                let mut writer = fifo_writer(&fifo)?;
                live.until("reading")?;
                live.stop_and_continue(5)?;
                writer.write_all(b"word")?;
                drop(writer);
                Ok(told(&live.finish()?))
            },
        ),
        same(
            tool,
            "signals/stopped in the opening of a FIFO",
            &["5 ok"],
            |program| {
                let fifo = fifo(program)?;
                let mut live = program.start(&["epipe", "fifo"])?;
                live.stop_and_continue(5)?;
                let mut reader = fifo_reader(&fifo)?;
                live.until("5 ok")?;
                reader.read_exact(&mut [0; 5])?;
                drop(reader);
                live.write(b"now\n")?;
                Ok(told(&live.finish()?))
            },
        ),
        same(
            tool,
            "signals/stopped in a write",
            &["as written: true", "stderr: 1000000 ok"],
            |program| {
                let (mut reader, writer) = pipe()?;
                let command = program.command(&["flood", "1000000"]);
                let live = Live::start(command, None, Some(writer.into()), None)?;
                let mut text = vec![0; 1_000_000];
                for part in text.chunks_mut(200_000) {
                    live.stop_and_continue(2)?;
                    reader.read_exact(part)?;
                }
                let same = text == numbered(1_000_000);
                Ok(format!("as written: {same}\n{}", told(&live.finish()?)))
            },
        ),
        // Native Go ignores SIGVTALRM; our runtime preempts goroutines with it.
        same(
            tool,
            "signals/interrupted all the time",
            &[
                "got line 9\ninput ends <nil>\nslept true\n",
                "fifo \"word\" ok",
            ],
            storm,
        ),
    ];
    for signal in [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP] {
        let name = format!("signals/killed by signal {}", signal.as_raw());
        trials.push(same(tool, &name, &["ends: signal"], move |program| {
            let live = program.start(&["ticks", "-"])?;
            live.until("ticks done")?;
            live.signal(signal)?;
            // `finish` would close the program's input.
            Ok(told(&live.ended()?))
        }));
    }
    trials
}

/// Signals arrive all the time while the program makes calls that signals interrupt.
fn storm(program: &Program) -> Result<String> {
    let fifo = fifo(program)?;
    let (mut reader, writer) = pipe()?;
    let command = program.command(&["storm"]);
    let mut live = Live::start(command, None, Some(writer.into()), None)?;
    // The program's handlers are installed by then.
    reader.read_exact(&mut [0; "ready\n".len()])?;
    let (pid, over) = (live.pid(), AtomicBool::new(false));
    let text = thread::scope(|scope| -> Result<Vec<u8>> {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                // The process isn't reaped before `finish`, so no other process has its ID.
                let _ = kill_process(pid, Signal::VTALARM);
                thread::sleep(Duration::from_micros(200));
            }
        });
        let text = (|| {
            for i in 0..10 {
                thread::sleep(Duration::from_millis(5));
                live.write(format!("line {i}\n").as_bytes())?;
            }
            live.close_stdin();
            let mut writer = fifo_writer(&fifo)?;
            thread::sleep(Duration::from_millis(20));
            writer.write_all(b"word")?;
            drop(writer);
            let mut text = Vec::new();
            let mut part = vec![0; 50_000];
            while let n @ 1.. = reader.read(&mut part)? {
                text.extend_from_slice(&part[..n]);
                thread::sleep(Duration::from_millis(1));
            }
            Ok(text)
        })();
        over.store(true, Ordering::Relaxed);
        text
    })?;
    let finished = live.finish()?;
    ensure!(
        text.len() > 3 << 20,
        "{} bytes: {}",
        text.len(),
        told(&finished)
    );
    Ok(format!("{}{}", String::from_utf8(text)?, told(&finished)))
}
