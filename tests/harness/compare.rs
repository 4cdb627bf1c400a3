//! The differences between two outcomes of one program.

use crate::run::Ends;
use crate::tree::Tree;
use std::fmt::Write as _;

/// Everything that is compared of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub ends: Ends,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub tree: Tree,
}

/// Which part of standard error is compared. Standard output is always compared to the
/// byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stderr {
    /// Every byte.
    Exact,
    /// Every byte but hexadecimal numbers. A goroutine trace prints addresses, which depend
    /// on the size of arguments and environment.
    ExceptAddresses,
    /// The lines before the first goroutine trace, without hexadecimal numbers. The trace
    /// itself has frames that differ between platforms.
    BeforeTrace,
    /// Only whether it is empty.
    Presence,
}

impl Stderr {
    fn view(self, bytes: &[u8]) -> Vec<u8> {
        let text = String::from_utf8_lossy(bytes);
        match self {
            Self::Exact => bytes.to_owned(),
            Self::ExceptAddresses => without_addresses(&text).into_bytes(),
            Self::BeforeTrace => {
                let starts = |line: &&str| {
                    !line.starts_with("goroutine ") && !line.starts_with("runtime stack:")
                };
                let head: String = text.split_inclusive('\n').take_while(starts).collect();
                without_addresses(&head).into_bytes()
            }
            Self::Presence => if bytes.is_empty() {
                "nothing"
            } else {
                "something"
            }
            .into(),
        }
    }
}

/// `text` with each hexadecimal number as `0x?`.
fn without_addresses(text: &str) -> String {
    let mut parts = text.split("0x");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_hexdigit());
        out.push_str(if rest.len() < part.len() { "0x?" } else { "0x" });
        out.push_str(rest);
    }
    out
}

/// One line for each difference between `ours` and `reference`.
#[must_use]
pub fn differences(ours: &Outcome, reference: &Outcome, stderr: Stderr) -> Vec<String> {
    let mut found = Vec::new();
    if ours.ends != reference.ends {
        found.push(format!(
            "ends with {}, the reference with {}",
            ours.ends, reference.ends
        ));
    }
    found.extend(streams("stdout", &ours.stdout, &reference.stdout));
    found.extend(streams(
        "stderr",
        &stderr.view(&ours.stderr),
        &stderr.view(&reference.stderr),
    ));
    found.extend(trees(&ours.tree, &reference.tree));
    found
}

/// The first line in which two streams differ.
fn streams(name: &str, ours: &[u8], reference: &[u8]) -> Option<String> {
    if ours == reference {
        return None;
    }
    let (mut a, mut b) = (
        ours.split_inclusive(is_newline),
        reference.split_inclusive(is_newline),
    );
    let mut line = 1;
    loop {
        let (x, y) = (a.next(), b.next());
        if x != y {
            return Some(format!(
                "{name} differs in line {line} (of {} and {} bytes in all):\n    ours:      {}\n    reference: {}",
                ours.len(),
                reference.len(),
                show(x),
                show(y)
            ));
        }
        line += 1;
    }
}

fn is_newline(byte: &u8) -> bool {
    *byte == b'\n'
}

fn show(line: Option<&[u8]>) -> String {
    let Some(line) = line else {
        return "the end".into();
    };
    let mut text = String::new();
    let shown = &line[..line.len().min(300)];
    write!(text, "{:?}", String::from_utf8_lossy(shown)).expect("a string takes everything");
    text
}

fn trees(ours: &Tree, reference: &Tree) -> Vec<String> {
    let names = ours
        .keys()
        .chain(reference.keys().filter(|name| !ours.contains_key(*name)));
    names
        .filter(|name| ours.get(*name) != reference.get(*name))
        .map(|name| {
            let of = |tree: &Tree| tree.get(name).map_or("nothing".into(), ToString::to_string);
            format!(
                "{} is {}, in the reference {}",
                name.display(),
                of(ours),
                of(reference)
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Entry;

    fn outcome() -> Outcome {
        Outcome {
            ends: Ends::Exit(2),
            stdout: b"one\ntwo\nthree\n".into(),
            stderr: b"panic: x\n[pc=0xf00]\n\ngoroutine 1 [running]:\nmain.main(0xc0de)\n\t/a.go:3 +0x1f\n".into(),
            tree: [("f".into(), Entry::File(1, 1))].into(),
        }
    }

    fn changed(change: impl FnOnce(&mut Outcome), stderr: Stderr) -> Vec<String> {
        let mut ours = outcome();
        change(&mut ours);
        differences(&ours, &outcome(), stderr)
    }

    #[test]
    fn equal_outcomes_do_not_differ() {
        assert_eq!(changed(|_| (), Stderr::Exact), Vec::<String>::new());
    }

    #[test]
    fn each_part_is_seen() {
        let all = [
            Stderr::Exact,
            Stderr::ExceptAddresses,
            Stderr::BeforeTrace,
            Stderr::Presence,
        ];
        for rule in all {
            assert_eq!(
                changed(|o| o.ends = Ends::Signal(2), rule),
                ["ends with signal 2, the reference with exit 2"]
            );
            assert_eq!(changed(|o| o.stdout[4] = b'T', rule).len(), 1);
            assert_eq!(changed(|o| o.stdout.truncate(8), rule).len(), 1);
            assert_eq!(changed(|o| o.stdout.push(b'\n'), rule).len(), 1);
            assert_eq!(changed(|o| o.stderr.clear(), rule).len(), 1);
            assert_eq!(
                changed(|o| o.tree.clear(), rule),
                ["f is nothing, in the reference a file of 1 bytes, hash 0000000000000001"]
            );
            assert_eq!(
                changed(|o| drop(o.tree.insert("f".into(), Entry::File(1, 2))), rule).len(),
                1
            );
            assert_eq!(
                changed(|o| drop(o.tree.insert("g".into(), Entry::Directory)), rule).len(),
                1
            );
        }
    }

    #[test]
    fn the_differing_line_is_shown() {
        let found = changed(|o| o.stdout[4] = b'T', Stderr::Exact);
        assert!(
            found[0].contains("line 2")
                && found[0].contains("\"Two\\n\"")
                && found[0].contains("\"two\\n\"")
        );
    }

    #[test]
    fn rules_for_stderr_forgive_what_they_say_and_no_more() {
        let replaced = |from: &str, to: &str, rule| {
            changed(
                |o| {
                    o.stderr = String::from_utf8(o.stderr.clone())
                        .unwrap()
                        .replace(from, to)
                        .into()
                },
                rule,
            )
            .len()
        };
        // (what changes, seen by Exact, ExceptAddresses, BeforeTrace, Presence)
        for (from, to, seen) in [
            ("panic: x", "panic: y", [1, 1, 1, 0]),
            ("0xf00", "0xba4", [1, 0, 0, 0]),
            ("0xf00", "f00", [1, 1, 1, 0]),
            ("0xc0de", "0xc0ffee", [1, 0, 0, 0]),
            ("main.main", "main.other", [1, 1, 0, 0]),
            (":3 ", ":4 ", [1, 1, 0, 0]),
        ] {
            let rules = [
                Stderr::Exact,
                Stderr::ExceptAddresses,
                Stderr::BeforeTrace,
                Stderr::Presence,
            ];
            assert_eq!(
                rules.map(|rule| replaced(from, to, rule)),
                seen,
                "{from} to {to}"
            );
        }
    }
}
