//! How messages of the compiler and of executables show text from outside.
//!
//! **Text from outside can't steer a terminal**: every message escapes the characters of
//! [`steers`]. Text of a module or of the command line is also cut to a bounded length by the
//! compiler (`error::printable`).

use core::fmt;

/// Whether `c` must not reach a terminal as part of a name. Such a character moves the
/// cursor, begins a line or an escape sequence (control characters, U+2028, U+2029), or
/// changes the direction of the text that follows, so that a name looks like another name
/// (Unicode's `Bidi_Control`: <https://www.unicode.org/reports/tr9/>).
#[must_use]
pub const fn steers(c: char) -> bool {
    matches!(
        c,
        '\0'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{2028}'..='\u{2029}'
            | '\u{61c}'
            | '\u{200e}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
    )
}

/// A number of milliseconds. Displays in the largest unit that divides it, as `--max-cpu`
/// takes it: `10s`, `1500ms`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Milliseconds(pub u64);

impl Milliseconds {
    /// The units and their milliseconds, the largest unit first.
    pub const UNITS: [(&'static str, u64); 4] =
        [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
}

impl fmt::Display for Milliseconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let divides = |&&(_, unit): &&(&str, u64)| self.0 != 0 && self.0.is_multiple_of(unit);
        let (name, unit) = Self::UNITS.iter().find(divides).unwrap_or(&("ms", 1));
        write!(f, "{}{name}", self.0 / unit)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::string::ToString;

    #[test]
    fn what_steers_a_terminal() {
        for c in
            "\0\n\r\x1b\x7f\u{9b}\u{2028}\u{61c}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}".chars()
        {
            assert!(steers(c), "{c:?}");
        }
        for c in " ~\u{a0}\u{e4}\u{2022}\u{200d}\u{2010}\u{202f}\u{206a}\u{5d0}\u{10ffff}".chars() {
            assert!(!steers(c), "{c:?}");
        }
        for c in ('\0'..=char::MAX).filter(|c| c.is_control()) {
            assert!(steers(c), "{c:?}");
        }
    }

    #[test]
    fn times_are_shown_exactly() {
        for (milliseconds, shown) in [
            (1, "1ms"),
            (999, "999ms"),
            (1500, "1500ms"),
            (10_000, "10s"),
            (90_000, "90s"),
            (120_000, "2m"),
            (7_200_000, "2h"),
            (0, "0ms"),
        ] {
            assert_eq!(Milliseconds(milliseconds).to_string(), shown);
        }
    }
}
