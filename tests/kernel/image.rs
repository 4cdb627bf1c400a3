//! Builds the first file system of a machine: process 1, its plan, and all programs.

use crate::check::{Check, Program};
use crate::modules;
use anyhow::{Context, Result};
use harness::go::{Flavour, Goal, NEWEST, Toolchain};
use harness::shim;
use harness::tool::Tool;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use wasi_aot_shim_images::Target;

/// Directories for the policies of the guest `corrupt`.
const DIRECTORIES: [&str; 3] = ["bin", "granted", "work"];
const FILES: [(&str, &str); 3] = [
    ("secret", "secret"),
    ("granted/file", "granted"),
    ("work/file", "granted"),
];

/// The bytes of the archive that the kernel unpacks.
pub fn build(tool: &Tool, checks: &[Check]) -> Result<Vec<u8>> {
    let mut archive = Archive::default();
    for directory in DIRECTORIES {
        archive.add(directory, Kind::Directory, &[]);
    }
    for (name, content) in FILES {
        archive.add(name, Kind::File, content.as_bytes());
    }
    let go = Toolchain::new(NEWEST)?;
    let init = go.build("machine", Flavour::Plain, Goal::Arm64)?;
    archive.add("init", Kind::Program, &fs::read(init)?);
    let programs: BTreeSet<Program> = checks.iter().flat_map(Check::programs).collect();
    for program in programs {
        let built = executable(tool, &go, &program).with_context(|| program.path())?;
        let name = program.path();
        let name = name.trim_start_matches('/');
        archive.add(name, Kind::Program, &fs::read(built)?);
    }
    let mut plan = Vec::new();
    for check in checks {
        serde_json::to_writer(&mut plan, &check.to_json())?;
        plan.push(b'\n');
    }
    archive.add("plan", Kind::File, &plan);
    Ok(archive.end())
}

fn executable(tool: &Tool, go: &Toolchain, program: &Program) -> Result<PathBuf> {
    let build = |goal| go.build(program.guest, Flavour::Plain, goal);
    if program.native {
        return build(Goal::Arm64);
    }
    let flags = ["--target", "linux/arm64"].iter().chain(program.flags);
    let flags: Vec<String> = flags.map(ToString::to_string).collect();
    match (modules::named(program.guest), program.guest) {
        (Some(module), _) => module.executable(tool, flags),
        (None, "corrupt") => {
            let module = build(Goal::Wasip1)?;
            shim::executable(tool, Target::LinuxArm64, shim::CORRUPT, &module, &flags)
        }
        (None, _) => tool.executable(&build(Goal::Wasip1)?, &flags),
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Directory,
    File,
    Program,
}

impl Kind {
    fn mode(self) -> u32 {
        match self {
            Self::Directory => 0o40755,
            Self::File => 0o100_644,
            Self::Program => 0o100_755,
        }
    }
}

/// An archive in the format "newc" (the kernel's
/// `Documentation/driver-api/early-userspace/buffer-format.rst`).
#[derive(Debug, Default)]
struct Archive {
    bytes: Vec<u8>,
    inode: u32,
}

impl Archive {
    fn add(&mut self, name: &str, kind: Kind, content: &[u8]) {
        self.inode += 1;
        self.entry(name, kind.mode(), content);
    }

    fn entry(&mut self, name: &str, mode: u32, content: &[u8]) {
        let size = u32::try_from(content.len()).expect("BUG: a program of 4 GiB");
        let name_size = name.len() as u32 + 1;
        // Inode, mode, owner, group, links, time, size, two devices, name, checksum.
        let links = 1;
        let fields = [
            self.inode, mode, 0, 0, links, 0, size, 0, 0, 0, 0, name_size, 0,
        ];
        self.bytes.extend(b"070701");
        for field in fields {
            self.bytes.extend(format!("{field:08x}").bytes());
        }
        self.bytes.extend(name.bytes().chain([0]));
        self.pad();
        self.bytes.extend(content);
        self.pad();
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    fn end(mut self) -> Vec<u8> {
        self.entry("TRAILER!!!", 0, &[]);
        self.bytes
    }
}
