//! Does a Go program get what the policy grants, and nothing else?

use harness::case::{CASE, Case, Input, Reference};
use harness::compare::Stderr;
use harness::run::Ends;
use harness::suite::Family;

/// A guest that prints its environment.
const ENV: Case = Case {
    guest: "start",
    args: &["env"],
    env: &[("GIVEN", "from outside"), ("OTHER", "secret")],
    ..CASE
};

/// A guest that uses files. ROOT/work is granted, ROOT/outside isn't.
const FILES: Case = Case {
    guest: "files",
    flags: &["--dir", "."],
    inputs: OUTSIDE,
    compare: Stderr::Presence,
    ..CASE
};

const OUTSIDE: &[Input] = &[
    Input::File("work/inside", "inside\n"),
    Input::File("outside/secret", "secret\n"),
    Input::Link("work/to-outside", "../outside"),
    Input::Link("work/to-secret", "../outside/secret"),
    Input::Link("work/absolute", "/etc/passwd"),
];

const fn stated(stdout: &'static str) -> Reference {
    Reference::Stated {
        stdout,
        stderr: "",
        written: &[],
    }
}

pub const FAMILY: Family = Family {
    name: "policy",
    cases: &[
        Case {
            name: "no environment",
            reference: stated(""),
            ..ENV
        },
        Case {
            name: "one variable passes",
            flags: &["--env", "GIVEN", "--env", "ABSENT"],
            reference: stated("\"GIVEN=from outside\"\n"),
            ..ENV
        },
        Case {
            name: "a baked variable",
            flags: &[
                "--env",
                "BAKED=a=b c",
                "--env",
                "EMPTY=",
                "--env",
                "GIVEN=baked",
            ],
            reference: stated("\"BAKED=a=b c\"\n\"EMPTY=\"\n\"GIVEN=baked\"\n"),
            ..ENV
        },
        Case {
            name: "an explicit PWD wins",
            args: &["lookup", "PWD"],
            flags: &["--dir", ".", "--env", "PWD=/elsewhere"],
            reference: stated("PWD \"/elsewhere\" true\n"),
            ..ENV
        },
        Case {
            name: "counter on a denied file",
            guest: "counter",
            args: &["../outside/secret"],
            flags: &["--dir", "."],
            inputs: OUTSIDE,
            reference: Reference::Stated {
                stdout: "",
                stderr: "open ../outside/secret: No such file or directory\n",
                written: &[],
            },
            ends: Ends::Exit(1),
            ..CASE
        },
        Case {
            name: "counter without any grant",
            guest: "counter",
            args: &["inside"],
            inputs: OUTSIDE,
            reference: Reference::Stated {
                stdout: "",
                stderr: "open inside: No such file or directory\n",
                written: &[],
            },
            ends: Ends::Exit(1),
            ..CASE
        },
        Case {
            name: "nothing outside is read or written",
            args: &[
                "escape",
                "../outside/secret",
                "to-outside/secret",
                "to-secret",
                "absolute",
                "/etc/passwd",
                "{root}/outside/secret",
            ],
            reference: Reference::Stated {
                stdout: "read ../outside/secret: \"\" true\nwrite ../outside/secret: true\n\
                         read to-outside/secret: \"\" true\nwrite to-outside/secret: true\n\
                         read to-secret: \"\" true\nwrite to-secret: false\n\
                         read absolute: \"\" true\nwrite absolute: false\n\
                         read /etc/passwd: \"\" true\nwrite /etc/passwd: true\n\
                         read {root}/outside/secret: \"\" true\nwrite {root}/outside/secret: true\n",
                stderr: "",
                written: &[("work/to-secret.new", "x"), ("work/absolute.new", "x")],
            },
            ..FILES
        },
        Case {
            name: "a read-only grant reads",
            args: &["read", "inside"],
            flags: &["--dir-ro", "."],
            reference: stated("inside: 7 ok\n\"inside\\n\"\n"),
            ..FILES
        },
        Case {
            name: "a read-only grant lists",
            args: &["list", "."],
            flags: &["--dir-ro", "."],
            ..FILES
        },
        Case {
            name: "a read-only grant does not write",
            args: &["create", "new", "inside"],
            flags: &["--dir-ro", "."],
            reference: stated("new: EROFS\ninside: EROFS\n"),
            ..FILES
        },
        Case {
            name: "a named guest directory",
            args: &["read", "/data/secret", "{root}/outside/secret"],
            flags: &["--dir", "../outside::/data"],
            reference: stated(
                "/data/secret: 7 ok\n\"secret\\n\"\n{root}/outside/secret: 0 not exist\n\"\"\n",
            ),
            ..FILES
        },
        Case {
            name: "the current directory as the root",
            args: &["read", "/inside", "inside"],
            flags: &["--dir", ".::/"],
            reference: stated("/inside: 7 ok\n\"inside\\n\"\ninside: 7 ok\n\"inside\\n\"\n"),
            ..FILES
        },
        Case {
            name: "two grants with different rights",
            args: &["create", "mine", "{root}/outside/theirs"],
            flags: &["--dir", ".", "--dir-ro", "../outside"],
            reference: Reference::Stated {
                stdout: "mine: ok\n{root}/outside/theirs: EROFS\n",
                stderr: "",
                written: &[("work/mine", "created\n")],
            },
            ..FILES
        },
    ],
};
