//! The script that `ld` links an object and the runtime's library with: the template
//! `runtime-shim/wasi-aot.ld.in` with the contract's addresses and names of sections.

use wasi_aot_contract::target::Target;
use wasi_aot_contract::{layout, symbols};

const TEMPLATE: &str = include_str!("../../wasi-aot.ld.in");

/// The script, for all targets: `ld --defsym=ARM64=1` chooses linux/arm64 (the symbol of
/// another target is its `GOARCH` in capitals), and without such a symbol the script is for
/// the first target.
///
/// # Panics
/// If the template has a placeholder that stands for nothing.
#[must_use]
pub fn ld() -> String {
    let hexadecimal = |value: u64| format!("{value:#x}");
    let values = [
        ("IMAGE_BASE", hexadecimal(layout::IMAGE_BASE)),
        ("IMAGE_LIMIT", hexadecimal(layout::IMAGE_LIMIT)),
        ("IMAGE_LIMIT_MIB", (layout::IMAGE_LIMIT >> 20).to_string()),
        ("MEMORY_BASE", memory_base()),
        (
            "MEMORY_LIMIT",
            hexadecimal(u64::from(layout::MAX_PAGES) * layout::WASM_PAGE_SIZE),
        ),
        ("MODULE", symbols::MODULE.into()),
        ("MODULE_SECTION", symbols::MODULE_SECTION.into()),
        ("POLICY_SECTION", symbols::POLICY_SECTION.into()),
        ("MEMORY_SECTION", symbols::MEMORY_SECTION.into()),
        ("MEMORY_ZERO_SECTION", symbols::MEMORY_ZERO_SECTION.into()),
        ("NOTE_SECTION", symbols::NOTE_SECTION.into()),
    ];
    let script = values
        .iter()
        .fold(TEMPLATE.to_owned(), |script, (name, value)| {
            script.replace(&format!("@{name}@"), value)
        });
    assert!(
        !script.contains('@'),
        "BUG: wasi-aot.ld.in has an unknown placeholder"
    );
    script
}

/// The address of memory 0, as an expression over the symbols that choose a target.
fn memory_base() -> String {
    let base = |target: Target| format!("{:#x}", layout::memory_base(target, 0));
    let (first, others) = Target::ALL.split_first().expect("BUG: no targets");
    others
        .iter()
        .rev()
        .fold(base(*first), |otherwise, &target| {
            let (_, arch) = target.name().split_once('/').expect("BUG: GOOS/GOARCH");
            let symbol = arch.to_uppercase();
            format!("DEFINED({symbol}) ? {} : {otherwise}", base(target))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An object of the compiler has these sections, and every one has its place.
    #[test]
    fn every_section_of_an_object_is_named() {
        let script = ld();
        for section in [
            symbols::MODULE_SECTION,
            symbols::POLICY_SECTION,
            symbols::MEMORY_SECTION,
            symbols::MEMORY_ZERO_SECTION,
            symbols::NOTE_SECTION,
        ] {
            assert!(script.contains(&format!("*({section})")), "{section}");
        }
    }

    #[test]
    fn each_target_has_its_memory_base() {
        assert!(
            ld().contains("MEMORY_BASE = DEFINED(ARM64) ? 0x100000000 : 0x10000000;"),
            "{}",
            ld()
        );
    }
}
