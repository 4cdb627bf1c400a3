//! Names, sizes and lists as a terminal may see them.

use std::fmt::Write;

/// A text in which everything that a terminal could take for a command, or that
/// changes the direction of writing, is escaped as in Rust. A backslash is too, so
/// that nothing can pass for an escape.
pub fn printable(text: &str) -> String {
    let escaped = text.escape_debug().to_string();
    escaped.replace("\\'", "'").replace("\\\"", "\"")
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
        Some((unit, name)) if size.is_multiple_of(unit) => format!("{} {name}", size / unit),
        Some((unit, name)) => format!("{:.1} {name}", size as f64 / unit as f64),
    }
}

/// At most this many items of a list are shown to people.
const MOST: usize = 40;

/// The items that are shown, with a remark where some are not.
pub fn shortened(mut items: Vec<String>) -> Vec<String> {
    let more = items.len().saturating_sub(MOST);
    if more > 0 {
        items.truncate(MOST);
        items.push(format!("{more} more (--json has all)"));
    }
    items
}

/// `a, b, c`, or `none`.
pub fn list(items: impl Iterator<Item = String>) -> String {
    let items = shortened(items.collect());
    if items.is_empty() {
        "none".into()
    } else {
        items.join(", ")
    }
}

/// The beginning of a long text.
pub fn cut(text: &str) -> String {
    const LONGEST: usize = 60;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.into(),
    }
}

/// `1 function`, `2 functions`.
pub fn count(number: u64, singular: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {singular}{s}")
}
