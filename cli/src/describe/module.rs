//! The report for people on a module.

use super::show::{bytes, count, list, one_line, printable};
use super::{Page, memory};
use std::collections::BTreeSet;
use wasi_aot_compiler::inspect::ModuleReport;
use wasi_aot_compiler::inspect::asks::Asks;
use wasi_aot_compiler::inspect::module::{Form, Item, Recognised};

pub(super) fn describe(page: &mut Page, name: &str, module: &ModuleReport) {
    let size = bytes(module.size);
    page.line(format_args!(
        "{}: {}, {size}",
        printable(name),
        what(module)
    ));
    page.line(match &module.build {
        Ok(()) => "can be built: yes".into(),
        Err(error) => format!("can be built: no, because {}", one_line(&error.to_string())),
    });
    if module.form == Form::Component {
        return;
    }
    asks(page, module);
    if module.is_go() {
        page.go(module.go_version.as_deref(), module.build_info.as_ref());
    }
    if let Some(recognised) = &module.recognised {
        compiler(page, recognised, module.build.is_ok());
    }
    webassembly(page, module);
}

fn what(module: &ModuleReport) -> &'static str {
    match (module.form, module.is_go()) {
        (Form::Command, true) => "a Go program for GOOS=wasip1",
        (Form::Command, false) => "a WebAssembly command",
        (Form::Reactor, true) => "a Go reactor for GOOS=wasip1 (-buildmode=c-shared)",
        (Form::Reactor, false) => "a WebAssembly reactor",
        (Form::GoJs, _) => "a Go program for GOOS=js",
        (Form::Library, _) => "a WebAssembly module without an entry point",
        (Form::Component, _) => "a WebAssembly component",
    }
}

fn compiler(page: &mut Page, recognised: &Recognised, complete: bool) {
    page.section("What the compiler recognises");
    if recognised.go_runtime {
        page.field("Go's runtime", "recognised");
        if complete {
            page.field(
                "dispatch",
                format_args!(
                    "recognised in {} of {} that have one",
                    recognised.removed,
                    count(recognised.dispatches as u64, "function")
                ),
            );
        }
        page.field(
            "trusted facts",
            on(
                recognised.trusted_facts,
                "--no-go-trust uses only verified facts",
            ),
        );
        page.field(
            "preemption",
            on(
                recognised.preemption,
                "of goroutines that compute; --no-preempt turns it off",
            ),
        );
    } else {
        page.field(
            "Go's runtime",
            "not recognised; compiled as any other module",
        );
    }
    page.field(
        "byte loops",
        count(recognised.byte_loops as u64, "function"),
    );
}

fn on(on: bool, remark: &str) -> String {
    if on {
        format!("on ({remark})")
    } else {
        "off".into()
    }
}

fn webassembly(page: &mut Page, module: &ModuleReport) {
    page.section("WebAssembly");
    let features = module.features.iter().map(|feature| printable(feature));
    page.field(
        "features",
        if module.features.is_empty() {
            "WebAssembly 1.0".into()
        } else {
            format!("WebAssembly 1.0; {}", list(features))
        },
    );
    let memories = module.memories.iter();
    page.memories(memories.map(|m| memory(m.initial, m.maximum)));
    let code = bytes(module.code_size);
    page.field("functions", format_args!("{}, {code}", module.functions));
    page.field(
        "data",
        format_args!(
            "{} in {}",
            bytes(module.data_size),
            count(module.data_segments, "segment")
        ),
    );
    let export = |item: &Item| match item.kind {
        "function" => printable(&item.name),
        kind => format!("{} ({kind})", printable(&item.name)),
    };
    page.field("exports", list(module.exports.iter().map(export)));
}

fn asks(page: &mut Page, module: &ModuleReport) {
    page.section("What it may ask for");
    let asks = module.asks();
    if asks.is_empty() {
        page.line("  nothing");
    }
    for (kind, imports) in asks {
        if kind == Asks::Unknown {
            page.warning(kind.name(), kind.meaning());
        } else {
            page.field(kind.name(), kind.meaning());
        }
        // Go imports a function once for each signature under which it calls the function.
        let names: BTreeSet<String> = imports.into_iter().map(import_name).collect();
        page.more(format_args!("({})", list(names.into_iter())));
    }
}

/// An import's name, preceded by its module name unless the module is preview 1.
fn import_name(import: &Item) -> String {
    match &import.module {
        Some(module) if module != "wasi_snapshot_preview1" => {
            format!("{}.{}", printable(module), printable(&import.name))
        }
        _ => printable(&import.name),
    }
}
