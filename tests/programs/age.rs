//! age, a tool that encrypts files.

use crate::program::{Before, By, Program, Stdin, USE, Use};

pub const PROGRAM: Program = Program {
    package: "filippo.io/age/cmd/age@v1.2.1",
    since: "1.21",
    grants: &["--arg-files", "rw"],
    mixes_stderr: false,
    uses: [
        Use {
            name: "decrypts a file",
            files: &[KEY, ONE],
            args: &["-d", "-i", "key.txt", "one.age"],
            says: &["a small secret"],
            ..USE
        },
        Use {
            name: "decrypts what was encrypted for two",
            files: &[OTHER_KEY, ("two.age", TWO)],
            args: &["-d", "-i", "other.txt", "-o", "plain", "two.age"],
            ..USE
        },
        Use {
            name: "encrypts",
            files: &[("plain", PLAIN)],
            args: &["-r", RECIPIENT, "-o", "new.age", "plain"],
            random: &["new.age"],
            ..USE
        },
        Use {
            name: "decrypts what the other one encrypted",
            files: &[KEY, ("plain", PLAIN)],
            before: &[Before {
                by: By::Other,
                args: &["-r", RECIPIENT, "-o", "new.age", "plain"],
            }],
            args: &["-d", "-i", "key.txt", "new.age"],
            says: &["what the other one wrote"],
            random: &["new.age"],
            ..USE
        },
        Use {
            name: "encrypts to a list in text form",
            files: &[("plain", PLAIN), ("team", TEAM)],
            args: &["-a", "-R", "team", "-o", "new.age", "plain"],
            random: &["new.age"],
            ..USE
        },
        Use {
            name: "decrypts what it encrypted to itself",
            files: &[KEY, ("plain", PLAIN)],
            before: &[
                Before {
                    by: By::Same,
                    args: &["-e", "-i", "key.txt", "-o", "once.age", "plain"],
                },
                Before {
                    by: By::Same,
                    args: &["-e", "-a", "-i", "key.txt", "-o", "twice.age", "once.age"],
                },
                Before {
                    by: By::Other,
                    args: &["-d", "-i", "key.txt", "-o", "again.age", "twice.age"],
                },
            ],
            args: &["-d", "-i", "key.txt", "-o", "-", "again.age"],
            says: &["what the other one wrote"],
            random: &["once.age", "twice.age", "again.age"],
            ..USE
        },
        Use {
            name: "has no key for the file",
            files: &[OTHER_KEY, ONE],
            args: &["-d", "-i", "other.txt", "one.age"],
            code: 1,
            says: &["no identity matched any of the recipients"],
            ..USE
        },
        Use {
            name: "sees that a file was changed",
            files: &[KEY, ("bad.age", BAD)],
            args: &["-d", "-i", "key.txt", "-o", "plain", "bad.age"],
            code: 1,
            says: &["error"],
            ..USE
        },
        Use {
            name: "takes no recipient with a mistake",
            args: &["-r", "age1qqq", "-o", "new.age"],
            stdin: Stdin::Text("x"),
            code: 1,
            says: &["malformed recipient"],
            ..USE
        },
        Use {
            name: "takes no file for input and output",
            files: &[("plain", PLAIN)],
            args: &["-r", RECIPIENT, "-o", "plain", "plain"],
            code: 1,
            says: &["same"],
            ..USE
        },
    ],
};

const PLAIN: &str = "what the other one wrote\n";

const RECIPIENT: &str = "age1f67d27txawp79yg0g0yz6hyplu5we0v30zq6fdu4k2wah8xg8vhqrrdu00";

const TEAM: &str = "# Both.\nage1f67d27txawp79yg0g0yz6hyplu5we0v30zq6fdu4k2wah8xg8vhqrrdu00\nage14ftx485j34nnzfrjc4yfg70wps02n4a73wlgnynpggel5vctdchqjdpw50\n";

const KEY: (&str, &str) = (
    "key.txt",
    "# A key for tests.\nAGE-SECRET-KEY-10S6DVD7Y0L35XACM952HYA8JYVNW3Z4RU2UGT495Y42LAEP7M0RSZHNYLX\n",
);

const OTHER_KEY: (&str, &str) = (
    "other.txt",
    "AGE-SECRET-KEY-1QFJJ6UHXPM5A6DXGZ56UT7F4CRN58W4FK3D8UVQWKCFXYWT9ZMLQEHLP2C\n",
);

const ONE: (&str, &str) = (
    "one.age",
    "-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSB1Q25NTWJYTzUvQ1NGOFY0
cktlVlFLNnJpZUtIeDRVRk9yY0wvK3czV0JRCktzTkN3Y0VSck5hbTVINDlTemN1
TndPaCs2alpqNER0clY2Sk15ckhoN28KLS0tIDJEUldoYkJaNE1rZ2QvMjF2cHNm
cGZGcW1SRW9WRCtKb1p4eUZ5VUE3ZHMKSdJ2rSr6AEGmlaF+mrPo2uC2Jb3lDTCq
w+kFy9i90rISRV4/+coMTC2t3AQYlIs=
-----END AGE ENCRYPTED FILE-----
",
);

const TWO: &str = "-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBhMitXejRqYktoTkhPSDR0
SEQ3MlMwcEVLcCt6RzR4dmNQUHFmOEJHSzM0CmVycGlaWlg4SGRvRC8yMEI4Z0ho
Q1ppYWs5MTVnNUpaWnpyMmdSMlA1V2sKLT4gWDI1NTE5IDhIY2ZscWIvT3FyNUR6
dXJaWGpjZ3NpSXFCSmJZNDlycENQYW94UHRKRUkKWjdoUUJmOThZZnhTR2hYaVpS
Wi9BZEtGdjlKb3BkUy8xbFFkS0NFYjBVdwotLS0gNFRFUTE5WkJFT2ZFU1FBMU5h
WFhtRG1YTnVRL2Jiak0xK1hYcHVrdUxwbwo0M8ZVZaRqXYWlYwrIfL79dIoW5HW8
HYRWZLw+2Ic6kYpl41912Ps65Q==
-----END AGE ENCRYPTED FILE-----
";

/// [`ONE`] with another byte in its payload.
const BAD: &str = "-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSB1Q25NTWJYTzUvQ1NGOFY0
cktlVlFLNnJpZUtIeDRVRk9yY0wvK3czV0JRCktzTkN3Y0VSck5hbTVINDlTemN1
TndPaCs2alpqNER0clY2Sk15ckhoN28KLS0tIDJEUldoYkJaNE1rZ2QvMjF2cHNm
cGZGcW1SRW9WRCtKb1p4eUZ5VUE3ZHMKSdJ3rSr6AEGmlaF+mrPo2uC2Jb3lDTCq
w+kFy9i90rISRV4/+coMTC2t3AQYlIs=
-----END AGE ENCRYPTED FILE-----
";
