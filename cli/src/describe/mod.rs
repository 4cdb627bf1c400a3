//! What `wasi-aot inspect` and `wasi-aot targets` print: for people, and as JSON.
//!
//! Names and values come from the file. On a terminal they are escaped
//! ([`show::printable`]), so that no file can write anything but text.

mod executable;
mod json;
mod module;
pub mod show;
pub mod targets;
#[cfg(test)]
mod tests;

pub use json::json;

use show::{bytes, cut, printable, shortened};
use std::fmt::Display;
use wasi_aot_compiler::inspect::Inspected;
use wasi_aot_compiler::inspect::buildinfo::{BuildInfo, GoModule};

/// The report on the file called `name`, with its last line feed.
pub fn text(name: &str, inspected: &Inspected) -> String {
    let mut page = Page(String::new());
    match inspected {
        Inspected::Module(module) => module::describe(&mut page, name, module),
        Inspected::Executable(executable) => executable::describe(&mut page, name, executable),
    }
    page.0
}

/// Sections with fields below them.
struct Page(String);

impl Page {
    fn line(&mut self, line: impl Display) {
        self.0.push_str(&format!("{line}\n"));
    }

    fn section(&mut self, name: &str) {
        self.line(format_args!("\n{name}"));
    }

    fn field(&mut self, name: &str, value: impl Display) {
        self.line(format_args!("  {name:<13} {value}"));
    }

    /// What continues the field above.
    fn more(&mut self, value: impl Display) {
        self.line(format_args!("  {:<13} {value}", ""));
    }

    /// The Go program that a module or executable is made from.
    fn go(&mut self, version: Option<&str>, info: Option<&BuildInfo>) {
        self.section("Go");
        self.field("version", version.map_or("not said".into(), printable));
        let Some(info) = info else { return };
        if let Some(package) = &info.main_package {
            self.field("main package", printable(package));
        }
        if let Some(module) = &info.main_module {
            self.field("main module", go_module(module));
        }
        let dependencies = info.dependencies.iter().map(go_module).collect();
        self.list("dependencies", shortened(dependencies));
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

    /// A field with a line for each item; none at all if there are none.
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
        None => format!("{} at start, without a limit of its own", bytes(initial)),
    }
}
