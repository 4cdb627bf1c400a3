//! Flags for modules that become part of the executable.

use crate::input;
use anyhow::Result;
use clap::Args;
use clap::builder::{OsStringValueParser, TypedValueParser};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use wasi_aot_compiler::Preload;

#[derive(Debug, Args)]
#[command(next_help_heading = "Linking")]
pub struct PreloadFlags {
    /// Link a module from which other modules import as NAME; modules are instantiated in
    /// the order of the flags, then the program
    #[arg(
        long,
        value_name = "NAME=FILE",
        value_parser = OsStringValueParser::new().try_map(|value| Named::parse(&value)),
    )]
    preload: Vec<Named>,
}

/// One value of `--preload`.
#[derive(Debug, Clone)]
struct Named {
    name: String,
    file: PathBuf,
}

/// The modules, in the order of the flags.
pub struct Preloads(Vec<(String, Vec<u8>)>);

impl PreloadFlags {
    /// Reads the files.
    ///
    /// # Errors
    /// When a file can't be read.
    pub fn read(&self) -> Result<Preloads> {
        let read = |preload: &Named| Ok((preload.name.clone(), input::read(&preload.file)?));
        Ok(Preloads(
            self.preload.iter().map(read).collect::<Result<_>>()?,
        ))
    }
}

impl Preloads {
    /// The modules as the compiler takes them.
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
        // The empty name is a valid name of a module.
        assert_eq!(Named::parse(OsStr::new("=a")).unwrap().name, "");
        for wrong in ["env.wasm", "env="] {
            assert!(Named::parse(OsStr::new(wrong)).is_err(), "{wrong}");
        }
    }
}
