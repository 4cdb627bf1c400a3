use super::*;
use std::ffi::OsStr;
use wasi_aot_contract::manifest::records;

fn grant(access: Access, value: &str) -> Grant {
    Grant::parse(access, OsStr::new(value)).unwrap()
}

fn rw(value: &str) -> Grant {
    grant(Access::ReadWrite, value)
}

fn ro(value: &str) -> Grant {
    grant(Access::ReadOnly, value)
}

fn check(grants: &[Grant]) -> Result<(), String> {
    let policy = Policy {
        grants: grants.to_vec(),
        ..Policy::default()
    };
    policy.check().map_err(|error| error.to_string())
}

fn parse_error(value: &str) -> String {
    let error = Grant::parse(Access::ReadWrite, OsStr::new(value)).unwrap_err();
    error.to_string()
}

#[test]
fn a_grant_divides_at_the_last_colons() {
    let parts = |value| {
        let Grant { host, guest, .. } = rw(value);
        (host, guest)
    };
    let bytes = |text: &str| text.as_bytes().to_vec();
    assert_eq!(parts("."), (bytes("."), None));
    assert_eq!(parts(".::/"), (bytes("."), Some(bytes("/"))));
    assert_eq!(parts("a::b::/c"), (bytes("a::b"), Some(bytes("/c"))));
    assert_eq!(parts("a:b"), (bytes("a:b"), None));
    assert_eq!(parts("x:::/g"), (bytes("x:"), Some(bytes("/g"))));
    assert_eq!(parts("d:://./a//b/"), (bytes("d"), Some(bytes("/a/b"))));
}

#[test]
fn a_guest_path_must_be_absolute_and_plain() {
    for value in ["d::data", "d::", "d::.", "d::/a/../b"] {
        assert!(
            parse_error(value).starts_with("GUEST must be absolute"),
            "{value}"
        );
    }
    assert_eq!(parse_error(""), "what is granted has an empty name");
    assert_eq!(parse_error("::/a"), "what is granted has an empty name");
    let built = Grant {
        guest: Some(b"/a/".to_vec()),
        ..rw("d")
    };
    assert!(
        check(&[built])
            .unwrap_err()
            .contains("must be absolute and plain")
    );
}

#[test]
fn a_guest_path_stands_for_one_directory() {
    let twice = |a, b| check(&[a, b]).unwrap_err().contains("is granted twice");
    assert!(twice(rw("a::/data"), ro("b::/data")));
    assert!(twice(rw("/data"), rw("b::/data")));
    assert!(twice(rw("."), rw("./")));
    assert!(twice(ro("/a/b"), ro("/a//b/")));
    assert_eq!(check(&[rw("a"), rw("b"), rw("c::/a")]), Ok(()));
}

#[test]
fn a_host_begins_with_a_place_that_is_known() {
    for value in [
        "@home",
        "?@config/a",
        "@tmp",
        "./@x",
        "?./@x",
        "?x",
        "@state/a/b",
    ] {
        assert_eq!(check(&[rw(value)]), Ok(()), "{value}");
        assert_eq!(rw(value).host, value.as_bytes());
    }
    assert_eq!(check(&[ro("@exe/share::/share"), ro("?@exe::/x")]), Ok(()));
    assert_eq!(
        parse_error("?@hom/x"),
        "?@hom/x isn't one of the places @home, @config, @cache, @data, @state, @tmp, @exe; write \
         ./@hom/x for a directory of that name"
    );
    for (value, says) in [
        ("?", "what is granted has an empty name"),
        (
            "@home/a/../..",
            "must be without .., which could leave @home",
        ),
        ("@tmp/a", "@tmp/a must be @tmp alone"),
        ("?@tmp", "?@tmp must be @tmp alone"),
        ("@exe/x", "@exe/x can only be read"),
        ("?~/x", "~/x would be taken literally"),
        ("?$HOME", "$HOME would be taken literally"),
        ("@home:/x", "@home:/x has a single colon"),
    ] {
        let error = parse_error(value);
        assert!(error.contains(says), "{error}");
    }
    let read_only = Grant::parse(Access::ReadOnly, OsStr::new("@tmp")).unwrap_err();
    assert!(read_only.to_string().contains("must be writable"));
    let policy = Policy {
        files: vec![rw("@tmp")],
        ..Policy::default()
    };
    assert!(
        policy
            .check()
            .unwrap_err()
            .to_string()
            .contains("grant it with --dir @tmp")
    );
}

#[test]
fn a_place_is_compared_with_itself_alone() {
    let inside = |a, b| {
        check(&[a, b])
            .unwrap_err()
            .contains("can't be read-only inside")
    };
    assert!(inside(ro("@home/a"), rw("?@home")));
    assert!(inside(ro("?/etc/x"), rw("/etc")));
    let twice = |a, b| check(&[a, b]).unwrap_err().contains("is granted twice");
    assert!(twice(rw("?data"), rw("./data/")));
    assert!(twice(rw("@config/a"), rw("@config//a/.")));
    let rights = check(&[rw("@home::/a"), ro("?@home::/b")]).unwrap_err();
    assert!(rights.contains("is granted with --dir and with --dir-ro"));
    // Directories that only the start knows, and plain names that look like places.
    assert_eq!(check(&[rw("@home"), ro("@config/a")]), Ok(()));
    assert_eq!(check(&[rw("@home"), ro("./@home")]), Ok(()));
    assert_eq!(check(&[rw("."), ro("@exe"), ro("@data/x")]), Ok(()));
    assert_eq!(check(&[rw("/"), ro("@data/x")]), Ok(()));
    assert_eq!(check(&[rw("@tmp"), rw("@tmp::/tmp")]), Ok(()));
}

#[test]
fn time_zones_are_plain_records() {
    let with = |policy: Policy| {
        let policy = Policy {
            time_zones: true,
            ..policy
        };
        policy.check().unwrap();
        let holds_etc = |grant: &Grant| grant.host == b"/" || grant.host == b"/etc";
        assert!(policy.has_files() != policy.grants.iter().any(holds_etc));
        let manifest = policy.manifest();
        let records = records(&manifest).unwrap().map(Result::unwrap);
        records
            .map(|record| format!("{record:?}"))
            .collect::<Vec<_>>()
    };
    let (access, guest) = (Access::ReadOnly, &b""[..]);
    let dir = |host| Record::Dir {
        access,
        host,
        guest,
    };
    let zones = [
        dir(b"?/usr/share/zoneinfo"),
        dir(b"?/etc/zoneinfo"),
        Record::File {
            access,
            host: b"?/etc/localtime",
            guest,
        },
        Record::EnvPass { name: b"TZ" },
        Record::Env {
            assignment: b"ZONEINFO=/usr/share/zoneinfo",
        },
    ];
    let shown = |records: &[Record<'_>]| {
        let records = records.iter().map(|record| format!("{record:?}"));
        records.collect::<Vec<_>>()
    };
    assert_eq!(with(Policy::default()), shown(&zones));
    // What is granted and set already stays as it is.
    let etc = Policy {
        grants: vec![rw("/etc")],
        env: vec![EnvVar::Set {
            name: b"TZ".to_vec(),
            value: b"UTC".to_vec(),
        }],
        ..Policy::default()
    };
    let records = with(etc);
    let record = Record::Env {
        assignment: b"TZ=UTC",
    };
    assert_eq!(records[1..], shown(&[zones[0], record, zones[4]]));
    let all = Policy {
        grants: vec![rw("/")],
        ..Policy::default()
    };
    assert_eq!(with(all)[1..], shown(&zones[3..]));
    let elsewhere = Policy {
        grants: vec![rw("/::/host")],
        time_zones: true,
        ..Policy::default()
    };
    assert!(elsewhere.check().is_err());
}

#[test]
fn one_directory_has_one_set_of_rights() {
    let contradiction = |a, b| {
        let message = check(&[a, b]).unwrap_err();
        message.ends_with("is granted with --dir and with --dir-ro; drop one of them")
    };
    assert!(contradiction(rw("a::/w"), ro("./a/::/r")));
    assert!(contradiction(ro("/a"), rw("/a/.::/w")));
    assert!(contradiction(rw("."), ro(".")));
    assert_eq!(check(&[rw("a::/x"), rw("a::/y")]), Ok(()));
}

#[test]
fn read_only_inside_writable_is_refused_and_not_the_reverse() {
    let message = check(&[ro("./conf"), rw(".")]).unwrap_err();
    assert_eq!(
        message,
        "./conf can't be read-only inside ., which is writable; grant both with --dir-ro or neither"
    );
    assert!(check(&[rw("/"), ro("/etc")]).is_err());
    assert!(check(&[rw("a/b"), ro("a/b/c/d")]).is_err());
    assert_eq!(check(&[ro("."), rw("./out")]), Ok(()));
    assert_eq!(check(&[rw("a"), ro("ab")]), Ok(()));
    // The targets of these paths are known only when the program starts.
    assert_eq!(check(&[rw("."), ro("a/../../b")]), Ok(()));
    assert_eq!(check(&[rw("."), ro("/home")]), Ok(()));
}

#[test]
fn sizes_have_binary_and_decimal_units() {
    let sizes = [
        ("65536", 65536),
        ("64k", 1 << 16),
        ("64KiB", 1 << 16),
        ("256M", 1 << 28),
        ("1gib", 1 << 30),
        ("2T", 2 << 40),
        ("10kB", 10_000),
        ("10MB", 10_000_000),
        ("10gb", 10_000_000_000),
        ("1TB", 1_000_000_000_000),
        ("7B", 7),
        ("0", 0),
    ];
    for (text, bytes) in sizes {
        assert_eq!(parse_size(text).unwrap(), bytes, "{text}");
    }
    for text in [
        "",
        "M",
        "64MX",
        "1.5G",
        "-1",
        "1 G",
        "64KiBs",
        "99999999999999999999",
        "16777216T",
    ] {
        assert!(parse_size(text).is_err(), "{text}");
    }
}

#[test]
fn limits_are_checked_and_memory_is_whole_pages() {
    let with = |max_memory, stack_size| Policy {
        max_memory,
        stack_size,
        ..Policy::default()
    };
    for bytes in [0, MIN_STACK_SIZE + 65535, (2 << 40) + 1] {
        assert!(with(Some(bytes), None).check().is_err(), "{bytes}");
    }
    for bytes in [0, MIN_STACK_SIZE - 1, (1 << 40) + 1] {
        assert!(with(None, Some(bytes)).check().is_err(), "{bytes}");
    }
    let least = MIN_STACK_SIZE + 65536;
    assert!(with(Some(least), Some(MIN_STACK_SIZE)).check().is_ok());
    assert!(with(Some(least), Some(least)).check().is_err());
}

#[test]
fn processor_time_has_a_unit() {
    for (text, milliseconds) in [
        ("1ms", 1),
        ("10s", 10_000),
        ("2m", 120_000),
        ("1h", 3_600_000),
    ] {
        assert_eq!(parse_time(text).unwrap(), milliseconds, "{text}");
    }
    for text in [
        "",
        "s",
        "10",
        "1.5s",
        "-1s",
        "1 s",
        "10S",
        "1sec",
        "99999999999999999999h",
    ] {
        let error = parse_time(text).unwrap_err().to_string();
        assert!(error.contains("isn't a valid time; write 500ms"), "{error}");
    }
    assert!(parse_time("9999999999999999h").is_err());
    for (milliseconds, fine) in [
        (0, false),
        (1, true),
        (3_600_000_000, true),
        (3_600_000_001, false),
    ] {
        let policy = Policy {
            max_cpu: Some(milliseconds),
            ..Policy::default()
        };
        assert_eq!(policy.check().is_ok(), fine, "{milliseconds}");
    }
}

#[test]
fn rights_are_no_part_of_a_name() {
    let says = |access, text: &str| {
        let refused = Grant::parse(access, OsStr::new(text)).map(drop);
        refused.map_err(|error| error.to_string())
    };
    let (ro, rw) = (Access::ReadOnly, Access::ReadWrite);
    for (access, text, hint) in [
        (rw, "data:ro", "write --dir-ro data ("),
        (ro, "data:rw", "write --dir data ("),
        (ro, "data:ro", "add ::GUEST for a name"),
        (rw, "data::/x:ro", "write --dir-ro data::/x ("),
        (rw, "data::/x:rw", "or add / for a name"),
    ] {
        let refused = says(access, text).unwrap_err();
        assert!(refused.contains(hint), "{text}: {refused}");
    }
    for name in ["data:ro::/data", "data::/x:ro/", "data:r", "./a:ro/b"] {
        assert_eq!(says(rw, name), Ok(()), "{name}");
    }
}

#[test]
fn a_variable_is_named_without_a_dollar() {
    let refused = |text: &str| EnvVar::parse(OsStr::new(text)).unwrap_err().to_string();
    for (text, hint) in [
        ("$A", "write --env A to pass"),
        ("${HOME}=x", "write --env HOME to pass"),
        ("$", "write --env NAME to pass"),
    ] {
        let refused = refused(text);
        assert!(refused.contains(hint), "{text}: {refused}");
    }
    // A value is anything.
    EnvVar::parse(OsStr::new("A=$B")).unwrap();
}

#[test]
fn variables_are_set_or_passed() {
    let parse = |text: &str| EnvVar::parse(OsStr::new(text));
    let set = parse("A=b=c").unwrap();
    assert_eq!(set.assignment(), b"A=b=c");
    assert!(matches!(parse("HOME").unwrap(), EnvVar::Pass { name } if name == b"HOME"));
    assert!(matches!(parse("E=").unwrap(), EnvVar::Set { value, .. } if value.is_empty()));
    let long = parse("A=b c, d").unwrap();
    assert_eq!(long.assignment(), b"A=b c, d");
    for wrong in ["", "=x", "A B", "TERM,HOME", "A B=1", "A\tB"] {
        let error = EnvVar::parse(OsStr::new(wrong)).unwrap_err().to_string();
        assert!(error.contains("as in --env A --env B=1"), "{error}");
    }
}

#[test]
fn the_manifest_says_it_all_in_order() {
    let env = ["A=1", "HOME", "A=2", "B=3", "B"];
    let policy = Policy {
        grants: vec![rw("."), ro("/etc::/conf")],
        files: vec![ro("/etc/hosts"), rw("log::/log")],
        arg_files: Some(Access::ReadOnly),
        listen_fds: true,
        listeners: ["0.0.0.0:80", "[0::1]:81"]
            .map(|l| l.parse().unwrap())
            .into(),
        listen_report: Some(b"/run/address".to_vec()),
        env: env.map(|v| EnvVar::parse(OsStr::new(v)).unwrap()).into(),
        inherit_env: true,
        max_memory: Some(1 << 21),
        stack_size: Some(1 << 20),
        max_cpu: Some(1500),
        no_harden: true,
        require_harden: false,
        refuse_own_directory: true,
        no_signals: true,
        host_name: true,
        tty: true,
        umask: Some(0o77),
        trace_denied: true,
        time_zones: false,
        hole: Some(b"/cache".to_vec()),
    };
    policy.check().unwrap();
    let manifest = policy.manifest();
    let read: Vec<_> = records(&manifest).unwrap().map(Result::unwrap).collect();
    let expected = [
        Record::Dir {
            access: Access::ReadWrite,
            host: b".",
            guest: b"",
        },
        Record::Dir {
            access: Access::ReadOnly,
            host: b"/etc",
            guest: b"/conf",
        },
        Record::File {
            access: Access::ReadOnly,
            host: b"/etc/hosts",
            guest: b"",
        },
        Record::File {
            access: Access::ReadWrite,
            host: b"log",
            guest: b"/log",
        },
        Record::ArgFiles {
            access: Access::ReadOnly,
        },
        Record::ListenFds,
        Record::Listen {
            address: b"0.0.0.0:80",
        },
        Record::Listen {
            address: b"[::1]:81",
        },
        Record::ListenReport {
            path: b"/run/address",
        },
        Record::EnvPass { name: b"HOME" },
        Record::Env { assignment: b"A=2" },
        Record::EnvPass { name: b"B" },
        Record::EnvInherit,
        Record::StackSize { bytes: 1 << 20 },
        Record::MaxMemory { bytes: 1 << 21 },
        Record::MaxCpu { milliseconds: 1500 },
        Record::NoHarden,
        Record::RefuseOwnDirectory,
        Record::Hole { path: b"/cache" },
        Record::NoSignals,
        Record::HostName,
        Record::Tty,
        Record::Umask { bits: 0o77 },
        Record::TraceDenied,
    ];
    assert_eq!(read, expected);
    let required = Policy {
        require_harden: true,
        ..Policy::default()
    };
    let manifest = required.manifest();
    let mut read = records(&manifest).unwrap();
    assert_eq!(read.next(), Some(Ok(Record::RequireHarden)));
    assert_eq!(read.next(), None);
    let empty = Policy::default().manifest();
    assert_eq!(records(&empty).unwrap().count(), 0);
}

#[test]
fn a_fence_is_not_both_required_and_left_out() {
    let policy = Policy {
        no_harden: true,
        require_harden: true,
        ..Policy::default()
    };
    let message = policy.check().unwrap_err().to_string();
    assert!(
        message.starts_with("--require-harden contradicts --no-harden"),
        "{message}"
    );
}

#[test]
fn nul_bytes_are_refused_on_one_line() {
    let policy = Policy {
        grants: vec![Grant {
            host: b"a\0\nb".to_vec(),
            ..rw("a")
        }],
        ..Policy::default()
    };
    let message = policy.check().unwrap_err().to_string();
    assert_eq!(message, "\"a\\0\\nb\" contains a NUL byte");
}

#[test]
fn what_only_a_shell_replaces_is_refused_with_a_way_out() {
    for value in [
        "~",
        "~/x",
        "~user/x",
        "~/x::/x",
        "$HOME",
        "${HOME}/x",
        "$_x::/x",
    ] {
        let error = parse_error(value);
        let host = value.split("::").next().unwrap();
        assert!(
            error.contains("only a shell replaces") && error.contains(&format!("write ./{host}")),
            "{error}"
        );
    }
    for value in ["./~", "./$HOME", "a~", "a$b", "$", "$1", "/srv/$x"] {
        assert_eq!(rw(value).host, value.as_bytes());
    }
}

#[test]
fn a_single_colon_before_an_absolute_path_is_refused() {
    assert_eq!(
        parse_error(".:/"),
        ".:/ has a single colon; write .::/ for HOST::GUEST, or add ::GUEST for a directory of \
         that name"
    );
    for (value, advice) in [("/srv:/data", "/srv::/data"), ("a:/b:ro", "--dir-ro a::/b")] {
        assert!(parse_error(value).contains(&format!("write {advice} ")));
    }
    assert_eq!(rw(".:/::/").host, b".:/");
    assert_eq!(rw("a:b").host, b"a:b");
}
