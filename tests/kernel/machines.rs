//! The machines, and what is expected of each.

use crate::boot::Console;
use anyhow::{Result, ensure};

/// A kernel on a processor.
#[derive(Debug)]
pub struct Machine {
    pub name: &'static str,
    /// Below `.venv/aarch64/kernels`.
    kernel: &'static str,
    /// Whether the kernel is one that we build, since nobody has a package of it.
    pub is_built: bool,
    /// As qemu's `-cpu` has it.
    pub cpu: &'static str,
    /// Bytes of a page.
    page: u32,
    /// The version of Landlock, 0 for none.
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

/// Bytes; where the vectors are 16 bytes long Linux says 4720 for its AT_MINSIGSTKSZ.
const LARGEST_FRAME_WITHOUT_SVE: u32 = 0x1800;

/// Of Armv8.0 and nothing more.
const BASELINE: &str = "cortex-a53";

/// All that qemu knows; pointers are authenticated by a cheap function.
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

/// Holds a machine to what was asked for, so that no check passes on another, and to
/// running all of them.
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
        // The check of what memory a program takes is about them.
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
