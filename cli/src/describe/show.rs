//! Names, sizes and lists in a form that is safe for a terminal.

use std::fmt::Write;

/// The text with an escape, as in Rust, for each character that a terminal could take for a
/// command or that changes the direction of writing. A backslash is escaped too, so that no
/// text looks like an escape.
pub fn printable(text: &str) -> String {
    let escaped = text.escape_debug().to_string();
    escaped.replace("\\'", "'").replace("\\\"", "\"")
}

/// As [`printable`], for our own text, which may hold backslashes.
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

/// A size in the largest unit that fits, without decimals where it is a whole number.
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

/// The first items, and how many were left out.
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
