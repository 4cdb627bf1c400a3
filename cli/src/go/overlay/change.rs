//! Makes a [`Change`] of a file's text.

use super::edits::Change;
use super::texts::with_linux_texts;
use anyhow::{Context, Result, bail};

/// The changed text of a file; `before` is what the library has. `library` reads other files of
/// the library.
///
/// # Errors
/// When the change doesn't fit the text.
pub fn changed(
    before: Option<&str>,
    change: Change,
    library: impl FnOnce(&str) -> Result<Option<String>>,
) -> Result<String> {
    if let Change::Put(text) = change {
        return match before {
            Some(_) => bail!("the file is there already"),
            None => Ok(text.to_owned()),
        };
    }
    let before = before.context("the file isn't there")?;
    match change {
        Change::Off => Ok(constrained(before, |was| match was {
            Some(was) => format!("({was}) && !wasip1"),
            None => "!wasip1".into(),
        })),
        Change::On => Ok(constrained(before, |was| match was {
            Some(was) => format!("({was}) || wasip1"),
            None => "wasip1".into(),
        })),
        Change::Edit(times, texts) => edited(before, times, texts),
        Change::Texts(other) => {
            let linux = library(other)?.with_context(|| format!("{other} isn't there"))?;
            with_linux_texts(before, &linux)
        }
        Change::Put(_) => unreachable!("BUG: handled above"),
    }
}

fn edited(before: &str, times: usize, texts: &[(&str, &str)]) -> Result<String> {
    let found: Vec<_> = texts
        .iter()
        .filter(|(old, _)| before.contains(old))
        .collect();
    let &[&(old, new)] = &found[..] else {
        bail!("{} of the texts to be changed are there", found.len());
    };
    let count = before.matches(old).count();
    if count != times {
        bail!("{old:?} is there {count} times");
    }
    Ok(before.replace(old, new))
}

/// The text with another build constraint. Lines keep their numbers if there was one.
fn constrained(text: &str, constraint: impl FnOnce(Option<&str>) -> String) -> String {
    let line = text.lines().find(|line| line.starts_with("//go:build "));
    let Some(line) = line else {
        return format!("//go:build {}\n\n{text}", constraint(None));
    };
    let was = line.trim_start_matches("//go:build ");
    let now = format!("//go:build {}", constraint(Some(was)));
    text.replacen(line, &now, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(before: Option<&str>, change: Change) -> Result<String> {
        super::changed(before, change, |_| Ok(None))
    }

    #[test]
    fn constraints_are_widened_and_narrowed() {
        let file = "// Notice.\n\n//go:build unix && !ios\n\npackage x\n";
        assert_eq!(
            changed(Some(file), Change::Off).unwrap(),
            "// Notice.\n\n//go:build (unix && !ios) && !wasip1\n\npackage x\n"
        );
        assert_eq!(
            changed(Some(file), Change::On).unwrap(),
            "// Notice.\n\n//go:build (unix && !ios) || wasip1\n\npackage x\n"
        );
        assert_eq!(
            changed(Some("package x\n"), Change::Off).unwrap(),
            "//go:build !wasip1\n\npackage x\n"
        );
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let edit = |times, texts| changed(Some("a b a"), Change::Edit(times, texts));
        assert_eq!(edit(2, &[("a", "c")]).unwrap(), "c b c");
        assert_eq!(edit(1, &[("x", "y"), ("b", "d")]).unwrap(), "a d a");
        assert!(edit(1, &[("a", "c")]).is_err());
        assert!(edit(1, &[("x", "y")]).is_err());
        assert!(edit(1, &[("a", "c"), ("b", "d")]).is_err());
        assert!(changed(None, Change::Off).is_err());
        assert!(changed(Some(""), Change::Put("x")).is_err());
        assert_eq!(changed(None, Change::Put("x")).unwrap(), "x");
    }
}
