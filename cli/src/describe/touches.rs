//! What a program may touch, in sentences for a person who was sent the program.
//!
//! Invariants: a sentence says no less than the policy allows. A line has a mark if the person should
//! look at it before a start. [`describe`] takes the policy apart, so that a new field of it can't be
//! forgotten.

use super::Page;
use super::place::{Place, alarm};
use super::show::{list, printable_bytes};
use std::net::SocketAddr;
use wasi_aot_compiler::policy::{Access, EnvVar, Grant, Policy};

/// The section on a program that calls these functions of `wasi_aot_os_1`.
pub(super) fn describe(page: &mut Page, policy: &Policy, calls: &[&str]) {
    let Policy {
        grants,
        files,
        arg_files,
        listen_fds,
        listeners,
        listen_report,
        env,
        inherit_env,
        refuse_own_directory,
        no_signals,
        host_name,
        tty,
        umask,
        hole,
        // In the section on limits, and on what keeps the program in.
        max_memory: _,
        stack_size: _,
        max_cpu: _,
        no_harden: _,
        require_harden: _,
        // Takes nothing and gives nothing: in the section on how the program runs.
        trace_denied: _,
        // In a manifest the zones are grants and variables as all others.
        time_zones: _,
    } = policy;
    page.section("What it may touch");
    let mut lines = Vec::new();
    directories(&mut lines, grants, *refuse_own_directory);
    single_files(&mut lines, files);
    named_files(&mut lines, *arg_files);
    modes(&mut lines, policy, calls);
    if let Some(bits) = umask {
        lines.push(Line::plain(format!(
            "gives what it makes none of the permissions {bits:03o} (--umask)"
        )));
    }
    if let Some(hole) = hole {
        let hole = printable_bytes(hole);
        lines.push(Line::plain(format!("nothing in {hole}, all the same")));
    }
    if lines.is_empty() {
        lines.push(Line::plain(
            "opens none; whoever starts it can lead its input and output to files",
        ));
    }
    field(page, "files", lines);
    field(
        page,
        "network",
        network(*listen_fds, listeners, listen_report.as_deref()),
    );
    field(page, "variables", variables(env, *inherit_env));
    field(page, "computer", computer(calls, *host_name));
    field(page, "terminal", terminal(calls, *tty));
    field(page, "ending", signals(calls, *no_signals));
    page.field(
        "always",
        "its arguments, its input and output, the time, random numbers",
    );
    page.field(
        "else",
        "nothing: it starts no other program and connects to no other computer",
    );
}

/// A line of a field.
pub(super) struct Line {
    /// Whether a person should look at it before a start.
    marked: bool,
    text: String,
}

impl Line {
    fn plain(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            marked: false,
            text,
        }
    }

    fn marked(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { marked: true, text }
    }

    /// Says more about the line before.
    fn more(text: impl std::fmt::Display) -> Self {
        Self::plain(format!("  {text}"))
    }
}

/// A field of these lines. Without lines there is none.
fn field(page: &mut Page, name: &str, lines: Vec<Line>) {
    for (index, line) in lines.into_iter().enumerate() {
        let name = if index == 0 { name } else { "" };
        if line.marked {
            page.warning(name, line.text);
        } else {
            page.field(name, line.text);
        }
    }
}

fn directories(lines: &mut Vec<Line>, grants: &[Grant], refuse_own_directory: bool) {
    for grant in grants {
        let may = match grant.access {
            Access::ReadWrite => "may read, change, add and delete",
            Access::ReadOnly => "may read",
        };
        let place = Place::of(&grant.host);
        let text = format!("{may} everything {}", place.holding());
        granted(lines, grant, &place, text);
        if place == Place::Start {
            let note = "(if it is started in / or in a home directory, that is all of it)";
            lines.push(Line::more(note));
        }
    }
    if (grants.iter()).any(|grant| grant.access == Access::ReadWrite) {
        lines.push(Line::plain(if refuse_own_directory {
            "doesn't start if its own file lies there"
        } else {
            "can't change its own file, but can change other programs that lie there"
        }));
    }
}

fn single_files(lines: &mut Vec<Line>, files: &[Grant]) {
    for file in files {
        let may = match file.access {
            Access::ReadWrite => "may read, change and, if it is missing, make the file",
            Access::ReadOnly => "may read the file",
        };
        let place = Place::of(&file.host);
        granted(lines, file, &place, format!("{may} {}", place.file()));
    }
}

fn named_files(lines: &mut Vec<Line>, arg_files: Option<Access>) {
    match arg_files {
        Some(Access::ReadOnly) => lines.push(Line::plain(
            "may read each file, and all in each directory, that is named when it is started",
        )),
        Some(Access::ReadWrite) => {
            lines.push(Line::plain(
                "may read and change each file that is named when it is started, make it if it is missing,",
            ));
            lines.push(Line::more(
                "and read, change, add and delete everything in each directory that is named",
            ));
        }
        None => {}
    }
}

/// Whether the program may change some file.
pub(super) fn writes(policy: &Policy) -> bool {
    let mut grants = policy.grants.iter().chain(&policy.files);
    grants.any(|grant| grant.access == Access::ReadWrite)
        || policy.arg_files == Some(Access::ReadWrite)
}

/// Files can be made programs by the functions for modes, where they can be changed.
fn modes(lines: &mut Vec<Line>, policy: &Policy, calls: &[&str]) {
    if writes(policy) && has_one(calls, &["path_open", "path_set_mode", "fd_set_mode"]) {
        lines.push(Line::plain(
            "may set permissions of files that it may change or make, and so make programs",
        ));
    }
}

/// A line on a grant, with what a person should know about the place, and its name in the program.
fn granted(lines: &mut Vec<Line>, grant: &Grant, place: &Place, text: String) {
    match alarm(place, grant.access) {
        Some(why) => {
            lines.push(Line::marked(text));
            lines.push(Line::more(why));
        }
        None => lines.push(Line::plain(text)),
    }
    if grant.is_optional() {
        lines.push(Line::more("(if that is there)"));
    }
    if let Some(guest) = &grant.guest {
        let guest = printable_bytes(guest);
        lines.push(Line::more(format_args!("(the program calls that {guest})")));
    }
}

fn network(passed: bool, listeners: &[SocketAddr], report: Option<&[u8]>) -> Vec<Line> {
    let line = |at: &SocketAddr| {
        let ip = at.ip().to_canonical();
        let from = if ip.is_loopback() {
            "programs on this computer only".into()
        } else if ip.is_unspecified() {
            "every computer that can reach this one".into()
        } else {
            format!("every computer that can reach this one at {ip}")
        };
        Line::plain(match at.port() {
            0 => format!("opens a free port to {from} ({at})"),
            port => format!("opens port {port} to {from} ({at})"),
        })
    };
    if listeners.is_empty() && !passed {
        return vec![Line::plain("none: it opens no port")];
    }
    let says = "answers at the ports and sockets that a service manager passes to it";
    let passed = passed.then(|| Line::plain(says));
    let report = report.map(|file| {
        let file = printable_bytes(file);
        Line::more(format_args!("(their addresses are written to {file})"))
    });
    let lines = passed.into_iter().chain(listeners.iter().map(line));
    lines.chain(report).collect()
}

fn variables(env: &[EnvVar], inherit_env: bool) -> Vec<Line> {
    let name = |variable: &EnvVar| printable_bytes(variable.name());
    let passed = env.iter().filter(|v| matches!(v, EnvVar::Pass { .. }));
    let passed: Vec<_> = passed.map(name).collect();
    let fixed = env.iter().filter_map(|variable| match variable {
        EnvVar::Set { value, .. } => Some(format!("{}={}", name(variable), printable_bytes(value))),
        EnvVar::Pass { .. } => None,
    });
    let fixed: Vec<_> = fixed.collect();
    let mut lines = vec![if inherit_env {
        Line::marked("sees all environment variables; passwords and tokens may be among them")
    } else if passed.is_empty() {
        Line::plain("sees none of your environment variables")
    } else {
        let passed = list(passed.into_iter());
        Line::plain(format!("of your environment variables, sees only {passed}"))
    }];
    if !fixed.is_empty() {
        let fixed = list(fixed.into_iter());
        lines.push(Line::plain(format!("has values of its own: {fixed}")));
    }
    lines
}

/// What a program may do takes both the functions and, for some of it, the flag.
fn has_one(calls: &[&str], names: &[&str]) -> bool {
    calls.iter().any(|call| names.contains(call))
}

fn computer(calls: &[&str], host_name: bool) -> Vec<Line> {
    if host_name && has_one(calls, &["host_name"]) {
        vec![Line::plain("may ask for the name of this computer")]
    } else {
        Vec::new()
    }
}

fn terminal(calls: &[&str], tty: bool) -> Vec<Line> {
    // The functions for questions alone open no terminal.
    let names = ["terminal_open", "terminal_set_mode"];
    if !tty || !has_one(calls, &names) {
        return Vec::new();
    }
    let may =
        "may use the terminal that it is started from, also where its input and output are files,";
    let hide =
        "and read each key as it is typed, without showing it; what it sets is undone when it ends";
    vec![Line::plain(may), Line::more(hide)]
}

fn signals(calls: &[&str], no_signals: bool) -> Vec<Line> {
    let says = match (no_signals, has_one(calls, &["signal_open", "signal_set"])) {
        (true, _) => "Ctrl-C and kill end it: it can't ignore them",
        (false, true) => "may go on after Ctrl-C and kill; kill -9 ends it",
        (false, false) => return Vec::new(),
    };
    vec![Line::plain(says)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(access: Access, host: &str, guest: Option<&str>) -> Grant {
        Grant::new(access, host.as_bytes(), guest.map(str::as_bytes)).unwrap()
    }

    fn shown(policy: &Policy, calls: &[&str]) -> String {
        let mut page = Page::default();
        describe(&mut page, policy, calls);
        page.text
    }

    /// The lines of a field. Others begin with another name.
    fn field(policy: &Policy, calls: &[&str], name: &str) -> Vec<String> {
        let shown = shown(policy, calls);
        let is_it = |line: &&str| line[2..].starts_with(name);
        let mut lines = shown.lines().skip(2).skip_while(|line| !is_it(line));
        let first = lines.next().into_iter();
        let more = lines.take_while(|line| line[2..].starts_with(' '));
        let text = |line: &str| format!("{}{}", line[..1].trim(), &line[16..]);
        first.chain(more).map(text).collect()
    }

    #[test]
    fn without_a_grant_little_is_left() {
        let all = ["path_open", "host_name", "terminal_open", "path_set_mode"];
        let expected = "
What it may touch
  files         opens none; whoever starts it can lead its input and output to files
  network       none: it opens no port
  variables     sees none of your environment variables
  always        its arguments, its input and output, the time, random numbers
  else          nothing: it starts no other program and connects to no other computer
";
        assert_eq!(shown(&Policy::default(), &all), expected);
    }

    #[test]
    fn files_are_told_with_what_may_be_done_to_them() {
        let (ro, rw) = (Access::ReadOnly, Access::ReadWrite);
        let policy = Policy {
            grants: vec![
                grant(rw, ".", Some("/w")),
                grant(ro, "a\u{1b}", None),
                grant(rw, "/etc", None),
            ],
            files: vec![grant(ro, "/f", None), grant(rw, "g", Some("/h"))],
            arg_files: Some(rw),
            hole: Some(b"/cache".to_vec()),
            ..Policy::default()
        };
        let start = "the directory where it is started";
        let expected = [
            &format!("may read, change, add and delete everything in {start}"),
            "  (the program calls that /w)",
            "  (if it is started in / or in a home directory, that is all of it)",
            &format!("may read everything in a\\u{{1b}}, below {start}"),
            "!may read, change, add and delete everything in /etc",
            "  the settings of this computer are there",
            "can't change its own file, but can change other programs that lie there",
            "may read the file /f",
            &format!("may read, change and, if it is missing, make the file g, below {start}"),
            "  (the program calls that /h)",
            "may read and change each file that is named when it is started, make it if it is missing,",
            "  and read, change, add and delete everything in each directory that is named",
            "may set permissions of files that it may change or make, and so make programs",
            "nothing in /cache, all the same",
        ];
        assert_eq!(field(&policy, &["path_open"], "files"), expected);
        let policy = Policy {
            arg_files: Some(ro),
            ..Policy::default()
        };
        let expected =
            "may read each file, and all in each directory, that is named when it is started";
        assert_eq!(field(&policy, &["path_open"], "files"), [expected]);
        let policy = Policy {
            grants: vec![grant(rw, "/srv/data", None)],
            refuse_own_directory: true,
            ..Policy::default()
        };
        let last = field(&policy, &[], "files").pop();
        assert_eq!(last.unwrap(), "doesn't start if its own file lies there");
    }

    #[test]
    fn a_port_is_told_with_who_reaches_it() {
        let addresses = ["[::ffff:127.0.0.1]:80", "[::]:81", "10.1.2.3:0"];
        let policy = Policy {
            listeners: addresses.map(|at| at.parse().unwrap()).into(),
            listen_fds: true,
            listen_report: Some(b"ports".to_vec()),
            ..Policy::default()
        };
        let expected = [
            "answers at the ports and sockets that a service manager passes to it",
            "opens port 80 to programs on this computer only ([::ffff:127.0.0.1]:80)",
            "opens port 81 to every computer that can reach this one ([::]:81)",
            "opens a free port to every computer that can reach this one at 10.1.2.3 (10.1.2.3:0)",
            "  (their addresses are written to ports)",
        ];
        assert_eq!(field(&policy, &[], "network"), expected);
    }

    #[test]
    fn variables_are_named() {
        let variable = |name: &str, value: Option<&str>| {
            EnvVar::new(name.as_bytes(), value.map(str::as_bytes)).unwrap()
        };
        let mut policy = Policy {
            env: vec![variable("HOME", None), variable("A", Some("1\n"))],
            ..Policy::default()
        };
        let own = "has values of its own: A=1\\n";
        let some = "of your environment variables, sees only HOME";
        assert_eq!(field(&policy, &[], "variables"), [some, own]);
        policy.inherit_env = true;
        let all = "!sees all environment variables; passwords and tokens may be among them";
        assert_eq!(field(&policy, &[], "variables"), [all, own]);
    }

    #[test]
    fn what_takes_a_function_is_told_of_a_program_that_has_it() {
        let policy = Policy {
            tty: true,
            host_name: true,
            ..Policy::default()
        };
        for (name, call, lines) in [
            ("computer", "host_name", 1),
            ("terminal", "terminal_open", 2),
            ("ending", "signal_open", 1),
        ] {
            assert!(field(&policy, &["process_id"], name).is_empty(), "{name}");
            assert_eq!(field(&policy, &[call], name).len(), lines, "{name}");
        }
        let policy = Policy {
            no_signals: true,
            ..Policy::default()
        };
        let ends = "Ctrl-C and kill end it: it can't ignore them";
        assert_eq!(field(&policy, &["signal_open"], "ending"), [ends]);
    }
}
