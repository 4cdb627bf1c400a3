//! Does the kernel map an executable as it should? Memory whose bytes lie far apart takes no
//! space in the file, and only pages of code can be executed.

use crate::support::{assemble, build, guest, link, run, test, text};
use anyhow::{Result, ensure};
use harness::go::Goal;
use harness::run::Ends;
use harness::tool::Tool;
use libtest_mimic::Trial;
use object::LittleEndian as LE;
use object::elf::{self, FileHeader64};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};
use std::path::Path;
use std::sync::Arc;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("image/far data", tool, far_data),
        test("image/scattered data", tool, scattered_data),
        test("image/code has pages of its own", tool, code_alone),
    ]
}

/// A module with data at these addresses of a memory of 4 GiB. Each byte is the index of its
/// address.
fn module(addresses: &[u64]) -> String {
    let signed = |address: u64| address as u32 as i32;
    let mut items = String::new();
    let mut checks = String::new();
    for (i, &address) in addresses.iter().enumerate() {
        let (value, at) = (i % 9 + 1, signed(address));
        items += &format!("(data (i32.const {at}) \"{value}\")");
        let around = [
            (at, value + 48),
            (at.wrapping_add(1), 0),
            (at.wrapping_sub(1), 0),
        ];
        for (at, value) in around {
            checks += &format!(
                "(if (i32.ne (i32.load8_u (i32.const {at})) (i32.const {value})) (then unreachable))"
            );
        }
    }
    format!("(module (memory 65536) {items} (func (export \"_start\") {checks}))")
}

/// The program finds its data, linked by wasi-aot and by `ld`, and neither file contains the
/// gaps between data.
fn behaves(tool: &Tool, addresses: &[u64], most: u64) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let at = |name: &str| dir.path().join(name);
    let module = assemble(dir.path(), "m.wasm", &module(addresses))?;
    build(tool, &module, &at("own"), &[])?;
    build(tool, &module, &at("m.o"), &["--emit", "obj"])?;
    link(&at("m.o"), &at("linked"))?;
    for name in ["own", "linked"] {
        let ran = run(&at(name), &[], dir.path())?;
        ensure!(
            ran.ends == Ends::Exit(0),
            "{name}: {}: {}",
            ran.ends,
            text(&ran.stderr)
        );
        let len = std::fs::metadata(at(name))?.len();
        ensure!(len < most, "{name}: {len} bytes");
    }
    Ok(())
}

fn far_data(tool: &Tool) -> Result<()> {
    let gib = 1 << 30;
    let places: [&[u64]; 4] = [
        &[5, gib, 3 * gib + 70_000],
        &[2 * gib + 100, gib],
        &[(4 * gib) - 2],
        // More addresses than segments that a file may have.
        &std::array::from_fn::<u64, 40, _>(|i| i as u64 * 100_000_000 + 3),
    ];
    for addresses in places {
        behaves(tool, addresses, 1 << 21)?;
    }
    Ok(())
}

/// So many addresses that the program applies the data when it starts.
fn scattered_data(tool: &Tool) -> Result<()> {
    let addresses: Vec<u64> = (0..2500).map(|i| 1_700_001 * i + 1).collect();
    behaves(tool, &addresses, 4 << 20)
}

/// Checks the files for both targets, linked by wasi-aot and by `ld`.
fn code_alone(tool: &Tool) -> Result<()> {
    let module = guest("start", Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let at = |name: &str| dir.path().join(name);
    for target in ["linux/amd64", "linux/arm64"] {
        build(tool, &module, &at("own"), &["--target", target])?;
        only_code(&at("own"))?;
        build(tool, &module, &at("own"), &["--target", target, "--strip"])?;
        only_code(&at("own"))?;
    }
    build(tool, &module, &at("m.o"), &["--emit", "obj"])?;
    link(&at("m.o"), &at("linked"))?;
    only_code(&at("linked"))
}

/// Every byte of every executable page of the file lies in a section of code, or is zero.
fn only_code(path: &Path) -> Result<()> {
    let file = std::fs::read(path)?;
    let header = FileHeader64::<LE>::parse(&*file)?;
    let sections = header.sections(LE, &*file)?;
    let code: Vec<_> = sections
        .iter()
        .filter(|s| s.sh_flags(LE) & u64::from(elf::SHF_EXECINSTR) != 0)
        .filter_map(|s| s.file_range(LE))
        .collect();
    let segments = header.program_headers(LE, &*file)?;
    let executable = segments
        .iter()
        .filter(|s| s.p_type(LE) == elf::PT_LOAD && s.p_flags(LE) & elf::PF_X != 0);
    let mut found = 0;
    for segment in executable {
        found += 1;
        let (page, start) = (segment.p_align(LE), segment.p_offset(LE));
        ensure!(page >= 0x1000, "pages of {page} bytes");
        let end = (start + segment.p_filesz(LE)).next_multiple_of(page);
        let pages = start - start % page..end.min(file.len() as u64);
        for at in pages {
            let inside = code
                .iter()
                .any(|&(from, len)| (from..from + len).contains(&at));
            ensure!(
                inside || file[at as usize] == 0,
                "{}: byte {:#x} at {at:#x} can be executed and is no code",
                path.display(),
                file[at as usize]
            );
        }
    }
    ensure!(found > 0, "no code");
    Ok(())
}
