//! The `producers` section, which names the tools that made a module
//! (<https://github.com/WebAssembly/tool-conventions/blob/main/ProducersSection.md>).
//! The section is a hint, so malformed parts are left out.

use wasmparser::ProducersSectionReader;

/// The longest version that is accepted. `runtime.Version()` has some ten bytes, and more with
/// experiments and a revision.
const MAX_LENGTH: usize = 200;

/// The version of Go's compiler, if it is printable ASCII. Go's linker writes it
/// (`writeProducerSec` in `cmd/link/internal/wasm/asm.go`).
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
