//! The module that makes a plan's accesses.
//!
//! A memory of its own holds a record and an outcome for each case. Before an access the
//! module stores "trapped" as the outcome and the number of the next case. If the access
//! traps, the module is entered again (`runtime-shim/src/again.rs`) and goes on with that
//! next case. At the end it writes all outcomes to standard output.

use super::golike;
use super::plan::{Case, Outcome, Plan};
use super::site::SEGMENT;
use anyhow::{Result, ensure};
use wasi_aot_contract::layout::WASM_PAGE_SIZE;

/// Bytes of a record: function, index, length.
const RECORD: usize = 12;

/// Bytes of an outcome: [`TRAPPED`] or [`GAVE`], and two i64.
const OUTCOME: usize = 17;

const TRAPPED: u8 = 1;
const GAVE: u8 = 2;

/// Where records begin. The number of the next case lies before them.
const RECORDS: usize = 16;

/// Whose accesses are swept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swept {
    /// Accesses to the first memory, which preview 1 uses, too.
    First,
    /// Accesses to a second memory.
    Second,
    /// Accesses of Go's functions to the first memory.
    Go,
}

/// The text of the module.
///
/// # Errors
/// Those of [`golike::text`].
pub fn text(plan: &Plan, swept: Swept) -> Result<String> {
    let mut items = data(plan);
    items += &table(plan.sites.len());
    let memory = if swept == Swept::Second {
        "$output"
    } else {
        "$tested"
    };
    items += &driver(plan, memory);
    let cases = format!("(memory $cases {})", pages(plan));
    if swept == Swept::Go {
        return golike::text(&plan.sites, &cases, &items);
    }
    for (number, site) in plan.sites.iter().enumerate() {
        items += &format!(
            "(func $site{number} (type $site) (local $v v128) {})\n",
            site.body()
        );
    }
    let tested = match swept {
        Swept::Second => "(memory $output (export \"memory\") 1) (memory $tested 0)",
        _ => "(memory $tested (export \"memory\") 0)",
    };
    Ok(format!(
        "(module
  (import \"wasi_snapshot_preview1\" \"fd_write\"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  {tested} {cases} (global (mut i32) (i32.const 0))
  {items})"
    ))
}

/// Where outcomes begin.
fn outcomes_at(plan: &Plan) -> usize {
    RECORDS + RECORD * plan.cases.len()
}

fn pages(plan: &Plan) -> usize {
    (outcomes_at(plan) + OUTCOME * plan.cases.len()).div_ceil(WASM_PAGE_SIZE as usize)
}

/// The passive segments.
fn data(plan: &Plan) -> String {
    let escaped = |bytes: &mut dyn Iterator<Item = u8>| {
        let mut text = String::new();
        bytes.for_each(|byte| text += &format!("\\{byte:02x}"));
        text
    };
    let segment = escaped(&mut (0..=u8::MAX).take(SEGMENT as usize));
    let records = escaped(&mut plan.cases.iter().flat_map(record));
    format!("(data $segment \"{segment}\") (data $records \"{records}\")\n")
}

/// The type of the sites' functions, and the table of the functions.
fn table(sites: usize) -> String {
    let names: String = (0..sites).map(|number| format!(" $site{number}")).collect();
    format!(
        "(type $site (func (param i32 i32) (result i64 i64)))
  (table $sites {sites} funcref) (elem (table $sites) (i32.const 0) func{names})\n"
    )
}

/// The entry, and the function that writes outcomes. It copies them through the first page of
/// `memory`, the memory of preview 1. At the end the swept memory has that page.
fn driver(plan: &Plan, memory: &str) -> String {
    let cases = plan.cases.len();
    let outcomes = outcomes_at(plan);
    let (records, length) = (RECORD * cases, OUTCOME * cases);
    format!(
        "
(func $write (param $at i32) (param $left i32) (local $some i32)
  (loop $more
    (local.set $some (select (local.get $left) (i32.const 32768)
      (i32.lt_u (local.get $left) (i32.const 32768))))
    (memory.copy {memory} $cases (i32.const 1024) (local.get $at) (local.get $some))
    (i32.store {memory} (i32.const 0) (i32.const 1024))
    (i32.store {memory} (i32.const 4) (local.get $some))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (local.set $some (i32.load {memory} (i32.const 8)))
    (local.set $at (i32.add (local.get $at) (local.get $some)))
    (local.set $left (i32.sub (local.get $left) (local.get $some)))
    (br_if $more (local.get $left))))
(func $main (export \"_start\")
  (local $case i32) (local $record i32) (local $outcome i32) (local $low i64) (local $high i64)
  (if (i32.eqz (i32.load $cases (i32.const 0)))
    (then (memory.init $cases $records
      (i32.const {RECORDS}) (i32.const 0) (i32.const {records}))))
  (loop $next
    (local.set $case (i32.load $cases (i32.const 0)))
    (if (i32.eq (local.get $case) (i32.const {cases}))
      (then (call $write (i32.const {outcomes}) (i32.const {length})) (return)))
    (i32.store $cases (i32.const 0) (i32.add (local.get $case) (i32.const 1)))
    (local.set $record (i32.add (i32.const {RECORDS})
      (i32.mul (local.get $case) (i32.const {RECORD}))))
    (local.set $outcome (i32.add (i32.const {outcomes})
      (i32.mul (local.get $case) (i32.const {OUTCOME}))))
    (i32.store8 $cases (local.get $outcome) (i32.const {TRAPPED}))
    (call_indirect $sites (type $site)
      (i32.load $cases offset=4 (local.get $record))
      (i32.load $cases offset=8 (local.get $record))
      (i32.load $cases (local.get $record)))
    (local.set $high) (local.set $low)
    (i64.store $cases offset=1 (local.get $outcome) (local.get $low))
    (i64.store $cases offset=9 (local.get $outcome) (local.get $high))
    (i32.store8 $cases (local.get $outcome) (i32.const {GAVE}))
    (br $next)))\n"
    )
}

/// A case as the driver reads it.
fn record(case: &Case) -> [u8; RECORD] {
    let mut record = [0; RECORD];
    for (to, word) in record
        .chunks_exact_mut(4)
        .zip([case.function, case.index, case.length])
    {
        to.copy_from_slice(&word.to_le_bytes());
    }
    record
}

/// The outcomes that the module writes.
///
/// # Errors
/// If the output has another length, or something else than outcomes.
pub fn outcomes(output: &[u8], cases: usize) -> Result<Vec<Outcome>> {
    ensure!(
        output.len() == OUTCOME * cases,
        "{} bytes of outcomes, not {}",
        output.len(),
        OUTCOME * cases
    );
    let word = |bytes: &[u8]| {
        let bytes = bytes.first_chunk().expect("BUG: an i64 is 8 bytes");
        u64::from_le_bytes(*bytes)
    };
    let outcomes = output.chunks_exact(OUTCOME).map(|outcome| {
        Ok(match outcome[0] {
            TRAPPED => Outcome::Trap,
            GAVE => Outcome::Gives([word(&outcome[1..]), word(&outcome[9..])]),
            other => anyhow::bail!("an outcome that is {other}"),
        })
    });
    outcomes.collect()
}
