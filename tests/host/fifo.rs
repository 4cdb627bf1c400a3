//! Do FIFOs in a granted directory work as for native Go?

use crate::support::{Program, fifo, fifo_reader, fifo_writer, same, same_with, told};
use anyhow::Result;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::io::{Read, Write};
use std::sync::Arc;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        // Native Go blocks a thread in `open`. Here `open` returns and the read waits.
        same(
            tool,
            "fifo/goroutines go on before there is a writer",
            &["ticks done\n\"the line\\n\" <nil>\n"],
            |program| {
                let fifo = fifo(program)?;
                let live = program.start(&["ticks", "fifo"])?;
                live.until("ticks done")?;
                fifo_writer(&fifo)?.write_all(b"the line\n")?;
                Ok(told(&live.finish()?))
            },
        ),
        same(
            tool,
            "fifo/goroutines go on while a writer is silent",
            &["ticks done\n\"the line\\n\" <nil>\n"],
            |program| {
                let fifo = fifo(program)?;
                let live = program.start(&["ticks", "fifo"])?;
                let mut writer = fifo_writer(&fifo)?;
                live.until("ticks done")?;
                writer.write_all(b"the line\n")?;
                Ok(told(&live.finish()?))
            },
        ),
        same(
            tool,
            "fifo/goroutines go on while a FIFO is full",
            &["1048576 ok ok", "read 1048576, as written: true"],
            write_full,
        ),
        // Native Go blocks a thread in `open`. Here `open` is repeated until there is a reader.
        same(
            tool,
            "fifo/goroutines go on before there is a reader",
            &["4 ok ok"],
            |program| {
                let fifo = fifo(program)?;
                let live = program.start(&["open-write", "fifo"])?;
                live.until("ticks done")?;
                let mut reader = fifo_reader(&fifo)?;
                live.until("4 ok ok")?;
                let mut text = String::new();
                reader.read_to_string(&mut text)?;
                Ok(format!("{text}\n{}", told(&live.finish()?)))
            },
        ),
        same(
            tool,
            "fifo/one goroutine writes first, another reads later",
            &["4 ok ok\n\"word\" ok"],
            |program| {
                fifo(program)?;
                Ok(told(&program.run(&["open-write", "fifo", "too"])?))
            },
        ),
        same(
            tool,
            "fifo/writers come and go",
            &["0: \"one and two\" ok", "1: \"three\" ok", "2: \"\" ok"],
            writers,
        ),
        same(
            tool,
            "fifo/system calls wait for a writer",
            &["\"word\"\nend 0 ok\n"],
            |program| {
                let fifo = fifo(program)?;
                let live = program.start(&["cat-raw", "fifo"])?;
                // The native program waits in `open`, ours in the read.
                live.until_state('S')?;
                let mut writer = fifo_writer(&fifo)?;
                live.until("reading")?;
                live.until_state('S')?;
                writer.write_all(b"word")?;
                drop(writer);
                Ok(told(&live.finish()?))
            },
        ),
        same(
            tool,
            "fifo/one goroutine writes, another reads",
            &["heard one\nheard two\nheard three\nend <nil>"],
            |program| {
                fifo(program)?;
                Ok(told(&program.run(&["talk", "fifo"])?))
            },
        ),
        same(
            tool,
            "fifo/a reader that has left is an error",
            LEFT,
            reader_leaves,
        ),
        // Then all goroutines wait in `open`.
        same_with(
            tool,
            "fifo/a reader that has left is an error, --no-preempt",
            &["--dir", ".", "--no-preempt"],
            LEFT,
            reader_leaves,
        ),
    ]
}

/// The message of [`reader_leaves`].
const LEFT: &[&str] = &["5 ok\n0 EPIPE true\n", "exit 0"];

fn reader_leaves(program: &Program) -> Result<String> {
    let fifo = fifo(program)?;
    let mut live = program.start(&["epipe", "fifo"])?;
    live.until_state('S')?;
    let mut reader = fifo_reader(&fifo)?;
    live.until("5 ok")?;
    reader.read_exact(&mut [0; 5])?;
    drop(reader);
    live.write(b"now\n")?;
    Ok(told(&live.finish()?))
}

fn write_full(program: &Program) -> Result<String> {
    let fifo = fifo(program)?;
    let live = program.start(&["write-full", "fifo"])?;
    let mut reader = fifo_reader(&fifo)?;
    live.until("ticks done")?;
    let mut text = Vec::new();
    reader.read_to_end(&mut text)?;
    let same = text == crate::support::numbered(1 << 20);
    let told = told(&live.finish()?);
    Ok(format!("read {}, as written: {same}\n{told}", text.len()))
}

/// Two writers at the same time, then one writer, then a writer that writes nothing.
fn writers(program: &Program) -> Result<String> {
    let fifo = fifo(program)?;
    let live = program.start(&["cat", "fifo", "fifo", "fifo"])?;
    let mut first = fifo_writer(&fifo)?;
    let mut second = fifo_writer(&fifo)?;
    live.until("reading 0")?;
    first.write_all(b"one ")?;
    second.write_all(b"and ")?;
    drop(second);
    first.write_all(b"two")?;
    drop(first);
    live.until("reading 1")?;
    fifo_writer(&fifo)?.write_all(b"three")?;
    live.until("reading 2")?;
    drop(fifo_writer(&fifo)?);
    Ok(told(&live.finish()?))
}
