//! Texts of errors as on Linux. Go's table for wasip1 has other words ("No such file or
//! directory"), and what a program prints should be the same as natively.

use anyhow::{Context, Result};
use std::collections::BTreeMap;

/// Go's table for wasip1 with the texts of Go's table for Linux. Errors that one of them lacks
/// keep their texts; `linux` is `syscall/zerrors_linux_amd64.go`.
///
/// # Errors
/// When the tables have another form.
pub fn with_linux_texts(wasip1: &str, linux: &str) -> Result<String> {
    let texts = texts(linux);
    let known = texts.get("ENOENT").copied();
    known.context("Linux's table of errors has another form")?;
    let mut changed = 0;
    let lines = wasip1.lines().map(|line| {
        let Some((name, text)) = entry(line) else {
            return line.to_owned();
        };
        let Some(new) = texts.get(name) else {
            return line.to_owned();
        };
        changed += 1;
        line.replacen(text, new, 1)
    });
    let all = lines.map(|line| line + "\n").collect();
    (changed > 0)
        .then_some(all)
        .context("the table of errors has another form")
}

/// A line `NAME: "text",`: the name, and the text in its quotes.
fn entry(line: &str) -> Option<(&str, &str)> {
    let (name, text) = line.trim().split_once(':')?;
    let text = text.trim().strip_suffix(',')?;
    let is_text = text.len() > 1 && text.starts_with('"') && text.ends_with('"');
    is_text.then_some((name, text))
}

/// The texts of Linux's errors by name, in their quotes. The names and the texts stand in two
/// tables, by number.
fn texts(linux: &str) -> BTreeMap<&str, &str> {
    let by_number = linux.lines().filter_map(|line| {
        let (number, text) = entry(line)?;
        Some((number.parse::<u32>().ok()?, text))
    });
    // The table of signals follows, with the same numbers.
    let mut first = BTreeMap::new();
    for (number, text) in by_number {
        first.entry(number).or_insert(text);
    }
    let names = linux.lines().filter_map(|line| {
        let (name, value) = line.trim().split_once('=')?;
        let number = value.trim().strip_prefix("Errno(0x")?.strip_suffix(')')?;
        let number = u32::from_str_radix(number, 16).ok()?;
        Some((name.trim(), *first.get(&number)?))
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINUX: &str = "const (\n\tEPERM = Errno(0x1)\n\tENOENT  = Errno(0x2)\n)\n\
                         var errors = [...]string{\n\t1: \"not permitted\",\n\t2:   \"no such file\",\n}\n\
                         var signals = [...]string{\n\t1: \"hangup\",\n}\n";

    #[test]
    fn texts_change_by_name() {
        let wasip1 = "x\n\tENOENT:  \"No File\",\n\tEPERM: \"Not\",\n\tENOSYS: \"Not \" + GOOS,\n";
        assert_eq!(
            with_linux_texts(wasip1, LINUX).unwrap(),
            "x\n\tENOENT:  \"no such file\",\n\tEPERM: \"not permitted\",\n\tENOSYS: \"Not \" + GOOS,\n"
        );
    }

    #[test]
    fn other_forms_are_refused() {
        assert!(with_linux_texts("\tENOENT: \"x\",\n", "").is_err());
        assert!(with_linux_texts("ENOENT = 2\n", LINUX).is_err());
    }
}
