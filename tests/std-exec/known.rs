//! The tests that are known to fail. If one of them passes, its case fails, so that the list
//! stays exact.

/// Packages whose tests don't build, or whose program doesn't reach its end: (package, why).
pub const BROKEN: &[(&str, &str)] = &[];

/// Tests that fail: (package, test, why).
pub const FAILING: &[(&str, &str, &str)] = &[
    ("os", "TestFileReadDir", NO_LICENSE),
    ("os", "TestFileReaddir", NO_LICENSE),
    ("os", "TestFileReaddirnames", NO_LICENSE),
];

const NO_LICENSE: &str = "the packaged GOROOT lacks LICENSE and CONTRIBUTING.md";

/// All packages that are named here.
pub fn packages() -> impl Iterator<Item = &'static str> {
    let broken = BROKEN.iter().map(|(package, _)| *package);
    broken.chain(FAILING.iter().map(|(package, ..)| *package))
}

/// Why a package's tests don't reach their end, if that is known.
pub fn why_broken(package: &str) -> Option<&'static str> {
    let entry = BROKEN.iter().find(|(of, _)| *of == package);
    entry.map(|(_, why)| *why)
}

/// Why a test fails, if that is known.
pub fn why_failing(package: &str, test: &str) -> Option<&'static str> {
    let entry = FAILING
        .iter()
        .find(|(of, name, _)| (*of, *name) == (package, test));
    entry.map(|(.., why)| *why)
}
