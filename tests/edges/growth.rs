//! Does memory grow to its limits and no further? Memories of 4 GiB (of which few pages are
//! used), maxima of the module, `--max-memory`, and limits of the system.

use anyhow::{Result, ensure};
use harness::agree::{self, Program};
use harness::run::{Ends, Run};
use harness::suite::with_tool;
use harness::target::{self, natively};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;

const NEVER: u64 = 0xffff_ffff;

/// Grows by each of `deltas`, and prints the result and the size.
fn grow(deltas: &[i64]) -> String {
    let one = |delta| {
        format!("(call $show (memory.grow (i32.const {delta}))) (call $show (memory.size))\n")
    };
    deltas.iter().map(one).collect()
}

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials = agree::trials("growth", programs(), tool);
    for (name, body) in [
        ("--max-memory", max_memory as fn(&Tool) -> Result<()>),
        ("memory that the system refuses", refused),
        ("address space that the system refuses", no_address_space),
    ] {
        let name = format!("growth/{name}");
        trials.push(natively(with_tool(name, tool, body)));
    }
    trials
}

fn programs() -> Vec<Program> {
    let ends =
        "(i64.store8 (i32.const -1) (i64.const 0xa5)) (i64.store8 (i32.const 0) (i64.const 0x5a))
        (i64.store (i32.const 0x80000000) (i64.const 0x600d))
        (call $show (i32.load8_u (i32.const -1))) (call $print (i64.load (i32.const -8)))
        (call $show (i32.load8_u (i32.const 0))) (call $print (i64.load (i32.const 0x80000000)))
        (call $print (i64.load (i32.const 0x7ffffffc)))";
    let at_ends = [0xa5, 0xa5 << 56, 0x5a, 0x600d, 0x600d << 32];
    let prints = |sizes: &[u64]| [sizes, &at_ends[..]].concat();
    let to_4_gib = grow(&[0, -1, 65536, 65535, 1, 0, -1]);
    let sizes = [
        1, 1, NEVER, 1, NEVER, 1, 1, 65536, NEVER, 65536, 65536, 65536, NEVER, 65536,
    ];
    vec![
        Program::printing(
            "to 4 GiB and no further",
            &format!("{to_4_gib} {ends}"),
            &prints(&sizes),
            "",
        ),
        Program::printing(
            "in steps over 2 GiB",
            &format!("{} {ends}", grow(&[1, 1, 32765, 32768, 1])),
            &prints(&[1, 2, 2, 3, 3, 32768, 32768, 65536, NEVER, 65536]),
            "",
        ),
        Program::printing(
            "begins with 4 GiB",
            &format!("{} {ends}", grow(&[0, 1])),
            &prints(&[65536, 65536, NEVER, 65536]),
            "",
        )
        .memory("65536"),
        Program::printing(
            "begins with 4 GiB, data at both ends",
            "(call $print (i64.load (i32.const 2000))) (call $show (i32.load8_u (i32.const -1)))",
            &[0x6863_6165_6200, 0],
            "",
        )
        .memory("65536 65536")
        .with("(data (i32.const 2001) \"beach\") (data (i32.const 0xffffffff) \"\\00\")"),
        Program::printing(
            "to its own maximum",
            &grow(&[3, 1, 2, 1, 0]),
            &[NEVER, 1, 1, 2, NEVER, 2, 2, 3, 3, 3],
            "",
        )
        .memory("1 3"),
        Program::printing(
            "a maximum of what it has",
            &grow(&[1, 0, -1]),
            &[NEVER, 1, 1, 1, NEVER, 1],
            "",
        )
        .memory("1 1"),
        Program::printing(
            "what has grown is zero and near the end",
            "(i64.store (i32.const 65528) (i64.const -1)) (drop (memory.grow (i32.const 1)))
             (call $print (i64.load (i32.const 65532))) (call $print (i64.load (i32.const 131064)))
             (drop (i64.load (i32.const 131065)))",
            &[0xffff_ffff, 0],
            "out of bounds memory access",
        ),
        Program::printing(
            "no byte before it has grown",
            "(call $show (memory.size)) (i32.store8 (i32.const 65536) (i32.const 1))",
            &[1],
            "out of bounds memory access",
        ),
    ]
}

/// Memory grows as far as `--max-memory` leaves room beside the stack.
fn max_memory(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let output = dir.path().join("program");
    let body = grow(&[48, 47, 1, 0]);
    let prints = [NEVER, 1, 1, 48, NEVER, 48, 48, 48];
    let limited = Program::printing("", &body, &prints, "");
    let module = limited.module(dir.path())?;
    for level in ["-O0", "-O2"] {
        agree::build(
            tool,
            &module,
            &output,
            &["--max-memory", "4MiB", "--stack-size", "1MiB", level],
        )?;
        limited.judge(&agree::run(&output)?)?;
    }
    Ok(())
}

/// The system gives 1 GiB and refuses 3 GiB more: `memory.grow` fails and changes nothing.
fn refused(tool: &Tool) -> Result<()> {
    let body = format!(
        "{} (i32.store8 (i32.const 0x4000ffff) (i32.const 9)) (call $show (i32.load8_u (i32.const 0x4000ffff)))
         {}",
        grow(&[16384, 49151]),
        grow(&[1])
    );
    let prints = [1, 16385, NEVER, 16385, 9, 16385, 16386];
    under(tool, "ulimit -d 2097152", &body, |finished| {
        let printed: String = prints
            .iter()
            .map(|number| format!("{number:016x}\n"))
            .collect();
        let stdout = String::from_utf8_lossy(&finished.stdout);
        ensure!(
            finished.ends == Ends::Exit(0) && stdout == printed,
            "{}: {stdout} {}",
            finished.ends,
            String::from_utf8_lossy(&finished.stderr)
        );
        Ok(())
    })
}

fn no_address_space(tool: &Tool) -> Result<()> {
    under(tool, "ulimit -v 4194304", &grow(&[1]), |finished| {
        let said = String::from_utf8_lossy(&finished.stderr);
        ensure!(
            matches!(finished.ends, Ends::Exit(code) if code != 0)
                && said.lines().count() == 1
                && said.contains("the limit on virtual memory is too low (see ulimit -v)"),
            "{}: {said}",
            finished.ends
        );
        Ok(())
    })
}

/// Runs a program with a limit that the shell sets.
fn under(
    tool: &Tool,
    limit: &str,
    body: &str,
    judge: impl FnOnce(harness::run::Finished) -> Result<()>,
) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let output = dir.path().join("program");
    let module = Program::printing("", body, &[], "").module(dir.path())?;
    agree::build(tool, &module, &output, &["--stack-size", "1MiB"])?;
    let mut command = target::shell(&format!("{limit} && exec $RUN ./program"));
    command.current_dir(dir.path());
    judge(Run::of(command).run()?)
}
