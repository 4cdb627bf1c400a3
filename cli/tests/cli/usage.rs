//! Arguments: refusals with their messages, and the text of the help.

use crate::workspace::Workspace;

fn usage_error(args: &[&str]) -> String {
    Workspace::new().fail(2, args)
}

#[test]
fn unknown_values_are_refused_with_the_known_ones() {
    assert_eq!(
        usage_error(&["build", "-O3", "nothing.wasm"]),
        "invalid value '3' for '-O <LEVEL>'; possible values: 0, 1, 2"
    );
    assert_eq!(
        usage_error(&["build", "--emit", "dll", "nothing.wasm"]),
        "invalid value 'dll' for '--emit <KIND>'; possible values: exe, obj, ir, clif, asm"
    );
    let error = usage_error(&["build", "--target", "darwin/arm64", "nothing.wasm"]);
    assert!(error.contains("linux/amd64, linux/arm64"), "{error}");
}

#[test]
fn functions_are_chosen_for_text_alone() {
    assert_eq!(
        usage_error(&["build", "--function", "main", "nothing.wasm"]),
        "--function chooses what --emit ir, clif or asm writes; leave it out"
    );
    let error = usage_error(&["build", "--function", "(", "nothing.wasm"]);
    assert!(
        error.starts_with("--function: ( isn't a regular expression: "),
        "{error}"
    );
}

#[test]
fn malformed_policy_values_say_what_is_expected() {
    for (flag, value, expected) in [
        (
            "--dir",
            ".::data",
            "GUEST must be absolute and without .., like /data, not data",
        ),
        (
            "--dir",
            "~/x",
            "~/x would be taken literally: only a shell replaces ~, and not inside quotes or \
             after =; write ./~/x for a directory of that name",
        ),
        (
            "--dir-ro",
            "$HOME",
            "$HOME would be taken literally: only a shell replaces variables, and not inside \
             single quotes; write ./$HOME for a directory of that name",
        ),
        (
            "--dir",
            ".:/",
            ".:/ has a single colon; write .::/ for HOST::GUEST, or add ::GUEST for a directory \
             of that name",
        ),
        (
            "--max-memory",
            "64MX",
            "64MX isn't a valid size; write 65536, 64KiB, 256M or 1GB",
        ),
        (
            "--max-cpu",
            "10",
            "10 isn't a valid time; write 500ms, 10s, 2m or 1h",
        ),
        (
            "--env",
            "A B",
            "\"A B\" isn't a valid name for an environment variable; give each variable its own \
             flag, as in --env A --env B=1",
        ),
        (
            "--env",
            "TERM,HOME",
            "TERM,HOME isn't a valid name for an environment variable; give each variable its own \
             flag, as in --env A --env B=1",
        ),
        (
            "--listen",
            "localhost:80",
            "localhost isn't an IP address; write the address, as in 127.0.0.1:80",
        ),
        (
            "--jobs",
            "0",
            "0 isn't a number of threads; write 1 to 1024, as in -j 4",
        ),
    ] {
        let error = usage_error(&["build", flag, value, "nothing.wasm"]);
        assert_eq!(error, format!("{flag}: {expected}"));
    }
}

#[test]
fn sizes_may_be_decimal() {
    let workspace = Workspace::new();
    for (size, bytes) in [("10MB", 10_000_000), ("10MiB", 10 << 20), ("10M", 10 << 20)] {
        workspace.succeed(&["build", "--max-memory", size, "nothing.wasm"]);
        let json = workspace.succeed(&["inspect", "--json", "nothing"]);
        let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(value["policy"]["max_memory"], bytes, "{size}");
    }
}

#[test]
fn missing_and_unknown_arguments_are_refused_in_one_line() {
    assert_eq!(
        usage_error(&["build"]),
        "the following required arguments were not provided: <INPUT>..."
    );
    let error = usage_error(&["build", "--frobnicate", "nothing.wasm"]);
    assert_eq!(error, "unexpected argument '--frobnicate' found");
    let error = usage_error(&["build", "--max-mem", "1M", "nothing.wasm"]);
    assert_eq!(
        error,
        "unexpected argument '--max-mem' found; a similar argument exists: '--max-memory'"
    );
    let error = usage_error(&["bulid", "nothing.wasm"]);
    assert_eq!(
        error,
        "unrecognized subcommand 'bulid'; a similar subcommand exists: 'build'"
    );
    assert_eq!(
        usage_error(&["nothing.wasm"]),
        "unrecognized subcommand 'nothing.wasm'; to compile that file: wasi-aot build nothing.wasm"
    );
    let error = usage_error(&["build", "-q", "-v", "nothing.wasm"]);
    assert!(error.contains("cannot be used with"), "{error}");
    let error = usage_error(&["build", "nothing.wasm", "a\u{202e}b"]);
    let second = "a\\u{202e}b is a second input after nothing.wasm; build them one by one";
    assert_eq!(error, second);
}

#[test]
fn the_hint_names_the_help_of_the_subcommand() {
    let workspace = Workspace::new();
    for (args, help) in [
        (&["build"][..], "wasi-aot build --help"),
        (&["run", "--max-cpu", "1"], "wasi-aot run --help"),
        (&["build", "-"], "wasi-aot build --help"),
        (&["unknown"], "wasi-aot --help"),
    ] {
        let output = workspace.run(args);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.ends_with(&format!(" (see {help})\n")), "{stderr}");
    }
}

#[test]
fn without_arguments_there_is_help() {
    let output = Workspace::new().run(&[]);
    assert_eq!(output.status.code(), Some(2));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("Usage: wasi-aot"), "{stderr}");
}

#[test]
fn contradictory_grants_are_refused_before_anything_is_read() {
    let workspace = Workspace::new();
    let message = workspace.fail(
        2,
        &["build", "--dir", ".", "--dir-ro", "./", "missing.wasm"],
    );
    assert_eq!(
        message,
        "./ is granted with --dir and with --dir-ro; drop one of them"
    );
    let message = workspace.fail(2, &["build", "--dir", "/", "--dir-ro=/etc", "missing.wasm"]);
    assert!(
        message.contains("/etc can't be read-only inside /"),
        "{message}"
    );
    let message = workspace.fail(2, &["build", "--max-memory", "1", "missing.wasm"]);
    assert!(
        message.contains("at least 320KiB: a page of memory and the native stack's 256KiB"),
        "{message}"
    );
}

#[test]
fn an_output_name_is_needed_where_none_can_be_derived() {
    let workspace = Workspace::new();
    let message = workspace.fail(2, &["build", "-"]);
    assert_eq!(message, "give -o OUTPUT when INPUT is standard input");
    let message = workspace.fail(2, &["build", "-", "-o", "."]);
    assert_eq!(message, "give -o OUTPUT when INPUT is standard input");
}

#[test]
fn help_shows_examples_and_every_flag() {
    let help = Workspace::new().succeed(&["build", "--help"]);
    let help = String::from_utf8(help).unwrap();
    let flags = [
        "-o",
        "-O",
        "--emit",
        "--target",
        "--cpu",
        "--strip",
        "-v",
        "-q",
        "-j",
        "--color",
        "--force",
        "--dir ",
        "--dir-ro",
        "--env",
        "--inherit-env",
        "--max-memory",
        "--stack-size",
        "--tags",
        "--ldflags",
    ];
    for flag in flags {
        assert!(help.contains(flag), "{flag} is missing from:\n{help}");
    }
    assert!(!help.contains("forget-resume-points"), "{help}");
    assert!(
        help.contains("Examples:\n  wasi-aot build ./cmd/counter"),
        "{help}"
    );
}
