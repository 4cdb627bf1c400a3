//! `golang.org/x/term` for wasip1, where that module has functions that only return errors.
//!
//! The module's files lie in Go's cache of modules, where Go refuses an overlay. So Go gets a
//! copy of the module with a file of ours, by a replacement in a copy of the user's go.mod
//! (`-modfile`).
//!
//! Invariants:
//! - The copy is of the very version that the build uses, and has its requirements, so the
//!   build list stays the same.
//! - The user's go.mod and go.sum stay as they are.
//! - The copy lies in wasi-aot's cache under a name that says what is in it, since the paths of
//!   its files are in the module. The copy of go.mod is in a temporary directory, whose path
//!   isn't.
//! - A build whose modules are chosen in another way (a workspace, a vendor directory, a version
//!   behind `@`) stays as Go has it, with a note.

use super::Package;
use super::overlay::{change, edits::Change, kept, name_of, utf8, write};
use super::toolchain::{ask, is_named};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

const MODULE: &str = "golang.org/x/term";
/// The changes in the module. Both files are the same in all versions since 0.1.
const STEPS: [(&str, Change); 2] = [
    ("term_unsupported.go", Change::Off),
    (
        "term_wasi_aot.go",
        Change::Put(include_str!("overlay/files/term.go")),
    ),
];

/// A go.mod that replaces the module.
pub struct Replacement {
    directory: TempDir,
}

impl Replacement {
    /// Makes the replacement for a build with these flags.
    ///
    /// # Errors
    /// Says why the build keeps Go's own module.
    pub fn make(package: &Package, flags: &[OsString]) -> Result<Self> {
        if matches!(package, Package::Versioned(_)) {
            bail!("a package of a version has no go.mod of its own; build it from a checkout");
        }
        let read = ask(&["env", "GOMOD", "GOWORK", "GOFLAGS"])?;
        let [go_mod, work, more] = read.lines().collect::<Vec<_>>()[..] else {
            bail!("go env has another form");
        };
        let go_mod = Path::new(go_mod);
        if !work.is_empty() && work != "off" {
            bail!("a workspace chooses the modules ({work}); set GOWORK=off");
        }
        if !go_mod.is_file() {
            bail!("the package has no go.mod");
        }
        let around = go_mod.parent().context("go.mod lies nowhere")?;
        let more = more.split_whitespace().map(OsString::from);
        if let Some(flag) = (flags.iter().cloned().chain(more))
            .find(|flag| is_named(flag, "modfile") || is_named(flag, "mod"))
        {
            bail!("{} chooses the modules", flag.display());
        }
        if around.join("vendor/modules.txt").exists() {
            bail!("the vendor directory chooses the modules; build a checkout without it");
        }
        let form = "{{.Dir}}\n{{.Version}}\n{{with .Replace}}replaced{{end}}";
        let read = ask(&["list", "-m", "-f", form, MODULE])?;
        let mut lines = read.lines();
        let (original, version) = (lines.next().unwrap_or(""), lines.next().unwrap_or(""));
        if lines.next().is_some_and(|line| !line.is_empty()) {
            bail!("go.mod replaces the module already");
        }
        let copy = copied(Path::new(original), version)?;
        let directory = tempfile::Builder::new().prefix("wasi-aot-go-").tempdir()?;
        let mut text = fs::read_to_string(go_mod)?;
        text += &format!("\nreplace {MODULE} => {}\n", quoted(&copy)?);
        fs::write(directory.path().join("go.mod"), text)?;
        if let Ok(sums) = fs::read(around.join("go.sum")) {
            fs::write(directory.path().join("go.sum"), sums)?;
        }
        Ok(Self { directory })
    }

    /// Go's flag.
    pub fn flag(&self) -> OsString {
        let mut flag = OsString::from("-modfile=");
        flag.push(self.directory.path().join("go.mod"));
        flag
    }
}

/// Copies a version of the module into the cache, with our changes. Returns the copy's path.
fn copied(original: &Path, version: &str) -> Result<std::path::PathBuf> {
    let mut files = BTreeMap::new();
    let entries = fs::read_dir(original);
    for entry in entries.with_context(|| format!("{MODULE} {version} isn't there"))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        if let Some(name) = name.filter(|name| is_part(name)) {
            files.insert(name.to_owned(), fs::read_to_string(&path)?);
        }
    }
    for (file, change) in STEPS {
        let before = files.remove(file);
        let text = change::changed(before.as_deref(), change, |_| Ok(None));
        files.insert(file.to_owned(), text.with_context(|| file.to_owned())?);
    }
    let texts = files.iter().flat_map(|(name, text)| [name, text]);
    let module = [MODULE, version].into_iter();
    let name = name_of(module.chain(texts.map(String::as_str)).map(str::as_bytes));
    let directory = kept(&name)?;
    for (name, text) in &files {
        write(&directory.join(name), text.as_bytes())?;
    }
    Ok(directory)
}

/// Whether the file is needed to compile the module.
fn is_part(name: &str) -> bool {
    name == "go.mod" || (name.ends_with(".go") && !name.ends_with("_test.go"))
}

/// A path as go.mod has paths.
fn quoted(path: &Path) -> Result<String> {
    let text = utf8(path)?;
    if text.contains(['`', '"', '\\']) || text.contains(char::is_control) {
        bail!("{text} can't stand in go.mod");
    }
    Ok(format!("\"{text}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted() {
        assert_eq!(quoted(Path::new("/a b")).unwrap(), "\"/a b\"");
        assert!(quoted(Path::new("/a`b")).is_err());
        assert!(quoted(Path::new("/a\nb")).is_err());
    }

    #[test]
    fn tests_of_the_module_are_no_part() {
        assert!(is_part("go.mod") && is_part("term.go"));
        assert!(!is_part("term_test.go") && !is_part("LICENSE"));
    }
}
