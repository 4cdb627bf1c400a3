//! The build information that `go build` puts into a program.
//!
//! Native executables have it after `\xff Go buildinf:` (`debug/buildinfo`). Go's linker
//! leaves that section out of wasm modules (`asmb` in `cmd/link/internal/wasm/asm.go` lists
//! the sections that it writes). So the information is read from the string
//! `runtime.modinfo`, as the program itself does. The string's text stands between two marks
//! of 16 bytes (`infoStart` and `infoEnd` in `cmd/go/internal/modload/build.go`). It doesn't
//! have the version of Go.
//!
//! A module may carry another module's text in an embedded file. The text that counts is
//! the one that a string header in the data points to.

use memchr::memmem;

const START: [u8; 16] = [
    0x30, 0x77, 0xaf, 0x0c, 0x92, 0x74, 0x08, 0x02, 0x41, 0xe1, 0xc1, 0x07, 0xe6, 0xd6, 0x18, 0xe6,
];
const END: [u8; 16] = [
    0xf9, 0x32, 0x43, 0x31, 0x86, 0x18, 0x20, 0x72, 0x00, 0x82, 0x42, 0x10, 0x41, 0x16, 0xd8, 0xf2,
];

/// The most texts that are examined. A real module has its own and one for each Go module
/// embedded in it.
const MAX_CANDIDATES: usize = 16;

/// The build information of a Go program (`runtime/debug.BuildInfo`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildInfo {
    /// Import path of the main package.
    pub main_package: Option<String>,
    /// The module that the main package is in.
    pub main_module: Option<GoModule>,
    /// The modules that it depends on.
    pub dependencies: Vec<GoModule>,
    /// Flags and variables of the build, as `go version -m` shows them: `NAME=VALUE`.
    pub settings: Vec<String>,
}

/// A Go module with its version.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoModule {
    /// Its module path.
    pub path: String,
    /// `v1.2.3`, or `(devel)`.
    pub version: String,
    /// `h1:` and a digest; empty if there is none.
    pub sum: String,
    /// The module that a `replace` directive puts in its place.
    pub replaced_by: Option<Box<GoModule>>,
}

/// Finds the text in the initial bytes of linear memory, given as pieces with the addresses of
/// their first bytes. A piece may end at any run of eight zeroes, where Go's linker cuts them.
#[must_use]
pub fn find(pieces: &[(u64, &[u8])]) -> Option<BuildInfo> {
    let candidates = pieces.iter().flat_map(|&(address, bytes)| {
        memmem::find_iter(bytes, &START).map(move |at| (address, bytes, at))
    });
    for (address, bytes, at) in candidates.take(MAX_CANDIDATES) {
        let text = &bytes[at + START.len()..];
        let Some(len) = memmem::find(text, &END) else {
            continue;
        };
        let whole = (START.len() + len + END.len()) as u64;
        if has_string(pieces, address + at as u64, whole) {
            return Some(parse(&String::from_utf8_lossy(&text[..len])));
        }
    }
    None
}

/// Whether the data has the header of a string of `len` bytes at `address`: two aligned
/// words of 8 bytes. Zeroes at both ends of the header may be missing in a piece.
fn has_string(pieces: &[(u64, &[u8])], address: u64, len: u64) -> bool {
    let header = [address.to_le_bytes(), len.to_le_bytes()].concat();
    let leading = header.iter().take_while(|&&b| b == 0).count();
    let trailing = header.iter().rev().take_while(|&&b| b == 0).count();
    let Some(found) = header.get(leading..header.len() - trailing) else {
        return false;
    };
    let finder = memmem::Finder::new(found);
    pieces.iter().any(|&(start, bytes)| {
        let mut places = finder.find_iter(bytes);
        places.any(|at| {
            (start + at as u64)
                .wrapping_sub(leading as u64)
                .is_multiple_of(8)
        })
    })
}

/// Reads the lines. Unknown ones are left out.
#[must_use]
pub fn parse(text: &str) -> BuildInfo {
    let mut info = BuildInfo::default();
    for line in text.lines() {
        let (kind, rest) = line.split_once('\t').unwrap_or((line, ""));
        match kind {
            "path" => info.main_package = Some(rest.to_string()),
            "mod" => info.main_module = Some(go_module(rest)),
            "dep" => info.dependencies.push(go_module(rest)),
            "=>" => {
                let replaced = info.dependencies.last_mut().or(info.main_module.as_mut());
                if let Some(replaced) = replaced {
                    replaced.replaced_by = Some(Box::new(go_module(rest)));
                }
            }
            "build" => info.settings.push(rest.to_string()),
            _ => {}
        }
    }
    info
}

fn go_module(columns: &str) -> GoModule {
    let mut columns = columns.split('\t').map(str::to_string);
    let mut column = || columns.next().unwrap_or_default();
    GoModule {
        path: column(),
        version: column(),
        sum: column(),
        replaced_by: None,
    }
}
