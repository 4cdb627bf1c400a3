//! The reports of `wasi-aot inspect`, `wasi-aot targets` and `wasi-aot passes`: as text for people, and as JSON.
//!
//! Names and values come from the file. The text for people escapes names and values
//! ([`show::printable`]), so that a file can't send commands to a terminal.

mod executable;
mod json;
mod module;
pub mod passes;
mod place;
pub mod show;
pub mod targets;
#[cfg(test)]
mod tests;
mod touches;

pub use json::json;

use show::{bytes, count, cut, printable, shortened};
use std::fmt::Display;
use wasi_aot_compiler::inspect::Inspected;
use wasi_aot_compiler::inspect::buildinfo::{BuildInfo, GoModule};

/// The report on the file called `name`, with its last line feed. With `verbose` it lists the
/// dependencies of a Go program.
pub fn text(name: &str, inspected: &Inspected, verbose: bool) -> String {
    let mut page = Page {
        verbose,
        ..Page::default()
    };
    match inspected {
        Inspected::Module(module) => module::describe(&mut page, name, module),
        Inspected::Executable(executable) => executable::describe(&mut page, name, executable),
    }
    if page.warns {
        page.line(format_args!(
            "\n{} Look at this before you start it.",
            mark()
        ));
    }
    page.text
}

/// Stands before what a person should look at.
fn mark() -> impl Display {
    console::style("!").red().bold()
}

/// Sections with fields below them.
#[derive(Default)]
struct Page {
    text: String,
    verbose: bool,
    /// Whether a line has a mark.
    warns: bool,
}

impl Page {
    fn line(&mut self, line: impl Display) {
        self.text.push_str(&format!("{line}\n"));
    }

    fn section(&mut self, name: &str) {
        self.line(format_args!("\n{}", console::style(name).bold()));
    }

    fn field(&mut self, name: &str, value: impl Display) {
        self.line(format_args!("  {name:<13} {value}"));
    }

    /// A field that a person should look at.
    fn warning(&mut self, name: &str, value: impl Display) {
        self.warns = true;
        self.line(format_args!("{} {name:<13} {value}", mark()));
    }

    /// A further line of the field above.
    fn more(&mut self, value: impl Display) {
        self.line(format_args!("  {:<13} {value}", ""));
    }

    /// The Go program from which a module or executable was made.
    fn go(&mut self, version: Option<&str>, info: Option<&BuildInfo>) {
        self.section("Go");
        self.field("version", version.map_or("unknown".into(), printable));
        let Some(info) = info else { return };
        if let Some(package) = &info.main_package {
            self.field("main package", printable(package));
        }
        if let Some(module) = &info.main_module {
            self.field("main module", go_module(module));
        }
        let dependencies: Vec<_> = info.dependencies.iter().map(go_module).collect();
        if self.verbose {
            self.list("dependencies", shortened(dependencies));
        } else if !dependencies.is_empty() {
            let modules = count(dependencies.len() as u64, "module");
            self.field("dependencies", format_args!("{modules} (-v lists them)"));
        }
        let settings = info.settings.iter().map(|s| printable(&cut(s))).collect();
        self.list("built with", shortened(settings));
    }

    /// A line for each memory, with its index if there are several.
    fn memories(&mut self, memories: impl ExactSizeIterator<Item = String>) {
        let several = memories.len() > 1;
        if memories.len() == 0 {
            self.field("memory", "none");
        }
        for (index, memory) in memories.enumerate() {
            if several {
                self.field(&format!("memory {index}"), memory);
            } else {
                self.field("memory", memory);
            }
        }
    }

    /// A field with a line for each item. Without items there is no field.
    fn list(&mut self, name: &str, items: Vec<String>) {
        for (index, item) in items.into_iter().enumerate() {
            self.field(if index == 0 { name } else { "" }, item);
        }
    }
}

fn go_module(module: &GoModule) -> String {
    let name = printable(format!("{} {}", module.path, module.version).trim());
    match &module.replaced_by {
        Some(other) => format!("{name}, replaced by {}", go_module(other)),
        None => name,
    }
}

fn memory(initial: u64, maximum: Option<u64>) -> String {
    match maximum {
        Some(maximum) => format!("{} at start, at most {}", bytes(initial), bytes(maximum)),
        None => format!("{} at start, without a limit in the module", bytes(initial)),
    }
}
