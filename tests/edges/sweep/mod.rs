//! Is every load and store, and every operator on a range of memory, right at every boundary?
//! The boundaries are the ends of memory and of its pages, 31 and 32 bits, and static offsets
//! around each limit of the compiler. The memories have 0 bytes to 4 GiB and grow meanwhile.
//!
//! One process makes all accesses of a plan, on a runtime that enters the module again after
//! a trap. So the test also sees the bytes that a trapping store left in memory. The expected
//! outcomes are computed by the specification's rule ([`plan`]). An interpreter must agree
//! with them where memories are small. The message of each trap must fit the compiler's kind
//! of check: where it relies on PROT_NONE, the message has an address inside the access.

mod golike;
mod interpreter;
mod module;
mod operators;
mod plan;
mod site;

use anyhow::{Context, Result, ensure};
use harness::run::{Ends, Finished, Run};
use harness::shim;
use harness::suite::test;
use harness::target;
use harness::tool::Tool;
use harness::ways::ways;
use libtest_mimic::Trial;
use module::Swept;
use plan::{Case, Outcome, Plan};
use site::Site;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use tempfile::TempDir;
use wasi_aot_shim_images::Target;

/// Sizes in pages: none, a few, 2 GiB and a page, almost 4 GiB, 4 GiB.
const SIZES: [u32; 6] = [0, 1, 2, 0x8001, 0xffff, 0x1_0000];

/// Sizes for the interpreter.
const SMALL: [u32; 3] = [0, 1, 2];

/// Flags beside those of [`harness::ways`].
const GUARDED: [&str; 3] = ["-O2", "--spectre", "on"];

/// Sizes of the memory of Go's module, which starts with one page.
const GO_SIZES: [u32; 4] = [1, 2, 0x8001, 0x1_0000];

/// Flags, and whether the compiler trusts SP with them.
const GO_WAYS: [([&str; 3], bool); 4] = [
    (["-O0", "--spectre", "off"], true),
    (["-O2", "--spectre", "off"], true),
    (GUARDED, true),
    (["-O2", "--no-go-trust", "--strip"], false),
];

static PLAN: LazyLock<Plan> = LazyLock::new(|| Plan::new(&SIZES));

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let guarded = GUARDED.map(str::to_owned).to_vec();
    let ways = ways().into_iter().chain([guarded]);
    let first = ways.map(|flags| (Swept::First, flags));
    let second = ["-O0", "-O2"].map(|level| (Swept::Second, vec![level.to_owned()]));
    let one = |(swept, flags): (Swept, Vec<String>)| {
        let tool = Arc::clone(tool);
        let name = format!("sweep/{swept:?} memory {}", flags.join(" "));
        test(name, move || sweep(&tool, &PLAN, swept, &flags))
    };
    let mut trials: Vec<Trial> = first.chain(second).map(one).collect();
    for (flags, trusted) in GO_WAYS {
        let tool = Arc::clone(tool);
        let name = format!("sweep/Go's SP {}", flags.join(" "));
        trials.push(test(name, move || {
            let plan = Plan::of_go(&GO_SIZES, trusted);
            sweep(&tool, &plan, Swept::Go, &flags.map(str::to_owned))
        }));
    }
    trials.push(test("sweep/an interpreter agrees", interpreted));
    let tool = Arc::clone(tool);
    trials.push(test("sweep/wrong accesses are found", move || {
        mutants(&tool)
    }));
    trials
}

/// Makes all accesses of a plan in an executable that is built with these flags.
fn sweep(tool: &Tool, plan: &Plan, swept: Swept, flags: &[String]) -> Result<()> {
    let text = module::text(plan, swept)?;
    let finished = run(tool, &text, flags)?;
    judge(plan, swept, &finished)
}

fn run(tool: &Tool, text: &str, flags: &[String]) -> Result<Finished> {
    let (_directory, program) = built(tool, text, flags)?;
    let mut command = target::command(program);
    command.env_clear();
    Run::of(command).run()
}

fn built(tool: &Tool, text: &str, flags: &[String]) -> Result<(TempDir, PathBuf)> {
    let directory = tempfile::tempdir()?;
    let [module, object, program] =
        ["sweep.wasm", "sweep.o", "sweep"].map(|name| directory.path().join(name));
    std::fs::write(&module, wat::parse_str(text)?)?;
    let flags = [flags, &["--emit=obj".into()]].concat();
    harness::agree::build(tool, &module, &object, &flags)?;
    let target = Target::named(target::tested().name()).context("BUG: no image of the target")?;
    let library = shim::library(target, Some(shim::AGAIN))?;
    shim::link(target, &library, &object, &program)?;
    Ok((directory, program))
}

/// (text, replacement): another width, offset, index or length in the module.
const MUTANTS: [(&str, &str); 8] = [
    (
        "i64.load16_u $tested offset=0 ",
        "i64.load32_u $tested offset=0 ",
    ),
    (
        "i32.load8_s $tested offset=65536 ",
        "i32.load8_s $tested offset=65537 ",
    ),
    (
        "v128.load32x2_s $tested offset=1 ",
        "v128.load32x2_s $tested offset=0 ",
    ),
    (
        "v128.load16_splat $tested offset=4095 ",
        "v128.load8_splat $tested offset=4095 ",
    ),
    (
        "i32.store8 $tested offset=65536 ",
        "i32.store16 $tested offset=65536 ",
    ),
    (
        "v128.store32_lane $tested offset=1 2 ",
        "v128.store64_lane $tested offset=1 1 ",
    ),
    (
        "memory.fill $tested (local.get 0) (i32.const 183) (i32.const 128)",
        "memory.fill $tested (local.get 0) (i32.const 183) (i32.const 127)",
    ),
    (
        "memory.copy $tested $tested (i32.const 0) (local.get 0) (local.get 1)",
        "memory.copy $tested $tested (i32.const 0) (i32.sub (local.get 0) (i32.const 1)) (local.get 1)",
    ),
];

/// The sweep must detect modules whose accesses differ from the plan's, because they behave
/// like wrongly lowered code.
fn mutants(tool: &Tool) -> Result<()> {
    let plan = Plan::new(&SMALL);
    let text = module::text(&plan, Swept::First)?;
    for (from, to) in MUTANTS {
        ensure!(text.contains(from), "no {from} in the module");
        let text = text.replacen(from, to, 1);
        let finished = run(tool, &text, &["-O0".into()])?;
        let judged = judge(&plan, Swept::First, &finished);
        let error = judged.err().with_context(|| format!("{to} isn't found"))?;
        ensure!(error.to_string().contains("accesses are wrong"), "{error}");
    }
    Ok(())
}

/// Compares what a program did with its plan.
fn judge(plan: &Plan, swept: Swept, finished: &Finished) -> Result<()> {
    let said = String::from_utf8_lossy(&finished.stderr);
    let last = || said.lines().rev().take(4).collect::<Vec<_>>().join("\n");
    ensure!(
        finished.ends == Ends::Exit(0),
        "{}: {}",
        finished.ends,
        last()
    );
    let outcomes = module::outcomes(&finished.stdout, plan.cases.len())?;
    let mut messages = said.lines().filter_map(|line| line.split_once(": trap: "));
    let (mut wrong, mut traps) = (Vec::new(), 0);
    for (case, outcome) in plan.cases.iter().zip(outcomes) {
        let mut what = (outcome != case.outcome).then(|| format!("{outcome:x?}"));
        if outcome == Outcome::Trap {
            traps += 1;
            let message = messages.next().context("fewer messages than traps")?.1;
            if what.is_none() && !is_expected(plan, case, swept, message) {
                what = Some(message.to_owned());
            }
        }
        wrong.extend(what.map(|what| describe(plan, case, &what)));
    }
    ensure!(
        wrong.is_empty(),
        "{} of {} accesses are wrong:\n{}",
        wrong.len(),
        plan.cases.len(),
        wrong[..wrong.len().min(10)].join("\n")
    );
    ensure!(messages.next().is_none(), "more messages than traps");
    let tried = plan.tried;
    ensure!(traps > tried / 5, "only {traps} traps of {tried} accesses");
    eprintln!("{tried} accesses, of which {traps} trap");
    Ok(())
}

fn describe(plan: &Plan, case: &Case, what: &str) -> String {
    format!(
        "{} of {:#x}, {:#x} in {:#x} bytes: {what}, not {:x?}",
        plan.sites[case.function as usize], case.index, case.length, case.size, case.outcome
    )
}

/// Whether the message fits a case that traps.
fn is_expected(plan: &Plan, case: &Case, swept: Swept, message: &str) -> bool {
    let Some(rest) = message.strip_prefix("out of bounds memory access") else {
        return false;
    };
    let (Site::Access { operator, .. }, Some(accessed)) =
        (plan.sites[case.function as usize], case.address)
    else {
        // A short range is lowered to loads and stores, or compared as longer ranges are.
        return true;
    };
    let address = rest.strip_prefix(" at 0x");
    if accessed.is_compared {
        return address.is_none();
    }
    let Some((digits, rest)) = address.and_then(|rest| rest.split_once(' ')) else {
        return false;
    };
    let end = accessed.start.saturating_add_unsigned(operator.width);
    let mut missed = (accessed.start..end).filter_map(|byte| match u64::try_from(byte) {
        Ok(byte) => (byte >= case.size).then_some(byte),
        // An address that wrapped around lies below the memory.
        Err(_) => Some(byte.cast_unsigned() & 0xffff_ffff),
    });
    u64::from_str_radix(digits, 16).is_ok_and(|address| missed.any(|byte| byte == address))
        && rest.starts_with("of memory 1 ") == (swept == Swept::Second)
}

/// Makes the accesses of small memories under the interpreter. It enters the module again
/// after each trap, as our runtime does.
fn interpreted() -> Result<()> {
    let plan = Plan::new(&SMALL);
    let wasm = wat::parse_str(module::text(&plan, Swept::First)?)?;
    let output = interpreter::output(&wasm)?;
    let outcomes = module::outcomes(&output, plan.cases.len())?;
    let different = plan.cases.iter().zip(&outcomes);
    let mut different = different.filter(|(case, outcome)| case.outcome != **outcome);
    if let Some((case, outcome)) = different.next() {
        anyhow::bail!("{}", describe(&plan, case, &format!("{outcome:x?}")));
    }
    Ok(())
}
