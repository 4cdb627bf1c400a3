//! Links Cranelift's output with a tiny shim, examines the file and runs it.

mod fixture;

use super::Memory;
use super::input::LE;
use fixture::{
    EXIT_CODE, FAR, MANIFEST, MEMORY_BASE, MEMORY_IMAGE, MEMORY_SIZE, Shim, chunks, object,
};
use object::elf::{self, FileHeader64, ProgramHeader64};
use object::read::elf::{FileHeader, ProgramHeader};
use object::write::{Relocation, StandardSection, SymbolSection};
use object::{LittleEndian, Object, ObjectSection, ObjectSymbol, RelocationFlags, SymbolKind};
use wasi_aot_contract::layout::MODULE_INFO_ADDR;
use wasi_aot_contract::symbols as names;

const X86_64: &str = "x86_64-unknown-linux-gnu";

/// Links with the memory of the fixture.
fn executable(object: &[u8], shim: &[u8], strip: bool) -> Result<Vec<u8>, crate::error::Error> {
    with_memory(object, MEMORY_SIZE as u64, shim, strip)
}

fn with_memory(
    object: &[u8],
    size: u64,
    shim: &[u8],
    strip: bool,
) -> Result<Vec<u8>, crate::error::Error> {
    let chunks = &chunks();
    super::executable(object, &Memory { chunks, size }, shim, strip)
}

fn linked(strip: bool) -> Vec<u8> {
    executable(&object(X86_64, |_| {}), &Shim::default().bytes(), strip).unwrap()
}

fn error(object: &[u8], shim: &[u8]) -> String {
    executable(object, shim, false).unwrap_err().to_string()
}

fn segments(file: &[u8]) -> &[ProgramHeader64<LittleEndian>] {
    let header = FileHeader64::<LittleEndian>::parse(file).unwrap();
    header.program_headers(LE, file).unwrap()
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
#[test]
fn the_executable_runs() {
    use std::os::unix::fs::OpenOptionsExt;
    for strip in [false, true] {
        let name = format!("wasi-aot-link-test-{}-{strip}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let mut options = std::fs::OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o755);
        std::io::Write::write_all(&mut file.open(&path).unwrap(), &linked(strip)).unwrap();
        let status = run(&path);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(status.code(), Some(EXIT_CODE), "{status}");
    }
}

/// Runs a file that was just written. If another test forks at the wrong moment, its child
/// holds the file open for writing for a while, and executing fails.
#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
fn run(path: &std::path::Path) -> std::process::ExitStatus {
    loop {
        match std::process::Command::new(path).status() {
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::yield_now();
            }
            result => return result.unwrap(),
        }
    }
}

#[test]
fn segments_are_in_order_and_never_writable_and_executable() {
    let file = linked(false);
    let loads = segments(&file)
        .iter()
        .filter(|s| s.p_type(LE) == elf::PT_LOAD);
    let mut free_from = 0;
    let mut count = 0;
    for load in loads {
        let (address, offset) = (load.p_vaddr(LE), load.p_offset(LE));
        let rights = load.p_flags(LE);
        assert_ne!(rights & (elf::PF_W | elf::PF_X), elf::PF_W | elf::PF_X);
        assert_eq!(address % 0x1000, offset % 0x1000);
        assert!(
            address & !0xfff >= free_from,
            "{address:#x} < {free_from:#x}"
        );
        assert!(offset + load.p_filesz(LE) <= file.len() as u64);
        free_from = address + load.p_memsz(LE);
        count += 1;
    }
    // Three segments of the shim, three of the module (read-only, code, data), two of memory.
    assert_eq!(count, 8);
    assert_eq!(free_from, MEMORY_BASE + MEMORY_SIZE as u64);
    let stack = segments(&file)
        .iter()
        .find(|s| s.p_type(LE) == elf::PT_GNU_STACK);
    assert_eq!(stack.unwrap().p_flags(LE) & elf::PF_X, 0);
}

#[test]
fn headers_are_mapped_where_the_kernel_says() {
    let file = linked(false);
    let first = &segments(&file)[0];
    assert_eq!((first.p_offset(LE), first.p_vaddr(LE)), (0, 0x3f_f000));
    assert_eq!(&file[0x1000..0x1004], b"\x7fELF", "the shim as it is");
}

#[test]
fn memory_is_a_segment_for_each_chunk_with_zeroes_up_to_the_next() {
    let file = linked(false);
    let sizes = |address| {
        let mut segments = segments(&file).iter();
        let memory = segments.find(|s| s.p_vaddr(LE) == address).unwrap();
        (memory.p_filesz(LE), memory.p_memsz(LE))
    };
    assert_eq!(sizes(MEMORY_BASE), (MEMORY_IMAGE as u64, FAR));
    assert_eq!(sizes(MEMORY_BASE + FAR), (1, MEMORY_SIZE as u64 - FAR));
    // The gap takes no room.
    assert!(file.len() < 1 << 20);
}

#[test]
fn memory_that_begins_with_a_gap_has_a_segment_without_bytes() {
    let object = object(X86_64, |_| {});
    let chunks = &chunks()[1..];
    let size = MEMORY_SIZE as u64;
    let memory = Memory { chunks, size };
    let file = super::executable(&object, &memory, &Shim::default().bytes(), false).unwrap();
    let memory = segments(&file)
        .iter()
        .filter(|s| s.p_vaddr(LE) >= MEMORY_BASE);
    let memory = memory.map(|s| (s.p_filesz(LE), s.p_memsz(LE)));
    assert_eq!(memory.collect::<Vec<_>>(), [(0, FAR), (1, size - FAR)]);
}

#[test]
fn code_shares_no_page_of_the_file() {
    let file = linked(false);
    let code = segments(&file)
        .iter()
        .filter(|s| s.p_flags(LE) & elf::PF_X != 0)
        // Leaves out the tiny shim's code, which shares its page with other bytes.
        .find(|s| s.p_vaddr(LE) >= MODULE_INFO_ADDR)
        .unwrap();
    let (start, end) = (code.p_offset(LE), code.p_offset(LE) + code.p_filesz(LE));
    assert_eq!(start % 0x1000, 0);
    let behind = &file[end as usize..end.next_multiple_of(0x1000) as usize];
    assert!(behind.iter().all(|&byte| byte == 0));
}

#[test]
fn the_note_holds_the_manifest() {
    let file = linked(true);
    let mut segments = segments(&file).iter();
    let note = segments.find(|s| s.p_type(LE) == elf::PT_NOTE).unwrap();
    let mut notes = note.notes(LE, &*file).unwrap().unwrap();
    let note = notes.next().unwrap().unwrap();
    assert_eq!(note.name(), names::NOTE_NAME.as_bytes());
    assert_eq!(note.n_type(LE), names::NOTE_TYPE_MANIFEST);
    assert_eq!(note.desc(), MANIFEST);
}

#[test]
fn functions_keep_their_names_unless_stripped() {
    let file = linked(false);
    let parsed = object::File::parse(&*file).unwrap();
    let address = |name| {
        let symbol = parsed.symbols().find(|s| s.name() == Ok(name)).unwrap();
        let section = symbol
            .section_index()
            .map(|i| parsed.section_by_index(i).unwrap());
        if let Some(section) = section {
            let within = section.address()..section.address() + section.size();
            assert!(within.contains(&symbol.address()), "{name}");
        }
        (symbol.address(), symbol.kind())
    };
    assert_eq!(address("main.nineteen").1, SymbolKind::Text);
    assert_eq!(address(names::MODULE).0, MODULE_INFO_ADDR);
    assert_eq!(address("shim_add").0, 0x40_1210);
    assert_eq!(parsed.entry(), address("_start").0);
    assert_eq!(
        parsed.section_by_name(".shim.text").unwrap().address(),
        0x40_1200
    );

    let file = linked(true);
    let parsed = object::File::parse(&*file).unwrap();
    assert_eq!(parsed.symbols().count(), 0);
    assert!(parsed.section_by_name(".text").is_some());
    assert!(!file.windows(13).any(|w| w == b"main.nineteen"));
}

#[test]
fn same_input_same_bytes() {
    assert_eq!(linked(false), linked(false));
}

#[test]
fn an_aarch64_call_reaches_the_shim() {
    let object = object("aarch64-unknown-linux-gnu", |_| {});
    let mut shim = Shim::default();
    assert_eq!(
        error(&object, &shim.bytes()),
        "object and shim are for different machines"
    );
    shim.machine = elf::EM_AARCH64;
    // Segments 4 KiB apart are too close for a kernel with pages of 64 KiB.
    assert!(error(&object, &shim.bytes()).contains("pages of their own"));

    shim.page = 0x1_0000;
    let file = executable(&object, &shim.bytes(), false).unwrap();
    let parsed = object::File::parse(&*file).unwrap();
    let text = parsed.section_by_name(".text").unwrap();
    let instructions = text.data().unwrap().chunks_exact(4).zip(0..);
    let calls = instructions.filter_map(|(bytes, index)| {
        let word = u32::from_le_bytes(bytes.try_into().unwrap());
        let distance = ((word << 6) as i32 >> 6) * 4;
        let is_call = word >> 26 == 0b10_0101;
        is_call.then(|| (text.address() + 4 * index).wrapping_add_signed(distance.into()))
    });
    let add = shim.start() + 16;
    assert_eq!(calls.collect::<Vec<_>>(), [add]);
}

#[test]
fn an_undefined_symbol_is_named() {
    let with_undefined = object(X86_64, |object| {
        let symbol = object.add_symbol(object::write::Symbol {
            name: b"wasi_aot_fd_fly".into(),
            value: 0,
            size: 0,
            kind: SymbolKind::Text,
            scope: object::SymbolScope::Unknown,
            weak: false,
            section: SymbolSection::Undefined,
            flags: object::SymbolFlags::None,
        });
        relocate_text(object, symbol, 4, elf::R_X86_64_PC32);
    });
    assert_eq!(
        error(&with_undefined, &Shim::default().bytes()),
        "cannot relocate .text+0x4 (type 2, symbol wasi_aot_fd_fly): undefined symbol: \
         neither the module nor the shim defines it"
    );
}

/// Names come from the module, so they must not control a terminal.
#[test]
fn names_in_messages_are_escaped() {
    let with_undefined = object(X86_64, |object| {
        let symbol = object.add_symbol(object::write::Symbol {
            name: b"a\x1b[2J\nb\xff".into(),
            value: 0,
            size: 0,
            kind: SymbolKind::Text,
            scope: object::SymbolScope::Unknown,
            weak: false,
            section: SymbolSection::Undefined,
            flags: object::SymbolFlags::None,
        });
        relocate_text(object, symbol, 4, elf::R_X86_64_PC32);
    });
    let message = error(&with_undefined, &Shim::default().bytes());
    assert!(
        message.contains("symbol a\\u{1b}[2J\\nb\u{fffd})"),
        "{message:?}"
    );
}

#[test]
fn bad_relocations_are_named() {
    let shim = Shim::default().bytes();
    let with = |offset, r_type| {
        let bytes = object(X86_64, |object| {
            let symbol = object.symbol_id(b"main.nineteen").unwrap();
            relocate_text(object, symbol, offset, r_type);
        });
        error(&bytes, &shim)
    };
    assert_eq!(
        with(0, elf::R_X86_64_GOTPCREL),
        "cannot relocate .text+0x0 (type 9, symbol main.nineteen): unknown relocation type"
    );
    assert!(with(1 << 40, elf::R_X86_64_64).ends_with("place outside the section"));
    assert!(with(u64::MAX, elf::R_X86_64_64).ends_with("place outside the section"));
}

fn relocate_text(
    object: &mut object::write::Object<'_>,
    symbol: object::write::SymbolId,
    offset: u64,
    r_type: u32,
) {
    let text = object.section_id(StandardSection::Text);
    let relocation = Relocation {
        offset,
        symbol,
        addend: 0,
        flags: RelocationFlags::Elf { r_type },
    };
    object.add_relocation(text, relocation).unwrap();
}

#[test]
fn an_image_that_would_reach_memory_is_refused() {
    let large = object(X86_64, |object| {
        let bss = object.section_id(StandardSection::UninitializedData);
        object.append_section_bss(bss, 252 << 20, 1);
    });
    assert_eq!(
        error(&large, &Shim::default().bytes()),
        "the module is too large: its code and tables end at 258 MiB, and an executable has \
         room up to 252 MiB"
    );
    let endless = object(X86_64, |object| {
        let bss = object.section_id(StandardSection::UninitializedData);
        object.append_section_bss(bss, u64::MAX - 64, 1);
    });
    assert!(error(&endless, &Shim::default().bytes()).contains("too large"));
}

#[test]
fn memory_must_be_whole_pages() {
    let object = object(X86_64, |_| {});
    let odd = MEMORY_SIZE as u64 + 1;
    let error = with_memory(&object, odd, &Shim::default().bytes(), false).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("not a whole number of WebAssembly pages")
    );
}

#[test]
fn a_shim_that_does_not_fit_the_contract_is_refused() {
    let object = object(X86_64, |_| {});
    let with = |change: fn(&mut Shim)| {
        let mut shim = Shim::default();
        change(&mut shim);
        error(&object, &shim.bytes())
    };
    assert!(with(|s| s.module_info = 0x60_0000).contains("expects wasi_aot_module at 0x600000"));
    assert!(with(|s| s.code_flags |= elf::PF_W).contains("writable and executable"));
    assert!(with(|s| s.kind = elf::ET_DYN).contains("not a little-endian fixed-address"));
}

/// Truncations at every seventh byte and flips of nearly all bytes give an error or a file,
/// never a panic. Most bytes in runs of zeroes are left alone.
#[test]
fn malformed_input_never_panics() {
    let good_object = object(X86_64, |_| {});
    let good_shim = Shim::default().bytes();
    for (input, is_object) in [(&good_object, true), (&good_shim, false)] {
        let link = |bytes: &[u8]| {
            if is_object {
                executable(bytes, &good_shim, false)
            } else {
                executable(&good_object, bytes, false)
            }
        };
        for len in (0..input.len()).step_by(7) {
            let _ = link(&input[..len]);
        }
        for at in 0..input.len() {
            if input[at] == 0 && at > 64 && input[at - 1] == 0 && at % 8 != 0 {
                continue;
            }
            for flip in [0x01, 0x80, 0xff] {
                let mut bytes = input.clone();
                bytes[at] ^= flip;
                let _ = link(&bytes);
            }
        }
    }
}
