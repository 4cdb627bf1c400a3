//! Modules that are linked in.

use anyhow::{Context, Result};
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use wasi_aot_compiler::Preload;

#[derive(Debug, Args)]
#[command(next_help_heading = "Linking")]
pub struct PreloadFlags {
    /// Link in a module whose exports others import from NAME; it is instantiated
    /// before later ones and INPUT
    #[arg(
        long,
        value_name = "NAME=FILE",
        value_parser = OsStringValueParser::new().try_map(|value| Named::parse(&value)),
    )]
    preload: Vec<Named>,
}

/// A value of the flag.
#[derive(Debug, Clone)]
struct Named {
    name: String,
    file: PathBuf,
}

/// Preloads with the bytes of their files, in order.
pub struct Preloads(Vec<(String, Vec<u8>)>);

impl PreloadFlags {
    /// Reads the files.
    ///
    /// # Errors
    /// One that can't be read.
    pub fn read(&self) -> Result<Preloads> {
        let read = |preload: &Named| {
            let wasm = fs::read(&preload.file);
            let wasm = wasm.with_context(|| preload.file.display().to_string())?;
            Ok((preload.name.clone(), wasm))
        };
        Ok(Preloads(
            self.preload.iter().map(read).collect::<Result<_>>()?,
        ))
    }
}

impl Preloads {
    /// What the compiler takes.
    pub fn modules(&self) -> Vec<Preload<'_>> {
        let modules = self.0.iter();
        modules.map(|(name, wasm)| Preload { name, wasm }).collect()
    }
}

impl Named {
    fn parse(value: &OsStr) -> Result<Self, String> {
        let bytes = value.as_bytes();
        let parts = bytes.iter().position(|&byte| byte == b'=').map(|at| {
            let name = String::from_utf8(bytes[..at].to_vec());
            (name, OsString::from(OsStr::from_bytes(&bytes[at + 1..])))
        });
        match parts {
            Some((Ok(name), file)) if !file.is_empty() => Ok(Self {
                name,
                file: file.into(),
            }),
            _ => Err("write NAME=FILE, as in env=env.wasm".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_equals_sign_ends_the_name() {
        let named = Named::parse(OsStr::new("env=a=b.wasm")).unwrap();
        assert_eq!(named.name, "env");
        assert_eq!(named.file, PathBuf::from("a=b.wasm"));
        // A module may be imported from by the empty name.
        assert_eq!(Named::parse(OsStr::new("=a")).unwrap().name, "");
        for wrong in ["env.wasm", "env="] {
            assert!(Named::parse(OsStr::new(wrong)).is_err(), "{wrong}");
        }
    }
}
