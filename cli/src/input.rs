//! The module that a command works on: a file or standard input, in WebAssembly's binary or
//! text format. The file's first bytes decide which format it has, not its name.

use anyhow::{Context, Result, bail};
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use wat::Detect;

/// For each compressed format: the first bytes of a file, the format's name, and the program
/// that unpacks it.
const COMPRESSED: &[(&[u8], &str, &str)] = &[
    (b"\x1f\x8b", "gzip", "gunzip"),
    (b"\x28\xb5\x2f\xfd", "zstd", "unzstd"),
    (b"\xfd7zXZ\0", "xz", "unxz"),
    (b"BZh", "bzip2", "bunzip2"),
    (b"PK\x03\x04", "zip", "unzip"),
];

/// Whether a path stands for standard input.
pub fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The input's name in messages.
pub fn name(path: &Path) -> String {
    if is_stdin(path) {
        "standard input".into()
    } else {
        path.display().to_string()
    }
}

/// The bytes of the module at `path`; text is assembled.
///
/// # Errors
/// Each begins with the module's name.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let bytes = if is_stdin(path) {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    let module = bytes
        .map_err(Into::into)
        .and_then(|bytes| module(bytes, path));
    module.with_context(|| name(path))
}

/// The module in the bytes of the file at `path`: Text is assembled; other bytes are returned
/// without a check.
///
/// # Errors
/// When the bytes are compressed, or text that can't be assembled.
pub fn module(bytes: Vec<u8>, path: &Path) -> Result<Vec<u8>> {
    if let Some((_, format, tool)) = COMPRESSED
        .iter()
        .find(|(start, ..)| bytes.starts_with(start))
    {
        bail!("compressed with {format}; unpack it first ({tool})");
    }
    let is_named_text = path.extension().is_some_and(|extension| extension == "wat");
    if is_named_text || Detect::from_bytes(&bytes) == Detect::WasmText {
        let module = wat::parse_bytes(&bytes);
        return match module {
            Ok(module) => Ok(module.into_owned()),
            Err(error) => bail!(
                "invalid WebAssembly text: {}",
                place_first(&error.to_string())
            ),
        };
    }
    Ok(bytes)
}

/// Whether a file with this beginning may be a module in the text format. Such a file begins
/// with a parenthesis or a comment.
pub fn may_be_text(beginning: &[u8]) -> bool {
    let first = beginning.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(first, Some(b'(' | b';'))
}

/// The first line of an error of the `wat` crate, with the place from the error's second line,
/// `--> <anon>:LINE:COLUMN`.
fn place_first(text: &str) -> String {
    let mut lines = text.lines().map(str::trim);
    let message = lines.next().unwrap_or_default();
    let mut place = lines
        .find_map(|line| line.strip_prefix("--> <anon>:"))
        .into_iter();
    match place.next().and_then(|place| place.split_once(':')) {
        Some((line, column)) => format!("{message} (line {line}, column {column})"),
        None => message.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(name: &str, bytes: &[u8]) -> Result<Vec<u8>, String> {
        module(bytes.to_vec(), Path::new(name)).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn text_is_assembled_whatever_its_name() {
        let binary = b"\0asm\x01\0\0\0";
        for (name, text) in [
            ("a.wat", &b"(module)"[..]),
            ("a", b" ;; (a comment)\n (; another ;) (module)"),
            ("-", b"(module)"),
            ("a.wat", binary),
            ("a", binary),
        ] {
            assert_eq!(read_as(name, text).unwrap(), binary, "{name}");
        }
        // The compiler refuses these bytes later, with a better message.
        for other in [&b"package main\n"[..], b"", b"\x7fELF"] {
            assert_eq!(read_as("a", other).unwrap(), other);
        }
    }

    #[test]
    fn text_that_is_wrong_names_the_place() {
        let error = read_as("a.wat", b"(module\n  (funk))").unwrap_err();
        assert!(error.starts_with("invalid WebAssembly text: "), "{error}");
        assert!(error.ends_with("(line 2, column 4)"), "{error}");
        assert!(!error.contains('\n'), "{error}");
        let error = read_as("a.wat", b"\xff").unwrap_err();
        assert!(error.contains("utf-8"), "{error}");
    }

    #[test]
    fn what_is_compressed_names_what_unpacks_it() {
        let error = read_as("a.wasm.gz", b"\x1f\x8b\x08\0").unwrap_err();
        assert_eq!(error, "compressed with gzip; unpack it first (gunzip)");
        for (start, format, _) in COMPRESSED {
            assert!(read_as("-", start).unwrap_err().contains(format));
        }
    }
}
