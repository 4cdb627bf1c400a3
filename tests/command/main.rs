//! Does `wasi-aot` do what its user asks for, and does it say what is wrong otherwise?
//!
//! - [`output`]: what `build` writes, in each form; [`repeat`]: the same bytes each time;
//! - [`errors`]: modules that can't be compiled; [`policy`]: grants that contradict each
//!   other;
//! - [`package`]: Go packages as input; `wasi-aot test`; [`overlay`]: what they get from Go's
//!   library; [`xterm`]: what they get from `golang.org/x/term`;
//! - [`run`]: `wasi-aot run`; [`run_cache`]: the cache that it keeps;
//! - [`grant`]: `wasi-aot grant`;
//! - [`inspect`]: `wasi-aot inspect`; [`keys`]: the keys of its JSON are documented;
//! - [`isolation`]: what `wasi-aot` itself needs of the machine.
//!
//! `cli/tests/cli` has the tests that need nothing but cargo: no Go, no wasmtime, no
//! `make build`.

mod errors;
mod grant;
mod inspect;
mod isolation;
mod keys;
mod output;
mod overlay;
mod package;
mod place;
mod policy;
mod repeat;
mod run;
mod run_cache;
mod xterm;

use harness::support;
use harness::tool::Tool;
use std::sync::Arc;

fn main() -> anyhow::Result<()> {
    let tool = Arc::new(Tool::new()?);
    let groups = [
        errors::trials,
        grant::trials,
        inspect::trials,
        isolation::trials,
        keys::trials,
        output::trials,
        overlay::trials,
        xterm::trials,
        package::trials,
        policy::trials,
        repeat::trials,
        run::trials,
        run_cache::trials,
    ];
    harness::main(groups.iter().flat_map(|group| group(&tool)).collect())
}
