//! Gives an executable another policy, without compiling.
//!
//! Invariant: the result is what a build of the same module with the new policy gives, but for
//! the name of the compiler that built the code.

use crate::emit;
use crate::error::Error;
use crate::inspect::{InspectError, executable, is_readable};
use crate::link;
use crate::manifest::{self, Made};
use crate::policy::{Budget, Policy};
use crate::shim_image;
use object::elf;

/// The executable with `policy` instead of its own.
///
/// # Errors
/// [`Error::Policy`] if the policy contradicts itself, [`Error::InitialMemory`] if it is too
/// small for the module, [`Error::NoExecutable`] and [`Error::Link`] if
/// `executable` isn't one of this wasi-aot's.
pub fn grant(executable: &[u8], policy: &Policy) -> Result<Vec<u8>, Error> {
    policy.check()?;
    is_readable(executable).map_err(refuse)?;
    let not_executable = || refuse(InspectError::Foreign("not an executable"));
    if !executable.starts_with(&elf::ELFMAG) {
        return Err(not_executable());
    }
    let (old, manifest) = executable::read(executable).map_err(refuse)?;
    if old.is_object {
        return Err(not_executable());
    }
    let initial = old.memories.iter().map(|m| u64::from(m.initial_pages));
    let budget = Budget::of(policy, initial.sum())?;
    let made = Made {
        spectre: manifest.spectre,
        built_by: manifest.built_by.as_deref(),
        go_version: manifest.go_version.as_deref(),
        joins_names: manifest.joins_names,
    };
    let manifest = manifest::write(policy, &budget, &made);
    let object = emit::policy_object(old.target, &manifest);
    link::with_policy(executable, &object, shim_image::of(old.target))
}

fn refuse(error: InspectError) -> Error {
    Error::NoExecutable(match error {
        InspectError::Foreign(what) => format!("{what}; give an executable that wasi-aot built"),
        InspectError::OtherVersion { .. } => {
            "made by another version of wasi-aot; build it again with this one".into()
        }
        InspectError::Damaged(_) => error.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Options, Target};
    use crate::policy::{Access, EnvVar, Grant};
    use object::{Object as _, ObjectSection as _};
    use wasi_aot_contract::layout::HEADERS_ROOM;
    use wasi_aot_contract::module::ModuleInfo;

    /// Has a memory with bytes in two places, a table, and imports of two kinds.
    const MODULE: &str = r#"(module
        (import "wasi_snapshot_preview1" "path_open"
            (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 32)
        (data (i32.const 100) "hello") (data (i32.const 0x100000) "world")
        (global $g (mut i32) (i32.const 7)) (table 3 funcref) (elem (i32.const 1) $exit)
        (func (export "_start")
            (global.set $g (call $open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 5)
                (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 0)))
            (call_indirect (param i32) (global.get $g) (i32.const 1))))"#;

    fn policies() -> Vec<Policy> {
        let dir = |host: &str, access| Grant {
            access,
            host: host.into(),
            guest: None,
        };
        let name = |name: &str| EnvVar::Pass { name: name.into() };
        vec![
            Policy::default(),
            Policy {
                grants: vec![dir(".", Access::ReadWrite)],
                ..Policy::default()
            },
            Policy {
                grants: vec![dir("/etc", Access::ReadOnly), dir("b", Access::ReadWrite)],
                files: vec![dir("/c", Access::ReadOnly)],
                arg_files: Some(Access::ReadWrite),
                listeners: vec!["127.0.0.1:80".parse().unwrap()],
                max_cpu: Some(1000),
                ..Policy::default()
            },
            Policy {
                env: vec![name("A_LONG_NAME"); 500],
                max_memory: Some(64 << 20),
                ..Policy::default()
            },
            Policy {
                // More than a page of addresses.
                env: (0..2000).map(|i| name(&format!("V{i}"))).collect(),
                listeners: vec!["[::1]:81".parse().unwrap()],
                ..Policy::default()
            },
        ]
    }

    fn built(policy: &Policy, target: Target, strip: bool) -> Vec<u8> {
        let wasm = wat::parse_str(MODULE).unwrap();
        let options = Options {
            policy: policy.clone(),
            target,
            strip,
            spectre: strip,
            ..Options::default()
        };
        crate::build(&wasm, &options, &()).unwrap()
    }

    #[test]
    fn the_result_is_what_a_build_gives() {
        for target in [Target::LinuxAmd64, Target::LinuxArm64] {
            for strip in [false, true] {
                let policies = policies();
                let all: Vec<_> = policies.iter().map(|p| built(p, target, strip)).collect();
                for (from, old) in all.iter().enumerate() {
                    for (to, new) in all.iter().enumerate() {
                        let granted = grant(old, &policies[to]).unwrap();
                        let first = granted.iter().zip(new).position(|(a, b)| a != b);
                        let same = first.is_none() && granted.len() == new.len();
                        assert!(same, "{target:?} {strip} {from} {to}: {first:x?}");
                    }
                }
            }
        }
    }

    fn error(executable: &[u8], policy: &Policy) -> String {
        grant(executable, policy).unwrap_err().to_string()
    }

    #[test]
    fn what_wasi_aot_did_not_build_is_refused() {
        let empty = Policy::default();
        let wasm = wat::parse_str(MODULE).unwrap();
        let says = "not an executable; give an executable that wasi-aot built";
        assert_eq!(error(&wasm, &empty), says);
        let options = Options {
            emit: crate::Emit::Obj,
            ..Options::default()
        };
        let object = crate::build(&wasm, &options, &()).unwrap();
        assert_eq!(error(&object, &empty), says);
        let says = "neither a WebAssembly module nor an ELF file; give an executable";
        assert!(error(b"#!/bin/sh\n", &empty).starts_with(says));
        assert!(error(b"", &empty).starts_with("an empty file; give"));
        let whole = built(&empty, Target::LinuxAmd64, false);
        // Whatever is cut off, nothing panics.
        for end in (0..whole.len()).step_by(499) {
            grant(&whole[..end], &empty).unwrap_err();
        }
        let mut other = whole.clone();
        let file = object::File::parse(&*whole).unwrap();
        let code = file.section_by_name(".shim.text").unwrap();
        other[code.file_range().unwrap().0 as usize] ^= 1;
        assert!(error(&other, &empty).contains("its runtime isn't the one that"));
    }

    /// Headers, and the module's information, with each byte changed.
    #[test]
    fn damage_never_panics() {
        let policies = policies();
        let whole = built(&policies[1], Target::LinuxAmd64, false);
        for at in 0..HEADERS_ROOM as usize + size_of::<ModuleInfo>() {
            for change in [1, 0x80, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] ^= change;
                // Some changes don't matter.
                let _ = grant(&damaged, &policies[2]);
            }
        }
    }

    #[test]
    fn a_policy_that_does_not_fit_is_refused() {
        let whole = built(&Policy::default(), Target::LinuxAmd64, false);
        let little = Policy {
            max_memory: Some(1 << 20),
            ..Policy::default()
        };
        let says = "the module starts with 2048 KiB of memory";
        assert!(error(&whole, &little).starts_with(says));
        let both = Policy {
            no_harden: true,
            require_harden: true,
            ..Policy::default()
        };
        assert!(error(&whole, &both).contains("contradicts"));
    }
}
