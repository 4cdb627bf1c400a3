//! The passes that a run of the tests leaves out: `WASI_AOT_TEST_PASS=-NAME`, which `make
//! test-passes` sets, is the value of `--pass` in builds that have no `--pass` of their own.

use std::sync::LazyLock;
use wasi_aot_compiler::passes::Choice;

/// The variable's name.
const VARIABLE: &str = "WASI_AOT_TEST_PASS";

static CHOSEN: LazyLock<Option<(String, Choice)>> = LazyLock::new(|| {
    let spec = std::env::var(VARIABLE)
        .ok()
        .filter(|spec| !spec.is_empty())?;
    let choice = Choice::parse(&spec).unwrap_or_else(|error| panic!("{VARIABLE}: {error}"));
    Some((spec, choice))
});

/// The passes that run.
#[must_use]
pub fn chosen() -> Choice {
    CHOSEN
        .as_ref()
        .map(|(_, choice)| choice.clone())
        .unwrap_or_default()
}

/// Whether all passes run. If not, a build may know less of a module than it usually does.
#[must_use]
pub fn all_run() -> bool {
    CHOSEN.is_none()
}

/// The flag for builds by the command `wasi-aot`.
#[must_use]
pub fn flag() -> Option<String> {
    let (spec, _) = CHOSEN.as_ref()?;
    Some(format!("--pass={spec}"))
}
