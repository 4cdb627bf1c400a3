use super::Page;
use super::show::{bytes, count, cut, list, one_line, printable, printable_bytes};
use wasi_aot_compiler::inspect::buildinfo::{BuildInfo, GoModule};

#[test]
fn nothing_reaches_a_terminal_as_a_command() {
    assert_eq!(printable("plain \"text\" 'ü'"), "plain \"text\" 'ü'");
    assert_eq!(
        printable("a\x1b[2Jb\nc\td\x07"),
        "a\\u{1b}[2Jb\\nc\\td\\u{7}"
    );
    // Right-to-left override, and a C1 control.
    assert_eq!(printable("\u{202e}\u{9b}"), "\\u{202e}\\u{9b}");
    // Text that looks like an escape is itself escaped.
    assert_eq!(printable("\\n"), "\\\\n");
    assert_eq!(printable("\\\"'"), "\\\\\"'");
    assert_eq!(one_line("no \\0asm\nat all"), "no \\0asm\\nat all");
    assert_eq!(printable_bytes(b"a\xffb\x1b"), "a\\xffb\\u{1b}");
}

#[test]
fn sizes_are_whole_where_they_can_be() {
    let shown = [1023, 65536, 1 << 32, (1 << 20) + (1 << 19), 0].map(bytes);
    assert_eq!(
        shown,
        ["1023 bytes", "64 KiB", "4 GiB", "1.5 MiB", "0 bytes"]
    );
    assert_eq!(count(1, "segment"), "1 segment");
    assert_eq!(count(0, "segment"), "0 segments");
}

#[test]
fn long_lists_are_cut() {
    let items = |n: usize| list((0..n).map(|i| i.to_string()));
    assert_eq!(items(0), "none");
    assert_eq!(items(3), "0, 1, 2");
    assert!(items(40).ends_with(", 39"));
    assert!(items(42).ends_with(", 39, 2 more (--json has all)"));
    assert_eq!(cut(&"ü".repeat(60)), "ü".repeat(60));
    assert_eq!(cut(&"ü".repeat(61)), "ü".repeat(60) + "...");
}

#[test]
fn dependencies_are_counted_and_listed_if_asked() {
    let module = |path: &str| GoModule {
        path: path.into(),
        version: "v1.0.0".into(),
        ..GoModule::default()
    };
    let info = BuildInfo {
        main_package: Some("main".into()),
        dependencies: vec![module("a.org/a"), module("b.org/b")],
        ..BuildInfo::default()
    };
    let shown = |verbose| {
        let mut page = Page {
            verbose,
            ..Page::default()
        };
        page.go(None, Some(&info));
        page.text
    };
    assert!(shown(false).contains("  dependencies  2 modules (-v lists them)\n"));
    let listed = "  dependencies  a.org/a v1.0.0\n                b.org/b v1.0.0\n";
    assert!(shown(true).contains(listed), "{}", shown(true));
    assert!(!shown(true).contains("-v lists"));
}
