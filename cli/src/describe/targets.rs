//! Targets, with the levels and features of their processors.

use super::Page;
use serde_json::{Value, json};
use wasi_aot_compiler::Target;
use wasi_aot_compiler::cpu::{self, Architecture, Features};

/// Version of the JSON object's keys and their meaning.
const SCHEMA: u32 = 1;

/// For people.
pub fn text() -> String {
    let mut page = Page::default();
    page.line("Values of --target and --cpu. The first name of each is the one that reports show.");
    for target in Target::ALL {
        let default = if is_default(target) { " (default)" } else { "" };
        page.section(&format!("{}{default}", target.name()));
        page.field("other names", names(&target.names()[1..]));
        levels(&mut page, target);
        let features = target.cpu().features.iter();
        let features = features.map(|feature| feature.name).collect();
        page.list("features", lines(features));
    }
    page.line(
        "\n--cpu takes a level and features beyond the level: --cpu x86-64-v2,bmi2,lzcnt. A feature",
    );
    page.line(
        "includes those that it needs. Without a level, features are added to the default level.",
    );
    page.text
}

fn is_default(target: Target) -> bool {
    target == Target::default()
}

fn levels(page: &mut Page, target: Target) {
    let cpu = target.cpu();
    let mut before = Features::NONE;
    for (index, level) in cpu.levels.iter().enumerate() {
        let default = level.features == cpu.default.features;
        let shown = format!(
            "{:<28} {}{}",
            names(level.names),
            beyond(cpu, level.features.without(before), index),
            if default { " (default)" } else { "" }
        );
        page.field(if index == 0 { "levels" } else { "" }, shown);
        before = level.features;
    }
    let native = cpu::native(target);
    let native = native.map_or(
        "only where the target is this machine's architecture".into(),
        |features| format!("this machine: {}", cpu.spec(features)),
    );
    page.more(format_args!("{:<28} {native}", cpu::NATIVE));
}

/// The features that a level adds to the level before.
fn beyond(cpu: &Architecture, features: Features, index: usize) -> String {
    let features: Vec<_> = cpu.features_in(features).map(|f| f.name).collect();
    match index.checked_sub(1) {
        None => "every processor".into(),
        Some(before) => format!("{} and {}", cpu.levels[before].name(), features.join(" ")),
    }
}

fn names(names: &[&str]) -> String {
    names.join("  ")
}

/// The words, on lines that fit a terminal.
fn lines(words: Vec<&str>) -> Vec<String> {
    const WIDTH: usize = 72;
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    lines
}

/// One JSON object, with its last line feed.
pub fn json() -> String {
    let targets: Vec<_> = Target::ALL.into_iter().map(target).collect();
    let value = json!({ "schema": SCHEMA, "kind": "targets", "targets": targets });
    format!("{value:#}\n")
}

fn target(target: Target) -> Value {
    let cpu = target.cpu();
    let names = |set| cpu.features_in(set).map(|f| f.name).collect::<Vec<_>>();
    let levels = cpu.levels.iter();
    let levels: Vec<_> = levels
        .map(|level| {
            let features = names(level.features);
            json!({ "name": level.name(), "names": level.names, "features": features })
        })
        .collect();
    let features = cpu.features.iter();
    let features: Vec<_> = features
        .map(|feature| json!({ "name": feature.name, "implies": names(feature.implies) }))
        .collect();
    let native = cpu::native(target).ok();
    json!({
        "name": target.name(),
        "names": target.names(),
        "default": is_default(target),
        "cpu": {
            "default": cpu.default.name(),
            "native": native.map(|features| cpu.spec(features).to_string()),
            "levels": levels,
            "features": features,
        },
    })
}
