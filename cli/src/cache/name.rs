//! The names of the cache's entries: `CODE-POLICY-CONTENTS`, three SHA-256 digests.
//!
//! CODE is of everything that the code is made from: the modules, the options without the
//! policy, and the compiler. The compiler counts by its sources (`build.rs`), not by its file: a
//! copy of wasi-aot finds the entries of the original, on another machine, too. CONTENTS is of
//! the executable, so a name determines what an entry holds.

use sha2::{Digest, Sha256};
use std::fmt::{self, Write as _};
use wasi_aot_compiler::policy::Policy;
use wasi_aot_compiler::{Options, Preload};

/// Hexadecimal digits of a digest.
pub const DIGITS: usize = 64;

/// The prefix of a file's name until the file is complete; a number follows.
pub const TEMPORARY: &str = ".wasi-aot-";

/// The digests of everything that an executable is made from.
pub struct Wanted {
    code: String,
    policy: String,
}

/// The name of an entry.
#[derive(Debug, PartialEq, Eq)]
pub struct Name {
    code: String,
    policy: String,
    contents: String,
}

impl Name {
    /// The first part of the name of the executable for a module and options.
    pub fn wanted(wasm: &[u8], preloads: &[Preload<'_>], options: &Options) -> Wanted {
        let without_policy = Options {
            policy: Policy::default(),
            ..options.clone()
        };
        let compiler = concat!(env!("CARGO_PKG_VERSION"), " ", env!("WASI_AOT_SOURCES"));
        let options_of_code = format!("{without_policy:?}");
        let preloads = preloads.iter().flat_map(|p| [p.name.as_bytes(), p.wasm]);
        let code = [compiler.as_bytes(), options_of_code.as_bytes(), wasm];
        Wanted {
            code: digest(code.into_iter().chain(preloads)),
            policy: digest([format!("{:?}", options.policy).as_bytes()]),
        }
    }

    /// `None` if the text doesn't have the form of a name.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut next = || parts.next().filter(|part| is_digest(part));
        let name = Self {
            code: next()?.into(),
            policy: next()?.into(),
            contents: next()?.into(),
        };
        parts.next().is_none().then_some(name)
    }

    pub fn is(&self, wanted: &Wanted) -> bool {
        self.has_code_of(wanted) && self.policy == wanted.policy
    }

    pub fn has_code_of(&self, wanted: &Wanted) -> bool {
        self.code == wanted.code
    }

    /// Whether an entry of this name holds these bytes.
    pub fn is_of(&self, bytes: &[u8]) -> bool {
        self.contents == hexadecimal(Sha256::digest(bytes))
    }
}

impl Wanted {
    /// The name of the entry that holds these bytes.
    pub fn complete(self, executable: &[u8]) -> Name {
        Name {
            code: self.code,
            policy: self.policy,
            contents: hexadecimal(Sha256::digest(executable)),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.code, self.policy, self.contents)
    }
}

/// Whether a name has the form of this cache's names, or of the names that earlier versions of
/// wasi-aot gave (one digest or two).
pub fn is_ours(name: &str) -> bool {
    let is_temporary = name.strip_prefix(TEMPORARY).is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    });
    let digests = name.split('-');
    is_temporary || (digests.clone().count() <= 3 && digests.into_iter().all(is_digest))
}

fn is_digest(text: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.len() == DIGITS && text.bytes().all(is_digit)
}

/// The digest of several parts. Their lengths mark where each part ends.
fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    hexadecimal(digest.finalize())
}

pub fn hexadecimal(digest: impl AsRef<[u8]>) -> String {
    let mut digits = String::with_capacity(DIGITS);
    for byte in digest.as_ref() {
        // Writing to a string can't fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}
