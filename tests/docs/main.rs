//! Are the documents right? The tests run their commands and follow their links.
//!
//! Every `*.md` of the repository has one test for its links ([`links`]) and the files that
//! it names ([`names`]). Every document that isn't a record of results ([`find`]) has one
//! test that runs its `console` blocks in bash and compares the output ([`document`]).
//! [`markdown`] says how a document is written. `WASI_AOT_BLESS=1` writes the output into
//! the documents instead; review the diff. [`archive`] checks the links of the documents
//! that `make dist` packs.
//!
//! The last lines of the suite say how many commands it ran, and which it only shows.

mod align;
mod archive;
mod document;
mod find;
mod links;
mod markdown;
mod names;
mod session;

use document::Tally;
use harness::go::{NEWEST, Toolchain};
use harness::paths;
use harness::suite::test;
use harness::tool::Tool;
use std::fs;
use std::sync::{Arc, Mutex};

fn main() -> anyhow::Result<()> {
    let tool = Arc::new(Tool::new()?);
    let go = Arc::new(Toolchain::new(NEWEST)?);
    let tally = Arc::<Mutex<Tally>>::default();

    let tree = Arc::new(find::tree(paths::root())?);

    let mut trials = Vec::new();
    for file in find::documents(&tree) {
        if find::is_current(&file) {
            let (tool, go, tally) = (Arc::clone(&tool), Arc::clone(&go), Arc::clone(&tally));
            let document = file.clone();
            trials.push(test(file.clone(), move || {
                document::check(&document, &tool, &go, &tally)
            }));
        }
        let tree = Arc::clone(&tree);
        trials.push(test(format!("links of {file}"), move || {
            links::check(paths::root(), &file)?;
            if find::is_current(&file) {
                let text = fs::read_to_string(paths::root().join(&file))?;
                names::check(&file, &text, &tree)?;
            }
            Ok(())
        }));
    }
    trials.push(test("links of the archive", archive::check));
    let checks = [
        align::CHECKS,
        document::CHECKS,
        links::CHECKS,
        markdown::CHECKS,
        names::CHECKS,
        session::CHECKS,
    ];
    for &(name, check) in checks.into_iter().flatten() {
        trials.push(test(format!("runner: {name}"), check));
    }

    harness::main_then(trials, |_| {
        print!("{}", tally.lock().expect("no panic while held"));
        Ok(())
    })
}
