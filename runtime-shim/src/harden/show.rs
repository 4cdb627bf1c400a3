//! Prints which layers stand, if whoever starts the program asks by the variable
//! `WASI_AOT_SHOW_FENCES=1` ([`crate::process::Process::asks_for_fences`]).

use super::failure::Failure;
use super::{CAPABILITIES, Layers, NO_NEW_PRIVS, landlock, seal, seccomp};
use crate::report::Stderr;
use core::fmt::{self, Write};

/// Prints that the second fence was left out when the program was built.
pub fn none() {
    let mut out = Stderr::new();
    out.program_name();
    let _ = out.write_str("fence: none (built with --no-harden)\n");
    out.flush();
}

/// Prints a line for each layer.
pub fn all(layers: &Layers) {
    let mut out = Stderr::new();
    let landlock = layers.landlock.map(Covers);
    line(
        &mut out,
        CAPABILITIES,
        &layers
            .capabilities
            .map(|()| "none but what the grants need"),
    );
    line(&mut out, NO_NEW_PRIVS, &layers.no_new_privs.map(|()| "on"));
    line(&mut out, landlock::NAME, &landlock);
    line(&mut out, seccomp::NAME, &layers.seccomp.map(|()| "on"));
    line(&mut out, seal::SEALS, &layers.seals.map(|()| "on"));
    line(
        &mut out,
        seal::NO_NEW_CODE,
        &layers.no_new_code.map(|()| "on"),
    );
    out.flush();
}

fn line(out: &mut Stderr, layer: &str, stands: &Result<impl fmt::Display, Failure>) {
    out.program_name();
    // Neither formatting nor `Stderr` fails.
    let _ = match stands {
        Ok(what) => writeln!(out, "fence: {layer}: {what}"),
        Err(failure) => writeln!(out, "fence: {layer}: none: {failure}"),
    };
}

/// A version of Landlock and what it covers.
struct Covers(u32);

impl fmt::Display for Covers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "version {}: ", self.0)?;
        let covered = landlock::COVERS
            .iter()
            .filter(|(since, _)| self.0 >= *since);
        for (index, (_, what)) in covered.enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{what}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn a_version_says_what_it_covers() {
        assert_eq!(Covers(1).to_string(), "version 1: files");
        assert_eq!(
            Covers(4).to_string(),
            "version 4: files, emptying them, TCP"
        );
        let all = "files, emptying them, TCP, ioctl of devices, signals and abstract Unix sockets";
        assert_eq!(Covers(7).to_string(), std::format!("version 7: {all}"));
    }
}
