//! Are directories listed correctly if they have many entries, change meanwhile, or have odd
//! names?

use crate::support::{Program, ours, same, told};
use anyhow::{Context, Result, ensure};
use harness::run::Run;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// Number of entries of the largest directory.
const MANY: usize = 100_000;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        same(
            tool,
            "directories/100,000 entries",
            &[
                "ReadDir 100000 100000 0 ok",
                "batches 100000 0",
                "again 100000 0",
            ],
            |program| {
                fill(&program.dir().join("many"), MANY)?;
                Ok(told(&program.run(&["list", "many"])?))
            },
        ),
        ours(
            tool,
            "directories/system calls are in proportion",
            system_calls,
        ),
        same(
            tool,
            "directories/entries come and go while they are read",
            &["ready\nall complete: true\n"],
            changing,
        ),
        same(
            tool,
            "directories/entries are removed as they are read",
            &["3000 0 left 0 ok"],
            |program| {
                fill(&program.dir().join("d"), 3000)?;
                Ok(told(&program.run(&["consume", "d"])?))
            },
        ),
        same(
            tool,
            "directories/names of every byte",
            &["\ntrue\n256 ENAMETOOLONG"],
            |program| Ok(told(&program.run(&["names"])?)),
        ),
        same(
            tool,
            "directories/paths up to the limit",
            &["4095 ok deep ok ok\n4096 ENAMETOOLONG"],
            |program| Ok(told(&program.run(&["paths"])?)),
        ),
        same(
            tool,
            "directories/deeper than any path",
            &["12,000 bytes down ok"],
            |program| Ok(told(&program.run(&["deep"])?)),
        ),
    ]
}

/// Makes a directory with files of short and long names.
fn fill(dir: &Path, count: usize) -> Result<()> {
    std::fs::create_dir(dir)?;
    for i in 0..count {
        File::create(dir.join(format!("{i:0width$}", width = 5 + i % 50)))?;
    }
    Ok(())
}

/// A listing makes one system call for each portion of entries that the kernel returns, and
/// never seeks back.
fn system_calls(program: &Program) -> Result<()> {
    if !Path::new("/usr/bin/strace").exists() {
        eprintln!("SKIPPED: strace isn't installed");
        return Ok(());
    }
    fill(&program.dir().join("many"), 8000)?;
    let script = "exec strace -f -c -o trace -e trace=getdents64,lseek $APP list many";
    let ran = Run::of(program.script(script)).run()?;
    ensure!(
        told(&ran).contains("ReadDir 8000 8000 0 ok"),
        "{}",
        told(&ran)
    );
    let trace = std::fs::read_to_string(program.dir().join("trace"))?;
    let calls = |name: &str| -> Result<usize> {
        let line = trace.lines().find(|line| line.ends_with(name));
        let Some(line) = line else { return Ok(0) };
        let columns: Vec<_> = line.split_whitespace().collect();
        columns[3].parse().context("no number of calls")
    };
    // Four listings, two of them partial. A portion has 8,192 bytes. An entry takes at least 24
    // bytes, and less than 80 on average.
    let most = 4 * 8000 * 80 / 8192;
    let (portions, moves) = (calls("getdents64")?, calls("lseek")?);
    ensure!(
        (60..most).contains(&portions),
        "{portions} portions: {trace}"
    );
    ensure!(moves <= 3, "{moves} moves for 3 rewinds: {trace}");
    Ok(())
}

/// Names that are never used again appear and vanish during many listings.
fn changing(program: &Program) -> Result<String> {
    let dir = program.dir().join("d");
    std::fs::create_dir(&dir)?;
    for i in 0..2000 {
        File::create(dir.join(format!("stable-{i}")))?;
    }
    let mut live = program.start(&["stable", "d", "2000"])?;
    live.until("ready")?;
    let passing = |i: usize| dir.join(format!("passing-{i}"));
    for i in 0..3000 {
        File::create(passing(i))?;
        if i >= 500 {
            std::fs::remove_file(passing(i - 500))?;
        }
    }
    live.write(b"\n")?;
    Ok(told(&live.finish()?))
}
