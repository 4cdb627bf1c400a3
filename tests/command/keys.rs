//! Are the keys of the JSON reports the documented keys?

use crate::support::{build, guest, test};
use anyhow::{Context, Result, ensure};
use harness::go::Goal;
use harness::run::Run;
use harness::tool::Tool;
use libtest_mimic::Trial;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

/// The document, from the root of the repository: a section for each command, in which rows
/// of a table begin with a key.
const DOCUMENT: &str = "docs/JSON.md";

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("keys/inspect, a module", tool, |tool| {
            let report = report(tool, &[], Some(&guest("files", Goal::Wasip1)?))?;
            compare(&report, &documented("inspect", "executables")?)
        }),
        test("keys/inspect, an executable", tool, |tool| {
            let dir = tempfile::tempdir()?;
            let program = dir.path().join("program");
            let module = guest("files", Goal::Wasip1)?;
            let flags = ["--dir", ".", "--env", "A=1", "--listen", "127.0.0.1:80"];
            let flags = [&flags[..], &["--file", "f"]].concat();
            build(tool, &module, &program, &flags)?;
            let report = report(tool, &[], Some(&program))?;
            // The compiler calls these for the modes of files.
            let functions = json!(["path_open", "path_create_directory"]);
            ensure!(report["os_functions"] == functions, "{report}");
            compare(&report, &documented("inspect", "modules")?)
        }),
        test("keys/inspect, functions beyond preview 1", tool, |tool| {
            let dir = tempfile::tempdir()?;
            let program = dir.path().join("program");
            let functions = |name: &str| -> Result<BTreeSet<String>> {
                build(tool, &guest(name, Goal::Wasip1)?, &program, &["--force"])?;
                let report = report(tool, &[], Some(&program))?;
                let functions = report["os_functions"].as_array().context("no array")?;
                let names = functions.iter().filter_map(Value::as_str);
                Ok(names.map(str::to_owned).collect())
            };
            let all = wasi_aot_contract::os::FUNCTIONS.iter();
            let all: BTreeSet<_> = all.map(|function| function.name.to_owned()).collect();
            let of_terminals = functions("terminal")?;
            ensure!(&functions("os")? | &of_terminals == all && of_terminals.len() < all.len());
            Ok(())
        }),
        test("keys/targets", tool, |tool| {
            compare(
                &report(tool, &["targets"], None)?,
                &documented("targets", "")?,
            )
        }),
    ]
}

/// The report that `wasi-aot COMMAND --json FILE` prints.
fn report(tool: &Tool, command: &[&str], file: Option<&Path>) -> Result<Value> {
    let mut command = tool.command(if file.is_some() {
        &["inspect"]
    } else {
        command
    });
    command.arg("--json").args(file);
    Ok(serde_json::from_slice(&Run::of(command).run()?.stdout)?)
}

/// The documented keys of a command, without those of reports on `others`.
fn documented(command: &str, others: &str) -> Result<BTreeSet<String>> {
    let text = std::fs::read_to_string(harness::paths::root().join(DOCUMENT))?;
    let heading = format!("## `wasi-aot {command} --json`\n");
    let section = text.split(&heading).nth(1).context("no such section")?;
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows = rows.filter_map(|row| row.split_once("` | "));
    let rows = rows.filter(|(_, rest)| rest.split(" |").next() != Some(others));
    let keys: BTreeSet<_> = rows.map(|(key, _)| key.to_owned()).collect();
    ensure!(!keys.is_empty(), "no keys under {heading}");
    Ok(keys)
}

/// Each printed key is documented, and each documented key is printed. An empty array shows
/// only its own key, and so does null.
fn compare(report: &Value, documented: &BTreeSet<String>) -> Result<()> {
    let mut printed = BTreeSet::new();
    keys(report, "", &mut printed);
    let is_start = |key: &str, of: &str| {
        let rest = of.strip_prefix(key);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let unknown = printed
        .iter()
        .filter(|key| !documented.iter().any(|d| is_start(key, d)));
    let unknown: Vec<_> = unknown.collect();
    ensure!(unknown.is_empty(), "not documented: {unknown:?}");
    let missing = documented
        .iter()
        .filter(|key| !printed.iter().any(|p| is_start(key, p)));
    let missing: Vec<_> = missing.collect();
    ensure!(
        missing.is_empty(),
        "documented, but not printed: {missing:?}"
    );
    Ok(())
}

/// The paths to all values that hold no other values.
fn keys(value: &Value, path: &str, all: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) if !object.is_empty() => {
            let dot = if path.is_empty() { "" } else { "." };
            for (key, value) in object {
                keys(value, &format!("{path}{dot}{key}"), all);
            }
        }
        Value::Array(array) if !array.is_empty() => {
            for value in array {
                keys(value, &format!("{path}[]"), all);
            }
        }
        _ => drop(all.insert(path.to_owned())),
    }
}
