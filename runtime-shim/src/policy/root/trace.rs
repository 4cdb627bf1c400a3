//! `--trace-denied`: says which names the program asked for in vain, and which flag would grant
//! them.
//!
//! Invariant: a line is written to the host's descriptor 2 only, and text from the guest can't
//! steer a terminal ([`crate::report`]).

use crate::policy::cpath::{self, CPath};
use crate::report::{Printable, Stderr};
use core::fmt::Write;

/// Reports a `path` that leads from the directory `base` of the root to nothing. `in_root`: the
/// program's working directory is the root itself, so the name may have been a relative one.
pub fn missing(base: &[u8], path: &CPath, in_root: bool) {
    let mut from = CPath::new();
    // A path that is too long is shown without the directory that it starts in.
    let _ = from.push(b"/").and_then(|()| from.push(base));
    let Ok(mut name) = cpath::absolute(from.as_bytes(), path.as_bytes()) else {
        return;
    };
    let mut line = Stderr::new();
    line.program_name();
    let _ = write!(line, "not granted: {}", Printable(name.as_bytes()));
    name.pop_component();
    // Neither formatting nor `Stderr` fails.
    let _ = write!(line, " (--dir-ro {}", Printable(name.as_bytes()));
    let _ = line.write_str(if in_root {
        ", or --dir-ro . for a relative name)\n"
    } else {
        ")\n"
    });
    line.flush();
}
