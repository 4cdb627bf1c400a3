//! The emulated machines, and the properties that each must have.

use crate::boot::Console;
use anyhow::{Result, ensure};

/// A kernel on a processor.
#[derive(Debug)]
pub struct Machine {
    pub name: &'static str,
    /// The kernel's file below `.venv/aarch64/kernels`.
    kernel: &'static str,
    /// Whether we build the kernel ourselves, because no distribution has a package of it.
    pub is_built: bool,
    /// The value of qemu's `-cpu`.
    pub cpu: &'static str,
    /// The page size in bytes.
    page: u32,
    /// The version of Landlock; 0 for none.
    pub landlock: u32,
    /// Whether the processor has the atomic instructions of Armv8.1 (LSE).
    atomics: bool,
    /// Whether it has SVE, whose registers make signal frames large.
    sve: bool,
}

impl Machine {
    /// Below `.venv/aarch64`.
    pub fn kernel_path(&self) -> String {
        format!("kernels/{}", self.kernel)
    }
}

/// In bytes. With vectors of 16 bytes, Linux reports 4720 as AT_MINSIGSTKSZ.
const LARGEST_FRAME_WITHOUT_SVE: u32 = 0x1800;

/// A processor of Armv8.0 without extensions.
const BASELINE: &str = "cortex-a53";

/// All features that qemu knows. Pointers are authenticated by a cheap function.
const MAXIMUM: &str = "max,pauth-impdef=on";

const A_5_10: Machine = Machine {
    name: "5.10, 4k",
    kernel: "linux-5.10",
    is_built: false,
    cpu: BASELINE,
    page: 0x1000,
    landlock: 0,
    atomics: false,
    sve: false,
};

const A_6_1: Machine = Machine {
    name: "6.1, 4k",
    kernel: "linux-6.1",
    landlock: 2,
    ..A_5_10
};

pub const MACHINES: &[Machine] = &[
    A_5_10,
    A_6_1,
    Machine {
        name: "6.1, 4k, all of Armv9",
        cpu: MAXIMUM,
        atomics: true,
        sve: true,
        ..A_6_1
    },
    Machine {
        name: "6.12, 16k",
        kernel: "linux-6.12-16k",
        cpu: MAXIMUM,
        page: 0x4000,
        landlock: 6,
        atomics: true,
        sve: true,
        ..A_6_1
    },
    Machine {
        name: "6.1, 64k",
        kernel: "linux-6.1-64k",
        is_built: true,
        cpu: MAXIMUM,
        page: 0x10000,
        atomics: true,
        sve: true,
        ..A_6_1
    },
];

/// Compares a machine with the requested properties, so that no check passes on another
/// machine. All checks must have run.
pub fn compare(machine: &Machine, console: &Console) -> Result<()> {
    console.came_to_its_end()?;
    let version = machine.kernel.split('-').nth(1).unwrap_or_default();
    let kernel = console.fact("kernel")?;
    ensure!(
        kernel.starts_with(&format!("{version}.")),
        "runs Linux {kernel}"
    );
    for (fact, expected) in [
        ("page", machine.page.to_string()),
        ("landlock", machine.landlock.to_string()),
        ("atomics", machine.atomics.to_string()),
        ("sve", machine.sve.to_string()),
        // The check of a program's memory use is about huge pages.
        ("hugepages", true.to_string()),
    ] {
        let found = console.fact(fact)?;
        ensure!(found == expected, "{fact}: {found}, not {expected}");
    }
    let frame: u32 = console.fact("sigframe")?.parse()?;
    ensure!(
        machine.sve == (frame > LARGEST_FRAME_WITHOUT_SVE),
        "frames of signals take {frame} bytes"
    );
    Ok(())
}
