//! The `producers` section, which names the tools that made a module
//! (<https://github.com/WebAssembly/tool-conventions/blob/main/ProducersSection.md>).
//! It is a hint: whatever is malformed in it is left out.

use wasmparser::ProducersSectionReader;

/// Longest version that is believed: `runtime.Version()` is some ten bytes, with
/// experiments and a revision some more.
const MAX_LENGTH: usize = 200;

/// The version of Go's compiler, which Go's linker writes (`writeProducerSec` in
/// `cmd/link/internal/wasm/asm.go`); printable ASCII.
pub(crate) fn go_version<'a>(fields: ProducersSectionReader<'a>) -> Option<&'a str> {
    let fields = fields.into_iter().map_while(Result::ok);
    let values = fields
        .filter(|field| field.name == "processed-by")
        .flat_map(|field| field.values.into_iter().map_while(Result::ok));
    let mut go = values.filter(|value| value.name == "Go cmd/compile");
    let plain = |c: char| c == ' ' || c.is_ascii_graphic();
    go.next()
        .map(|value| value.version)
        .filter(|version| (1..=MAX_LENGTH).contains(&version.len()) && version.chars().all(plain))
}
