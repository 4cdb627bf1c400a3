//! shfmt, a formatter of shell scripts.

use crate::program::{Program, Stdin, USE, Use};

pub const PROGRAM: Program = Program {
    package: "mvdan.cc/sh/v3/cmd/shfmt@v3.8.0",
    since: "1.21",
    grants: &["--dir", "."],
    mixes_stderr: false,
    uses: [
        Use {
            name: "from a pipe",
            stdin: Stdin::Text(UGLY),
            says: &["\techo \"$x\""],
            ..USE
        },
        Use {
            name: "a file by other rules",
            files: UGLY_FILE,
            args: &["-i", "2", "-ci", "-bn", "-sr", "ugly.sh"],
            says: &["  case"],
            ..USE
        },
        Use {
            name: "in place",
            files: UGLY_FILE,
            args: &["-w", "ugly.sh"],
            ..USE
        },
        Use {
            name: "the names of files in a tree",
            files: &[
                ("a.sh", "if  true; then echo; fi\n"),
                ("good.sh", "echo\n"),
                ("d/b", "#!/bin/sh\necho   x\n"),
                ("d/c.txt", "echo   x\n"),
            ],
            args: &["-l", "."],
            code: 0,
            says: &["a.sh"],
            ..USE
        },
        Use {
            name: "a difference",
            files: UGLY_FILE,
            args: &["-d", "ugly.sh"],
            code: 1,
            says: &["ugly.sh.orig"],
            ..USE
        },
        Use {
            name: "rules of .editorconfig",
            files: &[
                (
                    ".editorconfig",
                    "root = true\n[*.sh]\nindent_style = space\nindent_size = 3\n",
                ),
                ("x.sh", UGLY),
            ],
            args: &["x.sh"],
            says: &["   echo \"$x\""],
            ..USE
        },
        Use {
            name: "the syntax tree as JSON",
            args: &["--to-json"],
            stdin: Stdin::Text("echo $((1 + 2)) | tr a-z A-Z\n"),
            says: &["\"Type\": \"File\""],
            ..USE
        },
        Use {
            name: "simpler code of mksh",
            args: &["-s", "-ln", "mksh"],
            stdin: Stdin::Text(
                "x=${ echo 1; }; if [[ \"$x\" == 1 ]]; then echo $(( $x + 1 )); fi\n",
            ),
            says: &["x + 1"],
            ..USE
        },
        Use {
            name: "a bashism that POSIX lacks",
            files: &[("x.sh", "#!/bin/sh\na=(1 2)\n")],
            args: &["x.sh"],
            code: 1,
            says: &["arrays are a bash"],
            ..USE
        },
        Use {
            name: "a quote that doesn't end",
            args: &["-filename", "in.sh"],
            stdin: Stdin::Text("echo \"x\n"),
            code: 1,
            says: &["in.sh:1:6: reached EOF without closing quote"],
            ..USE
        },
    ],
};

const UGLY: &str = "foo ( ) {
   for x in a b ;do  echo \"$x\"
 done
case $1 in a) ls -l|wc ;; *) cat <<EOF >out
  here $x
EOF
;; esac
true &&
 false # why
}
";

const UGLY_FILE: &[(&str, &str)] = &[("ugly.sh", UGLY)];
