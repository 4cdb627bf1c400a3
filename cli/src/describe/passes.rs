//! Passes, in the order in which they run.

use super::Page;
use serde_json::{Value, json};
use wasi_aot_compiler::passes::{self, Description, Scope, Tier};

/// Version of the JSON object's keys and their meaning.
const SCHEMA: u32 = 1;

/// For people.
pub fn text() -> String {
    let mut page = Page::default();
    page.line("The passes that a function goes through, in this order.\n");
    page.line(row("pass", "relies on", "functions", ""));
    for pass in passes::all() {
        page.line(row(
            pass.name,
            tier(pass.tier),
            scope(pass.scope),
            pass.about,
        ));
    }
    page.line(
        "\n--pass -NAME,-NAME leaves passes out, and --pass NAME,NAME runs those passes alone.",
    );
    page.line("--no-go-opt leaves out the passes for Go's functions, and --no-go-trust the passes");
    page.line("that rely on trusted facts.");
    page.text
}

fn row(name: &str, tier: &str, scope: &str, about: &str) -> String {
    format!("  {name:<16} {tier:<15} {scope:<10} {about}")
        .trim_end()
        .to_string()
}

fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Exact => "nothing",
        Tier::Verified => "verified facts",
        Tier::Trusted => "trusted facts",
    }
}

fn scope(scope: Scope) -> &'static str {
    match scope {
        Scope::Any => "all",
        Scope::Go => "Go's",
    }
}

/// One JSON object, with its last line feed.
pub fn json() -> String {
    let passes: Vec<_> = passes::all().into_iter().map(pass).collect();
    let value = json!({ "schema": SCHEMA, "kind": "passes", "passes": passes });
    format!("{value:#}\n")
}

fn pass(pass: Description) -> Value {
    json!({
        "name": pass.name,
        "about": pass.about,
        "tier": pass.tier.to_string(),
        "scope": pass.scope.to_string(),
    })
}
