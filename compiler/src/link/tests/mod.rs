//! Links Cranelift's output with a tiny runtime, examines the file and runs it.

mod fixture;

use super::Memory;
use super::input::LE;
use fixture::{
    EXIT_CODE, FAR, MANIFEST, MEMORY_BASE, MEMORY_IMAGE, MEMORY_SIZE, PART, Runtime, chunks,
    object, refer, section_of, undefined,
};
use object::elf::{self, FileHeader64, ProgramHeader64};
use object::read::elf::{FileHeader, ProgramHeader};
use object::write::StandardSection;
use object::{LittleEndian, Object, ObjectSection, ObjectSymbol, SymbolKind};
use wasi_aot_contract::layout::{HEADERS_ROOM, IMAGE_BASE, MODULE_INFO_ADDR};
use wasi_aot_contract::symbols as names;

const X86_64: &str = "x86_64-unknown-linux-gnu";

/// Links with the memory of the fixture.
fn executable(object: &[u8], runtime: &[u8], strip: bool) -> Result<Vec<u8>, crate::error::Error> {
    with_memory(object, MEMORY_SIZE as u64, runtime, strip)
}

fn with_memory(
    object: &[u8],
    size: u64,
    runtime: &[u8],
    strip: bool,
) -> Result<Vec<u8>, crate::error::Error> {
    let chunks = &chunks();
    super::executable(object, &Memory { chunks, size }, runtime, strip)
}

fn linked(strip: bool) -> Vec<u8> {
    executable(&object(X86_64, |_| {}), &Runtime::default().bytes(), strip).unwrap()
}

fn error(object: &[u8], runtime: &[u8]) -> String {
    executable(object, runtime, false).unwrap_err().to_string()
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
    // Read-only data, code, data, the policy, two of memory.
    assert_eq!(count, 6);
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
    assert_eq!((first.p_offset(LE), first.p_vaddr(LE)), (0, IMAGE_BASE));
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
    let file = super::executable(&object, &memory, &Runtime::default().bytes(), false).unwrap();
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
        .collect::<Vec<_>>();
    let [code] = code[..] else {
        panic!("{} segments of code", code.len())
    };
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
    assert_eq!(parsed.entry(), address("_start").0);
    let code = parsed.section_by_name(".shim.text").unwrap();
    assert_eq!(address("shim_add").0, code.address() + 16);
    assert!(parsed.symbols().all(|s| s.name() != Ok("shim_unused")));

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
fn an_aarch64_call_reaches_the_runtime() {
    let object = object("aarch64-unknown-linux-gnu", |_| {});
    let mut runtime = Runtime::default();
    assert_eq!(
        error(&object, &runtime.bytes()),
        "object and runtime are for different machines"
    );
    runtime.architecture = object::Architecture::Aarch64;
    let file = executable(&object, &runtime.bytes(), false).unwrap();
    let parsed = object::File::parse(&*file).unwrap();
    let text = parsed.section_by_name(".text").unwrap();
    let instructions = text.data().unwrap().chunks_exact(4).zip(0..);
    let calls = instructions.filter_map(|(bytes, index)| {
        let word = u32::from_le_bytes(bytes.try_into().unwrap());
        let distance = ((word << 6) as i32 >> 6) * 4;
        let is_call = word >> 26 == 0b10_0101;
        is_call.then(|| (text.address() + 4 * index).wrapping_add_signed(distance.into()))
    });
    let add = parsed.entry() + 16;
    assert_eq!(calls.collect::<Vec<_>>(), [add]);
}

#[test]
fn an_undefined_symbol_is_named() {
    let with_undefined = object(X86_64, |object| {
        let symbol = undefined(object, "wasi_aot_fd_fly");
        relocate_text(object, symbol, 4, elf::R_X86_64_PC32);
    });
    assert_eq!(
        error(&with_undefined, &Runtime::default().bytes()),
        "cannot relocate .text+0x4 (type 2, symbol wasi_aot_fd_fly): undefined symbol: \
         neither the module nor the runtime defines it"
    );
}

/// Names come from the module, so they must not control a terminal.
#[test]
fn names_in_messages_are_escaped() {
    let with_undefined = object(X86_64, |object| {
        let symbol = undefined(object, "a\x1b[2J\nb");
        relocate_text(object, symbol, 4, elf::R_X86_64_PC32);
    });
    let message = error(&with_undefined, &Runtime::default().bytes());
    assert!(message.contains("symbol a\\u{1b}[2J\\nb)"), "{message:?}");
}

#[test]
fn bad_relocations_are_named() {
    let runtime = Runtime::default().bytes();
    let with = |offset, r_type| {
        let bytes = object(X86_64, |object| {
            let symbol = object.symbol_id(b"main.nineteen").unwrap();
            relocate_text(object, symbol, offset, r_type);
        });
        error(&bytes, &runtime)
    };
    assert_eq!(
        with(0, elf::R_X86_64_TPOFF64),
        "cannot relocate .text+0x0 (type 18, symbol main.nineteen): unknown relocation type"
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
    refer(object, text, offset, symbol, 0, r_type);
}

#[test]
fn an_image_that_would_reach_memory_is_refused() {
    let large = object(X86_64, |object| {
        let bss = object.section_id(StandardSection::UninitializedData);
        object.append_section_bss(bss, 252 << 20, 1);
    });
    assert_eq!(
        error(&large, &Runtime::default().bytes()),
        "the module is too large: its code and tables end at 257 MiB, and an executable has \
         room up to 252 MiB"
    );
    let endless = object(X86_64, |object| {
        let bss = object.section_id(StandardSection::UninitializedData);
        object.append_section_bss(bss, u64::MAX - 64, 1);
    });
    assert!(error(&endless, &Runtime::default().bytes()).contains("too large"));
}

#[test]
fn memory_must_be_whole_pages() {
    let object = object(X86_64, |_| {});
    let odd = MEMORY_SIZE as u64 + 1;
    let error = with_memory(&object, odd, &Runtime::default().bytes(), false).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("not a whole number of WebAssembly pages")
    );
}

#[test]
fn a_runtime_that_can_not_be_linked_is_refused() {
    let object = object(X86_64, |_| {});
    let with = |change: fn(&mut Runtime)| {
        let mut runtime = Runtime::default();
        change(&mut runtime);
        error(&object, &runtime.bytes())
    };
    assert!(with(|r| r.code_flags |= elf::SHF_WRITE).contains("writable and executable"));
    assert!(with(|r| r.start = "start").contains("no entry point"));
    let executable = linked(false);
    assert!(error(&object, &executable).contains("the runtime is not a little-endian relocatable"));
}

/// An object whose policy needs the runtime's part, with a manifest of this size.
fn with_part(manifest: usize) -> Vec<u8> {
    object(X86_64, |object| {
        let part = undefined(object, "shim_part");
        let policy = section_of(object, "policy");
        refer(object, policy, 16, part, 0, elf::R_X86_64_64);
        let note = section_of(object, "note");
        object.append_section_data(note, &vec![b'x'; manifest], 4);
    })
}

#[test]
fn a_part_is_linked_where_the_policy_needs_it() {
    let runtime = Runtime::default().bytes();
    let without = executable(&object(X86_64, |_| {}), &runtime, false).unwrap();
    let has = |file: &[u8], needle: &[u8]| file.windows(needle.len()).any(|w| w == needle);
    assert!(!has(&without, b"data of a part") && !has(&without, b"shim_part"));

    let file = executable(&with_part(0), &runtime, false).unwrap();
    let parsed = object::File::parse(&*file).unwrap();
    let block = |name| parsed.section_by_name(name).unwrap();
    let code = block(".shim.policy.text");
    assert_eq!(code.data().unwrap(), PART);
    assert_eq!(
        block(".shim.policy.rodata").data().unwrap(),
        b"data of a part"
    );
    // What the code needs as well is there once.
    assert!(parsed.section_by_name(".shim.policy.data").is_none());
    assert_eq!(block(".shim.data").size(), 0x3000);
    let policy = block(names::POLICY_SECTION);
    assert_eq!(policy.data().unwrap()[16..24], code.address().to_le_bytes());
}

/// The bytes of the loadable segments before the policy's, by address, without headers.
fn before_policy(file: &[u8]) -> Vec<(u64, u64, Vec<u8>)> {
    let parsed = object::File::parse(file).unwrap();
    let policy = parsed.section_by_name(names::POLICY_SECTION).unwrap();
    let room = HEADERS_ROOM as usize;
    let loads = segments(file)
        .iter()
        .filter(|s| s.p_type(LE) == elf::PT_LOAD);
    let loads = loads.filter(|s| s.p_offset(LE) < policy.file_range().unwrap().0);
    let loads = loads.map(|s| {
        let (start, end) = (s.p_offset(LE) as usize, s.p_offset(LE) + s.p_filesz(LE));
        (
            s.p_vaddr(LE),
            s.p_memsz(LE),
            file[start.max(room)..end as usize].to_vec(),
        )
    });
    loads.collect()
}

#[test]
fn another_policy_changes_nothing_else() {
    let runtime = Runtime::default().bytes();
    let link = |object: &[u8]| executable(object, &runtime, false).unwrap();
    let plain = link(&object(X86_64, |_| {}));
    let [small, large] = [0, 0x2_0000].map(|manifest| link(&with_part(manifest)));
    // Read-only data, code, data, and memory's two.
    assert_eq!(before_policy(&plain).len(), 5);
    assert!(before_policy(&plain) == before_policy(&small));
    assert!(before_policy(&small) == before_policy(&large));
    // Nor does a larger manifest move the parts.
    let part = |file: &[u8]| {
        let parsed = object::File::parse(file).unwrap();
        let block = parsed.section_by_name(".shim.policy.rodata").unwrap();
        block.address()
    };
    assert_eq!(part(&small), part(&large));
}

/// Truncations at every seventh byte and flips of nearly all bytes give an error or a file,
/// never a panic. Most bytes in runs of zeroes are left alone.
#[test]
fn malformed_input_never_panics() {
    let good_object = object(X86_64, |_| {});
    let good_runtime = Runtime::default().bytes();
    for (input, is_object) in [(&good_object, true), (&good_runtime, false)] {
        let link = |bytes: &[u8]| {
            if is_object {
                executable(bytes, &good_runtime, false)
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
