//! Arguments: what is refused and how, what the help says.

use crate::workspace::Workspace;

/// Text of clap's own error, which has several lines and ends with exit code 2.
fn usage_error(args: &[&str]) -> String {
    let output = Workspace::new().run(args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn unknown_values_are_refused_with_the_known_ones() {
    let error = usage_error(&["build", "-O3", "nothing.wasm"]);
    assert!(error.contains("[possible values: 0, 1, 2]"), "{error}");
    let error = usage_error(&["build", "--emit", "dll", "nothing.wasm"]);
    assert!(
        error.contains("[possible values: exe, obj, clif, asm]"),
        "{error}"
    );
    let error = usage_error(&["build", "--target", "darwin/arm64", "nothing.wasm"]);
    assert!(error.contains("linux/amd64, linux/arm64"), "{error}");
}

#[test]
fn malformed_policy_values_say_what_is_expected() {
    let error = usage_error(&["build", "--dir", ".::data", "nothing.wasm"]);
    assert!(error.contains("GUEST must be absolute"), "{error}");
    let error = usage_error(&["build", "--max-memory", "64MB", "nothing.wasm"]);
    assert!(
        error.contains("write 65536, 64KiB, 256M or 1GiB"),
        "{error}"
    );
    let error = usage_error(&["build", "--env", "=1", "nothing.wasm"]);
    assert!(
        error.contains("no name for an environment variable"),
        "{error}"
    );
}

#[test]
fn missing_and_unknown_arguments_are_refused() {
    assert!(usage_error(&["build"]).contains("<INPUT>"));
    assert!(usage_error(&["build", "--frobnicate", "nothing.wasm"]).contains("--frobnicate"));
    assert!(usage_error(&["bulid", "nothing.wasm"]).contains("'build'"));
    assert!(usage_error(&[]).contains("Usage: wasi-aot"));
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
    let message = workspace.fail(2, &["build", "nothing"]);
    assert_eq!(message, "give -o OUTPUT: nothing doesn't end in .wasm");
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
        "--dir ",
        "--dir-ro",
        "--env",
        "--inherit-env",
        "--max-memory",
        "--stack-size",
    ];
    for flag in flags {
        assert!(help.contains(flag), "{flag} is missing from:\n{help}");
    }
    assert!(
        help.contains("Examples:\n  GOOS=wasip1 GOARCH=wasm go build"),
        "{help}"
    );
}

#[test]
fn the_version_is_the_packages() {
    let version = Workspace::new().succeed(&["--version"]);
    let expected = format!("wasi-aot {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(String::from_utf8(version).unwrap(), expected);
}
