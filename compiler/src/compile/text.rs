//! The text of `--emit ir`, `clif` and `asm`, with names.
//!
//! Cranelift writes symbols and traps as numbers. Behind each line with such numbers a comment
//! says what they stand for: `fn0 = colocated u0:5 sig0 ; main.main`.

use crate::ir::{Func, Printer};
use crate::lower::Env;
use crate::naming;
use crate::symbol::Symbol;
use crate::trap;
use cranelift_codegen::ir::{Function, TrapCode, UserExternalName, UserExternalNameRef};
use std::fmt::Write;

/// A unit's CLIF.
pub(super) fn clif(function: &Function, name: &str, env: &Env<'_, '_>) -> String {
    annotated(&function.display().to_string(), function, name, env)
}

/// A unit's machine code, disassembled.
pub(super) fn asm(disassembly: &str, function: &Function, name: &str, env: &Env<'_, '_>) -> String {
    annotated(disassembly, function, name, env)
}

/// A function's IR.
pub(super) fn ir(func: &Func, name: &str, env: &Env<'_, '_>) -> String {
    let names = |index| {
        let symbol = env.callee_symbol(index);
        Some(naming::of_symbol(symbol, env.module, env.names))
    };
    let printer = Printer {
        func,
        names: &names,
        origins: true,
    };
    format!("; {name}\n{printer}\n")
}

fn annotated(text: &str, function: &Function, name: &str, env: &Env<'_, '_>) -> String {
    let mut all = format!("; {name}\n");
    for line in text.lines() {
        let mut meanings = Vec::new();
        // The line with the unit's own number has its name above it.
        if !line.starts_with("function ") {
            for word in words(line) {
                meanings.extend(meaning(word, function, env));
            }
        }
        all.push_str(line);
        if !meanings.is_empty() {
            let _ = write!(all, " ; {}", meanings.join(", "));
        }
        all.push('\n');
    }
    all.push('\n');
    all
}

/// The parts of a line that may be a number with a meaning.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !(c.is_ascii_alphanumeric() || c == ':'))
}

fn meaning(word: &str, function: &Function, env: &Env<'_, '_>) -> Option<String> {
    let named = |name: &UserExternalName| {
        naming::of_symbol(Symbol::from_user_name(name), env.module, env.names)
    };
    if let Some(number) = word.strip_prefix("userextname") {
        let reference = UserExternalNameRef::from_u32(number.parse().ok()?);
        let names = function.params.user_named_funcs();
        return names.get(reference).map(named);
    }
    if let Some(number) = word.strip_prefix("user") {
        let kind = trap::kind(TrapCode::user(number.parse().ok()?)?)?;
        return Some(kind.message().to_string());
    }
    let (namespace, index) = word.strip_prefix('u')?.split_once(':')?;
    let name = UserExternalName::new(namespace.parse().ok()?, index.parse().ok()?);
    Some(named(&name))
}
