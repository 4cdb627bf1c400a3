//! Compares the output of a command with the lines of a document.
//!
//! In an expected line `[..]` stands for any text; an expected line `...` stands for any
//! number of lines. The comparison is the cheapest way to edit the expected lines into ones
//! that match, so one table answers three questions: whether they match (no edit), what the
//! difference is, and what the document should say (edits only where they are needed, so
//! `[..]` and `...` stay where they match).

use anyhow::{Result, ensure};

/// The line that stands for any number of lines.
const ANY_LINES: &str = "...";
/// The text that stands for any text of a line.
const ANY_TEXT: &str = "[..]";

/// A step on the way from the expected to the actual lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step<'a> {
    /// An expected line that stays.
    Keep(&'a str),
    /// An actual line that the `...` before it stands for.
    Cover,
    /// An expected line that nothing matches.
    Drop(&'a str),
    /// An actual line that matches no expected line.
    Add(&'a str),
    /// An expected line, and the actual line that is much like it.
    Change(&'a str, &'a str),
}

/// The comparison of an output with the expected lines.
#[derive(Debug)]
pub struct Comparison<'a>(Vec<Step<'a>>);

impl<'a> Comparison<'a> {
    /// Time and space are the product of both numbers of lines.
    pub fn new(expected: &'a [String], actual: &'a [String]) -> Self {
        Self(steps(expected, actual))
    }

    pub fn matches(&self) -> bool {
        self.0.iter().all(|&step| cost(step) == 0)
    }

    /// The lines that differ: `-` was expected, `+` came.
    pub fn diff(&self) -> String {
        let line = |step: &Step| match *step {
            Step::Keep(text) => Some(format!("  {text}\n")),
            Step::Cover => None,
            Step::Drop(text) => Some(format!("- {text}\n")),
            Step::Add(text) => Some(format!("+ {text}\n")),
            Step::Change(old, new) => Some(format!("- {old}\n+ {new}\n")),
        };
        self.0.iter().filter_map(line).collect()
    }

    /// The lines that the document should have.
    pub fn blessed(&self) -> Vec<String> {
        let line = |step: &Step| match *step {
            Step::Keep(text) | Step::Add(text) | Step::Change(_, text) => Some(text.to_owned()),
            Step::Cover | Step::Drop(_) => None,
        };
        self.0.iter().filter_map(line).collect()
    }
}

/// Whether `line` matches `pattern`. The caller treats `...`.
fn line_matches(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split(ANY_TEXT);
    let first = parts.next().expect("BUG: split gives at least one part");
    let Some(mut rest) = line.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<_> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    // The leftmost place of each part leaves the most text for the next parts.
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Whether two different lines are versions of the same line: their common beginning and
/// end make up at least half of the longer line.
fn alike(one: &str, other: &str) -> bool {
    fn common<'a>(one: impl Iterator<Item = &'a u8>, other: impl Iterator<Item = &'a u8>) -> usize {
        one.zip(other).take_while(|(a, b)| a == b).count()
    }
    let (one, other) = (one.trim().as_bytes(), other.trim().as_bytes());
    let begin = common(one.iter(), other.iter());
    let end = common(one[begin..].iter().rev(), other[begin..].iter().rev());
    2 * (begin + end) >= one.len().max(other.len()).max(1)
}

/// The cheapest steps.
fn steps<'a>(expected: &'a [String], actual: &'a [String]) -> Vec<Step<'a>> {
    let (rows, columns) = (expected.len(), actual.len());
    // costs[i][j]: from expected[i..] to actual[j..].
    let mut costs = vec![vec![0usize; columns + 1]; rows + 1];
    for i in (0..=rows).rev() {
        for j in (0..=columns).rev() {
            let choices = choices(expected, actual, i, j);
            let cheapest = choices.map(|(step, i, j)| cost(step) + costs[i][j]);
            costs[i][j] = cheapest.min().unwrap_or(0);
        }
    }
    let mut steps = Vec::new();
    let (mut i, mut j) = (0, 0);
    while let Some((step, next_i, next_j)) =
        choices(expected, actual, i, j).min_by_key(|&(step, i, j)| cost(step) + costs[i][j])
    {
        steps.push(step);
        (i, j) = (next_i, next_j);
    }
    steps
}

/// What a step costs. A change is cheaper than to drop a line, so that a changed line
/// beside `...` isn't taken for a missing line.
fn cost(step: Step) -> usize {
    match step {
        Step::Keep(_) | Step::Cover => 0,
        Step::Change(..) => 2,
        Step::Drop(_) | Step::Add(_) => 3,
    }
}

/// The steps from `expected[i..]` and `actual[j..]`, with where they lead, in order of
/// preference; none at the end.
fn choices<'a>(
    expected: &'a [String],
    actual: &'a [String],
    i: usize,
    j: usize,
) -> impl Iterator<Item = (Step<'a>, usize, usize)> {
    let want = expected.get(i).map(String::as_str);
    let have = actual.get(j).map(String::as_str);
    let any = want == Some(ANY_LINES);
    let keep = match (want, have) {
        (Some(want), _) if any => Some((Step::Keep(want), i + 1, j)),
        (Some(want), Some(have)) if line_matches(want, have) => {
            Some((Step::Keep(want), i + 1, j + 1))
        }
        _ => None,
    };
    let cover = (any && have.is_some()).then_some((Step::Cover, i, j + 1));
    let drop = want
        .filter(|_| !any)
        .map(|want| (Step::Drop(want), i + 1, j));
    let add = have.map(|have| (Step::Add(have), i, j + 1));
    let change = match (want, have) {
        (Some(want), Some(have)) if !any && keep.is_none() && alike(want, have) => {
            Some((Step::Change(want, have), i + 1, j + 1))
        }
        _ => None,
    };
    [keep, cover, change, drop, add].into_iter().flatten()
}

type Check = (&'static str, fn() -> Result<()>);

/// Tests of this file.
pub const CHECKS: &[Check] = &[
    ("equal lines match", || {
        same(&["a", "b"], &["a", "b"])?;
        same(&[], &[])
    }),
    ("other lines don't match", || {
        differ(&["a"], &["b"])?;
        differ(&["a"], &[])?;
        differ(&[], &["a"])?;
        differ(&["a", "b"], &["b", "a"])?;
        differ(&["a"], &["a", "a"])?;
        differ(&["a"], &["ab"])?;
        differ(&["a"], &["ba"])
    }),
    ("[..] is any text of one line", || {
        same(&["size: [..] bytes"], &["size: 12 bytes"])?;
        same(&["[..]"], &[""])?;
        same(&["a[..]b[..]b"], &["abbb"])?;
        differ(&["size: [..] bytes"], &["size: 12 byte"])?;
        differ(&["a[..]b[..]b"], &["ab"])?;
        differ(&["[..]"], &[])?;
        differ(&["[..]"], &["a", "b"])
    }),
    ("... is any number of lines", || {
        same(&["..."], &[])?;
        same(&["...", "z"], &["a", "b", "z"])?;
        same(&["a", "...", "b", "..."], &["a", "b", "b", "c"])?;
        differ(&["...", "z"], &["a", "b"])?;
        differ(&["a", "..."], &["b", "a"])
    }),
    ("a difference names both sides", || {
        let diff = with(&["a", "b", "c"], &["a", "x", "c"], |c| c.diff());
        ensure!(diff == "  a\n- b\n+ x\n  c\n", "{diff}");
        Ok(())
    }),
    ("blessing keeps patterns that match", || {
        let expected = ["size [..]", "old", "...", "end"];
        let actual = ["size 7", "new", "1", "2", "end"];
        let blessed = with(&expected, &actual, |c| c.blessed());
        // `...` covers a changed line before it.
        ensure!(blessed == ["size [..]", "...", "end"], "{blessed:?}");
        let blessed = with(&["x [..]", "same"], &["y 7", "same"], |c| c.blessed());
        ensure!(blessed == ["y 7", "same"], "{blessed:?}");
        Ok(())
    }),
    ("a changed line beside ... is no dropped one", || {
        let expected = ["...", "  grant  . for reading, by its name", "..."];
        let actual = ["one", "  grant  . for reading, by its path", "two"];
        let diff = with(&expected, &actual, |c| c.diff());
        ensure!(
            diff.contains("+   grant  . for reading, by its path"),
            "{diff}"
        );
        let blessed = with(&expected, &actual, |c| c.blessed());
        ensure!(blessed == ["...", actual[1], "..."], "{blessed:?}");
        differ(&expected, &actual)
    }),
];

fn with<T>(expected: &[&str], actual: &[&str], get: impl Fn(&Comparison) -> T) -> T {
    let own = |lines: &[&str]| lines.iter().map(ToString::to_string).collect::<Vec<_>>();
    let (expected, actual) = (own(expected), own(actual));
    get(&Comparison::new(&expected, &actual))
}

fn same(expected: &[&str], actual: &[&str]) -> Result<()> {
    let matches = with(expected, actual, |c| c.matches());
    ensure!(matches, "{expected:?} doesn't match {actual:?}");
    Ok(())
}

fn differ(expected: &[&str], actual: &[&str]) -> Result<()> {
    let matches = with(expected, actual, |c| c.matches());
    ensure!(!matches, "{expected:?} matches {actual:?}");
    Ok(())
}
