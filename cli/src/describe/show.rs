//! Names, sizes and lists as a terminal may see them.

use std::fmt::Write;

/// A text in which everything that a terminal could take for a command, or that
/// changes the direction of writing, is escaped as in Rust. A backslash is too, so
/// that nothing can pass for an escape.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\'' | '"') {
            shown.push(c);
        } else {
            shown.extend(c.escape_debug());
        }
    }
    shown
}

/// As [`printable`], for text of ours that holds backslashes of its own.
pub fn one_line(text: &str) -> String {
    printable(text).replace("\\\\", "\\")
}

/// Bytes as text; those that aren't UTF-8 as `\xNN`.
pub fn printable_bytes(bytes: &[u8]) -> String {
    let mut shown = String::new();
    for chunk in bytes.utf8_chunks() {
        shown.push_str(&printable(chunk.valid()));
        for byte in chunk.invalid() {
            // Writing to a string can't fail.
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

/// A size in the largest unit that it has at least one of, exact where it is whole.
pub fn bytes(size: u64) -> String {
    let units = [
        (1 << 40, "TiB"),
        (1 << 30, "GiB"),
        (1 << 20, "MiB"),
        (1 << 10, "KiB"),
    ];
    let unit = units.into_iter().find(|&(unit, _)| size >= unit);
    match unit {
        None => format!("{size} bytes"),
        Some((unit, name)) if size % unit == 0 => format!("{} {name}", size / unit),
        Some((unit, name)) => format!("{:.1} {name}", size as f64 / unit as f64),
    }
}

/// At most this many items of a list are shown to people.
const MOST: usize = 40;

/// `a, b, c`, or `none`; a long list is cut.
pub fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    if items.is_empty() {
        return "none".into();
    }
    let mut shown = items[..items.len().min(MOST)].join(", ");
    if let Some(more) = items.len().checked_sub(MOST).filter(|&more| more > 0) {
        shown.push_str(&format!(" and {more} more (--json has all)"));
    }
    shown
}

/// `1 function`, `2 functions`.
pub fn count(number: u64, singular: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {singular}{s}")
}
