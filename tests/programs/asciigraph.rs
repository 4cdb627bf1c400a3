//! asciigraph, which draws graphs on a terminal, and draws them again as data arrives.

use crate::program::{Program, Stdin, USE, Use};

pub const PROGRAM: Program = Program {
    package: "github.com/guptarohit/asciigraph/cmd/asciigraph@v0.7.3",
    since: "1.21",
    grants: &[],
    mixes_stderr: false,
    uses: [
        Use {
            name: "a graph",
            stdin: Stdin::Text(WAVE),
            says: &["┤"],
            ..USE
        },
        Use {
            name: "of a size and with a caption",
            args: &["-h", "6", "-w", "50", "-c", "wave"],
            stdin: Stdin::Text(WAVE),
            says: &["wave"],
            ..USE
        },
        Use {
            name: "two series in colours with legends",
            args: &[
                "-sn", "2", "-sc", "red,blue", "-sl", "up,down", "-ac", "green",
            ],
            stdin: Stdin::Text("1,9\n2,7\n4,6\n5,4\n7,1\n9,0\n"),
            says: &["\u{1b}[91m"],
            ..USE
        },
        Use {
            name: "bounds and precision",
            args: &["-lb", "-10", "-ub", "20", "-p", "0", "-o", "8", "-h", "5"],
            stdin: Stdin::Text(WAVE),
            says: &["-10"],
            ..USE
        },
        Use {
            name: "another delimiter",
            args: &["-d", ";", "-sn", "3", "-h", "4"],
            stdin: Stdin::Text("1;2;3\n2;3;1\n3;1;2\n"),
            says: &["╮"],
            ..USE
        },
        Use {
            name: "drawn again for each point",
            args: &["-r", "-f", "100000000", "-h", "3", "-w", "20"],
            stdin: Stdin::Turns(&[("1\n", "1.00"), ("5\n", "5.00"), ("2\n3\n9\n", "9.00")]),
            says: &["\u{1b}[2J"],
            ..USE
        },
        Use {
            name: "values that aren't numbers",
            args: &["-h", "3"],
            stdin: Stdin::Text("1\nmany\n3\n1e2x\n4\n"),
            says: &["ignore \"many\": cannot parse value"],
            ..USE
        },
        Use {
            name: "too few columns",
            args: &["-sn", "3"],
            stdin: Stdin::Text("1,2,3\n1,2\n"),
            code: 1,
            says: &["less than the specified series number"],
            ..USE
        },
        Use {
            name: "a colour that doesn't exist",
            args: &["-sc", "reddish"],
            code: 2,
            says: &["unrecognized color"],
            ..USE
        },
        Use {
            name: "very large and very small numbers",
            args: &["-h", "4", "-p", "3"],
            stdin: Stdin::Text("1e300\n-1e300\n0\n1e-300\nNaN\n5e299\n"),
            says: &["┤"],
            ..USE
        },
    ],
};

const WAVE: &str =
    "0\n3.1\n5.9\n8.1\n9.5\n10\n9.5\n8.1\n5.9\n3.1\n0\n-3.1\n-5.9\n-8.1\n-9.5\n-10\n-9.5\n";
