//! Do Go programs do what native Go or wasmtime does? Each guest is built for wasip1, compiled
//! by wasi-aot, run, and compared. Each file has one family of cases as data.
//!
//!     cargo test --release --workspace --test go -- failure/      # one family
//!     WASI_AOT_TEST_MATRIX=all cargo test ... -- "go1.21.13"      # one version

mod concurrency;
mod failure;
mod files;
mod gofmt;
mod levels;
mod library;
mod numeric;
mod policy;
mod start;
mod stdio;

use harness::suite::{self, Family};
use harness::tool::Tool;
use std::sync::Arc;

const FAMILIES: &[Family] = &[
    start::FAMILY,
    policy::FAMILY,
    failure::FAMILY,
    concurrency::FAMILY,
    numeric::FAMILY,
    library::FAMILY,
    levels::FAMILY,
    files::FAMILY,
    stdio::FAMILY,
    gofmt::FAMILY,
];

fn main() -> anyhow::Result<()> {
    let tool = Arc::new(Tool::new()?);
    harness::main(suite::trials(FAMILIES, &tool)?)
}
