//! A hand-written program as data: the contents of its module, its output, and its end.
//!
//! The program must show that under wasmtime and in all [`ways`] to build it. Expected
//! numbers are those that the specification gives, so that wasmtime and wasi-aot can't agree
//! on a wrong number.

use super::{Compared, End, Seen, assemble, prelude};
use crate::suite::with_tool;
use crate::tool::Tool;
use crate::ways::ways;
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The allowed values of one number that a program prints.
#[derive(Debug, Clone)]
pub enum Want {
    Exactly(u64),
    /// A NaN of this many bits: canonical if the flag is set, else any that is
    /// quiet (core specification, "NaN Propagation"), of either sign.
    Nan(u32, bool),
}

/// The output of a program.
#[derive(Debug, Clone)]
pub enum Prints {
    /// The output of the same program under wasmtime.
    AsUnderWasmtime,
    /// One number a line.
    Numbers(Vec<Want>),
}

/// A program whose module is [`prelude`], `items`, and a function `_start` with `body`.
#[derive(Debug, Clone)]
pub struct Program {
    pub name: Cow<'static, str>,
    /// Limits of its memory, in pages.
    pub memory: &'static str,
    /// The items of the module beside the prelude.
    pub items: Cow<'static, str>,
    pub body: Cow<'static, str>,
    pub prints: Prints,
    /// The trap that it ends with, in wasi-aot's words; empty for exit code 0.
    pub trap: &'static str,
}

impl Program {
    /// A program of a static table, which must print what it prints under wasmtime.
    #[must_use]
    pub const fn compared(
        name: &'static str,
        items: &'static str,
        body: &'static str,
        trap: &'static str,
    ) -> Self {
        Self {
            name: Cow::Borrowed(name),
            memory: "1",
            items: Cow::Borrowed(items),
            body: Cow::Borrowed(body),
            prints: Prints::AsUnderWasmtime,
            trap,
        }
    }

    /// A program without further items, which must print these numbers.
    #[must_use]
    pub fn printing(name: &str, body: &str, prints: &[u64], trap: &'static str) -> Self {
        Self {
            name: name.to_owned().into(),
            memory: "1",
            items: Cow::Borrowed(""),
            body: body.to_owned().into(),
            prints: Prints::Numbers(prints.iter().copied().map(Want::Exactly).collect()),
            trap,
        }
    }

    /// The same program, which must print `wants` instead.
    #[must_use]
    pub fn allowing(mut self, wants: Vec<Want>) -> Self {
        self.prints = Prints::Numbers(wants);
        self
    }

    /// The same program with these items in its module.
    #[must_use]
    pub fn with(mut self, items: &str) -> Self {
        self.items = items.to_owned().into();
        self
    }

    /// The same program with a memory of these limits.
    #[must_use]
    pub fn memory(mut self, limits: &'static str) -> Self {
        self.memory = limits;
        self
    }

    /// The text of its module.
    #[must_use]
    pub fn text(&self) -> String {
        format!(
            r#"(module {} {} (func $main (export "_start") {}))"#,
            prelude(self.memory),
            self.items,
            self.body
        )
    }

    /// Its module as `m.wasm` in `dir`.
    ///
    /// # Errors
    /// If the text isn't a module's.
    pub fn module(&self, dir: &Path) -> Result<PathBuf> {
        assemble(dir, &self.text())
    }

    /// Compares the program, built in all [`ways`], with wasmtime and with the expectation.
    fn check(&self, tool: &Tool) -> Result<()> {
        let compared = Compared::new(&self.text())?;
        let reference = &compared.reference;
        self.judge(reference).context("under wasmtime")?;
        for flags in ways() {
            let seen = compared.ours(tool, &flags)?;
            self.judge(&seen).with_context(|| flags.join(" "))?;
            if matches!(self.prints, Prints::AsUnderWasmtime) {
                ensure!(
                    seen == *reference,
                    "{}: {:?} after printing\n{}under wasmtime {:?} after printing\n{}",
                    flags.join(" "),
                    seen.end,
                    seen.text(),
                    reference.end,
                    reference.text()
                );
            }
        }
        Ok(())
    }

    /// Compares `seen` with the expected end and the expected numbers of the program.
    ///
    /// # Errors
    /// Says the first difference.
    pub fn judge(&self, seen: &Seen) -> Result<()> {
        let end = End::by(self.trap)?;
        ensure!(
            seen.end == end,
            "ends with {:?} instead of {end:?}",
            seen.end
        );
        match &self.prints {
            Prints::Numbers(numbers) => compare(&seen.text(), numbers),
            Prints::AsUnderWasmtime => {
                // Such a program would agree whatever it did.
                let shows_nothing = seen.stdout.is_empty() && self.trap.is_empty();
                ensure!(!shows_nothing, "neither prints nor traps");
                Ok(())
            }
        }
    }
}

/// Compares the lines of `printed` with the numbers.
fn compare(printed: &str, numbers: &[Want]) -> Result<()> {
    let mut lines = printed.lines();
    for (i, want) in numbers.iter().enumerate() {
        let line = lines.next().with_context(|| format!("no number {i}"))?;
        let number = u64::from_str_radix(line, 16)?;
        ensure!(
            want.allows(number),
            "number {i} is {number:#x}, not {want:x?}"
        );
    }
    ensure!(
        lines.next().is_none(),
        "prints more than {} numbers: {printed}",
        numbers.len()
    );
    Ok(())
}

impl Want {
    fn allows(&self, number: u64) -> bool {
        match *self {
            Self::Exactly(want) => number == want,
            Self::Nan(32, canonical) => is_nan(number, 8, 23, canonical),
            Self::Nan(_, canonical) => is_nan(number, 11, 52, canonical),
        }
    }
}

/// Whether `bits` are those of a NaN as [`Want::Nan`] describes it, in a format with so many
/// bits of exponent and of fraction.
fn is_nan(bits: u64, exponent: u32, fraction: u32, canonical: bool) -> bool {
    let quiet = 1 << (fraction - 1);
    let ones = ((1 << exponent) - 1) << fraction;
    let sign = 1 << (exponent + fraction);
    let magnitude = bits & !sign;
    let wanted = ones | quiet;
    if canonical {
        magnitude == wanted
    } else {
        magnitude & wanted == wanted && magnitude <= ones | (quiet << 1).wrapping_sub(1)
    }
}

/// One test for each program, with names like `GROUP/NAME`.
pub fn trials(
    group: &str,
    programs: impl IntoIterator<Item = Program>,
    tool: &Arc<Tool>,
) -> Vec<Trial> {
    let one = |program: Program| {
        let name = format!("{group}/{}", program.name);
        with_tool(name, tool, move |tool| program.check(tool))
    };
    programs.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(numbers: &[Want], text: &str, trap: &'static str, end: End) -> Result<()> {
        let program = Program::printing("", "", &[], trap).allowing(numbers.to_vec());
        let stdout = text.as_bytes().into();
        program.judge(&Seen { end, stdout })
    }

    #[test]
    fn numbers_and_end_must_be_those_expected() {
        let two = [Want::Exactly(1), Want::Exactly(0xab)];
        let normal = || End::by("").unwrap();
        assert!(printed(&two, "1\nab\n", "", normal()).is_ok());
        for wrong in ["1\n", "1\nac\n", "1\nab\n0\n", "", "ab\n1\n"] {
            assert!(printed(&two, wrong, "", normal()).is_err(), "{wrong:?}");
        }
        assert!(printed(&two, "1\nab\n", "unreachable", normal()).is_err());
        let trap = End::by("unreachable").unwrap();
        assert!(printed(&two, "1\nab\n", "", trap).is_err());
    }

    #[test]
    fn nans_are_told_apart() {
        let (any, canonical) = (Want::Nan(32, false), Want::Nan(32, true));
        for (bits, is_any, is_canonical) in [
            (0x7fc0_0000, true, true),
            (0xffc0_0000, true, true),
            (0x7fc0_0001, true, false),
            (0x7f80_0001, false, false),
            (0x7f80_0000, false, false),
            (0x1_7fc0_0000, false, false),
        ] {
            assert_eq!(any.allows(bits), is_any, "{bits:#x}");
            assert_eq!(canonical.allows(bits), is_canonical, "{bits:#x}");
        }
    }
}
