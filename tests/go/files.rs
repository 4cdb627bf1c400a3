//! Do files and directories work below a grant of the current directory?

use harness::case::{CASE, Case, Input};
use harness::suite::Family;

/// The guest `files`, compared with native Go.
const FILES: Case = Case {
    guest: "files",
    flags: &["--dir", "."],
    ..CASE
};

pub const FAMILY: Family = Family {
    name: "files",
    cases: &[
        Case {
            name: "write and read",
            args: &["write"],
            ..FILES
        },
        Case {
            name: "ways of opening",
            args: &["open"],
            ..FILES
        },
        Case {
            name: "append",
            args: &["append"],
            ..FILES
        },
        Case {
            name: "seek",
            args: &["seek"],
            ..FILES
        },
        Case {
            name: "ReadAt and WriteAt",
            args: &["at"],
            ..FILES
        },
        Case {
            name: "truncate",
            args: &["truncate"],
            ..FILES
        },
        Case {
            name: "times",
            args: &["times"],
            ..FILES
        },
        Case {
            name: "stat",
            args: &["stat"],
            ..FILES
        },
        Case {
            name: "make directories",
            args: &["mkdir"],
            ..FILES
        },
        Case {
            name: "ReadDir",
            args: &["readdir"],
            ..FILES
        },
        Case {
            name: "rename",
            args: &["rename"],
            ..FILES
        },
        Case {
            name: "remove",
            args: &["remove"],
            ..FILES
        },
        Case {
            name: "links",
            args: &["links"],
            ..FILES
        },
        Case {
            name: "WalkDir",
            args: &["walk"],
            ..FILES
        },
        Case {
            name: "a directory of 5,000 names",
            args: &["large-dir"],
            ..FILES
        },
        Case {
            name: "temporary files",
            args: &["temp"],
            ..FILES
        },
        Case {
            name: "change directory",
            args: &["chdir"],
            ..FILES
        },
        Case {
            name: "odd names",
            args: &["odd-names"],
            ..FILES
        },
        Case {
            name: "sync",
            args: &["sync"],
            ..FILES
        },
        Case {
            name: "closed files",
            args: &["closed"],
            ..FILES
        },
        Case {
            name: "many open files",
            args: &["many-open"],
            ..FILES
        },
        Case {
            name: "copy a tree",
            args: &["copy", "from", "to"],
            inputs: &[
                Input::File("work/from/a/b/c", "deep"),
                Input::File("work/from/empty", ""),
                Input::Dir("work/from/nothing"),
                Input::Sparse("work/from/zeros", 1 << 21, &[(1 << 20, 1)]),
            ],
            ..FILES
        },
        Case {
            name: "1 GiB streamed through",
            args: &["stream", "gigabyte"],
            inputs: &[Input::Sparse(
                "work/gigabyte",
                (1 << 30) + 5,
                &[(0, 1), (12_345_678, 200), (1 << 29, 77), (1 << 30, 3)],
            )],
            says: &["1073741829 bytes"],
            ..FILES
        },
    ],
};
