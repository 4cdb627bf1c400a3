//! The outcome of a run, and the difference between two outcomes.

use crate::driver::MARK;
use std::fmt;
use wasi_aot_contract::module::TrapKind;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The command returned.
    Returned,
    Trapped(TrapKind),
}

/// The end of a run, and its output.
#[derive(Clone, PartialEq, Eq)]
pub struct Outcome {
    pub end: End,
    pub output: Vec<u8>,
}

impl Outcome {
    /// The number of the last call that began.
    pub fn last_call(&self) -> Option<u64> {
        let mut words = self.words().rev();
        words.find_map(|word| (word >> 32 == MARK).then_some(word & 0xffff_ffff))
    }

    fn words(&self) -> impl DoubleEndedIterator<Item = u64> + '_ {
        let words = self.output.as_chunks::<8>().0.iter();
        words.map(|word| u64::from_le_bytes(*word))
    }

    /// The end as words in a file of `regressions/`.
    pub fn summary(&self, most: usize) -> String {
        let mut text = format!("{:?}", self.end);
        for word in self.words().take(most) {
            if word >> 32 == MARK {
                text.push_str(&format!("\ncall {}:", word & 0xffff_ffff));
            } else {
                text.push_str(&format!(" {word:x}"));
            }
        }
        text
    }
}

/// A kind of trap that both sides distinguish. The reference has one kind for a call and for any
/// other access out of a table's bounds.
fn kind(kind: TrapKind) -> TrapKind {
    match kind {
        TrapKind::TableAccessOutOfBounds => TrapKind::TableOutOfBounds,
        other => other,
    }
}

/// The difference of two outcomes, if there is one.
pub fn difference(ours: &Outcome, reference: &Outcome) -> Option<String> {
    let same = match (ours.end, reference.end) {
        (End::Trapped(a), End::Trapped(b)) => kind(a) == kind(b),
        (a, b) => a == b,
    };
    let mut parts = Vec::new();
    if !same {
        parts.push(format!(
            "ended {:?}, the reference {:?}",
            ours.end, reference.end
        ));
    }
    if ours.output != reference.output {
        parts.push(words(ours, reference));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The first word that differs.
fn words(ours: &Outcome, reference: &Outcome) -> String {
    let mut call = None;
    let mut behind = 0;
    let mut both = ours.words().zip(reference.words());
    loop {
        let Some((a, b)) = both.next() else {
            let (a, b) = (ours.output.len(), reference.output.len());
            return format!("wrote {a} bytes, the reference {b}");
        };
        if a != b {
            let position = WordPosition { call, behind };
            return format!("{position}: {a:#x}, the reference {b:#x}");
        }
        if a >> 32 == MARK {
            (call, behind) = (Some(a & 0xffff_ffff), 0);
        } else {
            behind += 1;
        }
    }
}

struct WordPosition {
    call: Option<u64>,
    behind: usize,
}

impl fmt::Display for WordPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.call {
            Some(call) => write!(f, "word {} from call {call} on", self.behind),
            None => write!(f, "word {}", self.behind),
        }
    }
}
