//! A policy as a table. The keys are those of `.policy` in `wasi-aot inspect --json`
//! (docs/JSON.md), `hardening`, which stands beside it there, and `tz`, which stands for others.

use super::document::{Fault, Table, Value};
use std::ffi::OsStr;
use wasi_aot_compiler::policy::{
    Access, EnvVar, Grant, Policy, parse_listen, parse_listen_report, parse_size, parse_time,
    parse_umask,
};

/// Keys that say what follows from the others, or from the module: they are read over, so that
/// what `inspect` prints can be used.
const DERIVED: [&str; 3] = ["memory", "memories", "hole"];

const KEYS: [&str; 19] = [
    "directories",
    "files",
    "arg_files",
    "environment",
    "inherit_environment",
    "listen_fds",
    "listeners",
    "listen_report",
    "stack",
    "max_memory",
    "max_cpu",
    "refuse_own_directory",
    "hostname",
    "signals",
    "tty",
    "umask",
    "trace_denied",
    "tz",
    "hardening",
];

/// Reads the table.
///
/// # Errors
/// For a key or value that isn't known.
pub(super) fn policy(table: &Table<'_>) -> Result<Policy, Fault> {
    let mut policy = Policy::default();
    for (key, value) in table.entries() {
        match key.text() {
            "directories" => policy.grants = each(&value, directory)?,
            "files" => policy.files = each(&value, directory)?,
            "arg_files" => policy.arg_files = Some(access(&value)?),
            "environment" => policy.env = each(&value, variable)?,
            "inherit_environment" => policy.inherit_env = value.bool()?,
            "listen_fds" => policy.listen_fds = value.bool()?,
            "listen_report" => {
                let path = parse_listen_report(OsStr::new(value.string()?));
                policy.listen_report = Some(path.map_err(|error| value.fault(error))?);
            }
            "listeners" => {
                let address = |value: Value<'_>| {
                    parse_listen(value.string()?).map_err(|error| value.fault(error))
                };
                policy.listeners = value
                    .list()?
                    .into_iter()
                    .map(address)
                    .collect::<Result<_, _>>()?;
            }
            "stack" => policy.stack_size = Some(size(&value)?),
            "max_memory" => policy.max_memory = Some(size(&value)?),
            "max_cpu" => policy.max_cpu = Some(milliseconds(&value)?),
            "refuse_own_directory" => policy.refuse_own_directory = value.bool()?,
            "hostname" => policy.host_name = value.bool()?,
            "signals" => policy.no_signals = !value.bool()?,
            "tty" => policy.tty = value.bool()?,
            // A string, as in `inspect --json`: a number would be read as a decimal one.
            "umask" => {
                let bits = parse_umask(value.string()?).map_err(|error| value.fault(error))?;
                policy.umask = Some(bits);
            }
            "trace_denied" => policy.trace_denied = value.bool()?,
            "tz" => policy.time_zones = value.bool()?,
            "hardening" => hardening(&value, &mut policy)?,
            derived if DERIVED.contains(&derived) => {}
            _ => return Err(key.unknown(&KEYS)),
        }
    }
    Ok(policy)
}

fn each<T>(
    list: &Value<'_>,
    read: impl Fn(&Value<'_>, &Table<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let read = |value: Value<'_>| read(&value, &value.table()?);
    list.list()?.into_iter().map(read).collect()
}

fn directory(whole: &Value<'_>, table: &Table<'_>) -> Result<Grant, Fault> {
    let (mut host, mut guest, mut rights) = (None, None, None);
    for (key, value) in table.entries() {
        match key.text() {
            "host" => host = Some(value.string()?),
            "guest" => guest = Some(value.string()?),
            "access" => rights = Some(access(&value)?),
            "resolved_at_start" => drop(value.bool()?),
            _ => return Err(key.unknown(&["host", "guest", "access"])),
        }
    }
    let (Some(host), Some(access)) = (host, rights) else {
        return Err(whole.fault("each entry needs host and access"));
    };
    Grant::new(access, host.as_bytes(), guest.map(str::as_bytes))
        .map_err(|error| whole.fault(error))
}

fn access(value: &Value<'_>) -> Result<Access, Fault> {
    match value.string()? {
        "read-only" => Ok(Access::ReadOnly),
        "read-write" => Ok(Access::ReadWrite),
        _ => Err(value.fault("write read-only or read-write")),
    }
}

fn variable(whole: &Value<'_>, table: &Table<'_>) -> Result<EnvVar, Fault> {
    let (mut name, mut content) = (None, None);
    for (key, value) in table.entries() {
        match key.text() {
            "name" => name = Some(value.string()?),
            "value" => content = Some(value.string()?),
            _ => return Err(key.unknown(&["name", "value"])),
        }
    }
    let Some(name) = name else {
        return Err(whole.fault("each variable needs a name"));
    };
    EnvVar::new(name.as_bytes(), content.map(str::as_bytes)).map_err(|error| whole.fault(error))
}

/// Bytes, as a number or as `--max-memory` takes them.
fn size(value: &Value<'_>) -> Result<u64, Fault> {
    parse_size(&value.scalar()?).map_err(|error| value.fault(error))
}

/// Milliseconds as a number, or a time as `--max-cpu` takes it.
fn milliseconds(value: &Value<'_>) -> Result<u64, Fault> {
    let unit = if value.is_number() { "ms" } else { "" };
    let text = format!("{}{unit}", value.scalar()?);
    parse_time(&text).map_err(|error| value.fault(error))
}

fn hardening(value: &Value<'_>, policy: &mut Policy) -> Result<(), Fault> {
    match value.string()? {
        "on" => {}
        "off" => policy.no_harden = true,
        "required" => policy.require_harden = true,
        _ => return Err(value.fault("write on, off or required")),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::policy_text;
    use super::*;

    fn read(text: &str) -> Result<Policy, String> {
        policy_text(text).map_err(|fault| fault.placed(text).to_string())
    }

    #[test]
    fn all_keys_are_read() {
        let text = r#"
            inherit_environment = true
            listen_fds = true
            listeners = ["127.0.0.1:80"]
            listen_report = "address"
            stack = 1048576
            max_memory = "1GB"
            max_cpu = 9000
            refuse_own_directory = true
            hostname = true
            signals = false
            tty = true
            umask = "027"
            trace_denied = true
            tz = true
            hardening = "required"
            arg_files = "read-write"
            [[directories]]
            host = "."
            guest = "/x"
            access = "read-write"
            resolved_at_start = true
            [[directories]]
            host = "/etc"
            access = "read-only"
            [[files]]
            host = "/etc/hosts"
            access = "read-only"
            [[environment]]
            name = "A"
            value = "1"
            [[environment]]
            name = "B"
            [memory]
            initial = 1
        "#;
        let grant = |access, host: &str, guest: Option<&str>| Grant {
            access,
            host: host.into(),
            guest: guest.map(Into::into),
        };
        let expected = Policy {
            grants: vec![
                grant(Access::ReadWrite, ".", Some("/x")),
                grant(Access::ReadOnly, "/etc", None),
            ],
            files: vec![grant(Access::ReadOnly, "/etc/hosts", None)],
            arg_files: Some(Access::ReadWrite),
            listen_fds: true,
            listeners: vec!["127.0.0.1:80".parse().unwrap()],
            listen_report: Some(b"address".to_vec()),
            env: vec![
                EnvVar::Set {
                    name: "A".into(),
                    value: "1".into(),
                },
                EnvVar::Pass { name: "B".into() },
            ],
            inherit_env: true,
            max_memory: Some(1_000_000_000),
            stack_size: Some(1 << 20),
            max_cpu: Some(9000),
            no_harden: false,
            require_harden: true,
            refuse_own_directory: true,
            no_signals: true,
            host_name: true,
            tty: true,
            umask: Some(0o27),
            trace_denied: true,
            time_zones: true,
            hole: None,
        };
        assert_eq!(read(text).unwrap(), expected);
        assert_eq!(
            read("[policy]\nmax_cpu = \"9s\"").unwrap().max_cpu,
            Some(9000)
        );
    }

    /// A `::` divides nothing here, as host and guest have a key each.
    #[test]
    fn a_name_may_hold_colons() {
        let text = "[[directories]]\nhost = \"a::b\"\naccess = \"read-only\"\n\
                    [[directories]]\nhost = \"c\"\nguest = \"/d::/e\"\naccess = \"read-only\"";
        let grants = read(text).unwrap().grants;
        let names = grants.iter().map(|g| (&g.host[..], g.guest.as_deref()));
        let expected = [(&b"a::b"[..], None), (b"c", Some(&b"/d::/e"[..]))];
        assert_eq!(names.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, says) in [
            (
                "directory = []",
                "line 1: unknown key directory; a similar key exists: directories",
            ),
            (
                "directories = [\".\"]",
                "line 1: directories must be a table",
            ),
            (
                "[[directories]]\nhost = \".\"",
                "line 1: directories: each entry needs host and access",
            ),
            (
                "[[directories]]\nhost = \"~\"\naccess = \"read-only\"",
                "line 1: directories: ~ would be taken",
            ),
            (
                "[[directories]]\nhost = \"?@tmpx\"\naccess = \"read-only\"",
                "line 1: directories: ?@tmpx isn't one of the places @home, @config,",
            ),
            (
                "[[directories]]\nhost = \".\"\naccess = \"rw\"",
                "line 3: access: write read-only or",
            ),
            (
                "[[environment]]\nvalue = \"x\"",
                "line 1: environment: each variable needs a name",
            ),
            (
                "[[environment]]\nname = \"A=1\"",
                "line 1: environment: A=1 isn't a valid name",
            ),
            (
                "[[files]]\nhost = \"a:/b\"\naccess = \"read-only\"",
                "line 1: files: a:/b has a single colon",
            ),
            ("max_cpu = \"9\"", "line 1: max_cpu: 9 isn't a valid time"),
            (
                "max_memory = -1",
                "line 1: max_memory: -1 isn't a valid size",
            ),
            ("umask = 27", "line 1: umask must be a string"),
            ("umask = \"0999\"", "line 1: umask: 0999 isn't a umask"),
            ("stack = 1.5", "line 1: stack must be a string or a number"),
            (
                "hardening = \"no\"",
                "line 1: hardening: write on, off or required",
            ),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.starts_with(says), "{text}: {error}");
        }
    }
}
