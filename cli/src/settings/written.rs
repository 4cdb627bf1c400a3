//! A policy as TOML, with the keys that [`super::policy`] reads.
//!
//! Invariant: what is written is read as the same policy. A policy that can't be written so is refused.

use anyhow::{Context, Result, bail};
use toml_writer::{TomlStringBuilder, TomlWrite as _};
use wasi_aot_compiler::policy::{Access, EnvVar, Grant, Milliseconds, Policy};

/// The table's text. A key is left out if the policy is the same without the key.
///
/// # Errors
/// For a policy that [`Policy::check`] refuses, as a file that somebody changed may have; for
/// names and values that aren't UTF-8; and for a directory that no grant reaches, which `run` alone sets.
pub fn written(policy: &Policy) -> Result<String> {
    policy.check()?;
    let Policy {
        grants,
        files,
        arg_files,
        listen_fds,
        listeners,
        listen_report,
        env,
        inherit_env,
        max_memory,
        stack_size,
        max_cpu,
        no_harden,
        require_harden,
        refuse_own_directory,
        no_signals,
        host_name,
        tty,
        umask,
        trace_denied,
        time_zones,
        hole,
    } = policy;
    if let Some(hole) = hole {
        bail!(
            "wasi-aot run keeps the program out of {}, and a file of --policy can't say so; give an \
             executable that wasi-aot build made",
            hole.escape_ascii()
        );
    }
    let hardening = match (no_harden, require_harden) {
        (true, _) => Some("off"),
        (_, true) => Some("required"),
        _ => None,
    };
    let addresses: Vec<_> = listeners.iter().map(|at| quoted(&at.to_string())).collect();
    let addresses = (!addresses.is_empty()).then(|| format!("[{}]", addresses.join(", ")));
    let keys = [
        ("arg_files", arg_files.map(access)),
        ("inherit_environment", set(*inherit_env, "true")),
        ("listen_fds", set(*listen_fds, "true")),
        ("listeners", addresses),
        (
            "listen_report",
            listen_report.as_deref().map(utf8).transpose()?,
        ),
        ("stack", stack_size.map(size)),
        ("max_memory", max_memory.map(size)),
        ("max_cpu", max_cpu.map(time)),
        ("refuse_own_directory", set(*refuse_own_directory, "true")),
        ("hostname", set(*host_name, "true")),
        ("signals", set(*no_signals, "false")),
        ("tty", set(*tty, "true")),
        ("umask", umask.map(|bits| quoted(&format!("{bits:03o}")))),
        ("trace_denied", set(*trace_denied, "true")),
        ("tz", set(*time_zones, "true")),
        ("hardening", hardening.map(quoted)),
    ];
    let mut text = table(keys);
    tables(&mut text, "directories", grants, grant)?;
    tables(&mut text, "files", files, grant)?;
    tables(&mut text, "environment", env, variable)?;
    if text.is_empty() {
        text.push_str("# nothing is granted\n");
    }
    Ok(text)
}

/// A line for each key that has a value.
fn table<const N: usize>(keys: [(&str, Option<String>); N]) -> String {
    let lines = keys
        .into_iter()
        .filter_map(|(key, value)| Some(format!("{key} = {}\n", value?)));
    lines.collect()
}

/// A table of this name for each element.
fn tables<T>(
    text: &mut String,
    name: &str,
    all: &[T],
    table: impl Fn(&T) -> Result<String>,
) -> Result<()> {
    for one in all {
        let gap = if text.is_empty() { "" } else { "\n" };
        text.push_str(&format!("{gap}[[{name}]]\n{}", table(one)?));
    }
    Ok(())
}

/// `value`, if a switch was thrown.
fn set(thrown: bool, value: &str) -> Option<String> {
    thrown.then(|| value.into())
}

fn grant(grant: &Grant) -> Result<String> {
    let Grant {
        access: rights,
        host,
        guest,
    } = grant;
    Ok(table([
        ("host", Some(utf8(host)?)),
        ("guest", guest.as_deref().map(utf8).transpose()?),
        ("access", Some(access(*rights))),
    ]))
}

fn access(access: Access) -> String {
    quoted(match access {
        Access::ReadOnly => "read-only",
        Access::ReadWrite => "read-write",
    })
}

fn variable(variable: &EnvVar) -> Result<String> {
    let value = match variable {
        EnvVar::Set { name, value } => {
            let value = utf8(value);
            Some(value.with_context(|| format!("the value of {}", name.escape_ascii()))?)
        }
        EnvVar::Pass { .. } => None,
    };
    Ok(table([
        ("name", Some(utf8(variable.name())?)),
        ("value", value),
    ]))
}

/// Bytes, in the largest unit of which they are a multiple.
fn size(bytes: u64) -> String {
    let units = [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")];
    let mut units = units.into_iter();
    match units.find(|(bits, _)| bytes.trailing_zeros() >= *bits) {
        Some((bits, unit)) => quoted(&format!("{}{unit}", bytes >> bits)),
        None => bytes.to_string(),
    }
}

fn time(milliseconds: u64) -> String {
    quoted(&Milliseconds(milliseconds).to_string())
}

fn utf8(bytes: &[u8]) -> Result<String> {
    match str::from_utf8(bytes) {
        Ok(text) => Ok(quoted(text)),
        Err(_) => bail!(
            "{} isn't UTF-8, and TOML can't hold anything else; use flags instead of --policy",
            bytes.escape_ascii()
        ),
    }
}

/// The text between quotes, on one line. What could steer a terminal is escaped, although TOML allows
/// much of that in a string.
fn quoted(text: &str) -> String {
    let mut basic = String::new();
    let value = TomlStringBuilder::new(text).as_basic();
    // Writing to a string can't fail.
    let _ = basic.value(value);
    let escaped = basic.chars().map(|c| match c {
        '"' | '\'' | '\\' => c.into(),
        _ if c.escape_debug().len() == 1 => c.into(),
        _ => format!("\\U{:08x}", u32::from(c)),
    });
    escaped.collect()
}

#[cfg(test)]
mod tests {
    use super::super::policy_text;
    use super::*;
    use wasi_aot_compiler::inspect::executable::Manifest;

    /// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
    struct Random(u64);

    impl Random {
        fn below(&mut self, end: u64) -> u64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (z ^ (z >> 31)) % end
        }

        fn bool(&mut self) -> bool {
            self.below(2) == 0
        }

        fn maybe<T>(&mut self, value: impl FnOnce(&mut Self) -> T) -> Option<T> {
            self.bool().then(|| value(self))
        }

        /// Text with what TOML, paths and flags give a meaning to.
        fn text(&mut self) -> String {
            const PARTS: [&str; 24] = [
                "a", "B", "/", "::", ":", "=", ".", "..", "~", "$x", "\"", "'''", "\"\"\"", "\\",
                "\n", "\r", "\t", "\u{1}", "\u{7f}", "\u{85}", "\u{202e}", "ü", "🦀", "# [x]",
            ];
            let len = self.below(6);
            let part = |_| PARTS[self.below(PARTS.len() as u64) as usize];
            (0..len).map(part).collect()
        }

        fn access(&mut self) -> Access {
            if self.bool() {
                Access::ReadOnly
            } else {
                Access::ReadWrite
            }
        }

        /// Few, of those that can be granted.
        fn few<T>(&mut self, make: impl Fn(&mut Self) -> Option<T>) -> Vec<T> {
            let number = self.below(4);
            (0..number).filter_map(|_| make(self)).collect()
        }

        fn grant(&mut self) -> Option<Grant> {
            let (access, host) = (self.access(), self.text());
            let guest = self.maybe(|random| format!("/{}", random.text()));
            Grant::new(access, host.as_bytes(), guest.as_deref().map(str::as_bytes)).ok()
        }

        fn variable(&mut self) -> Option<EnvVar> {
            let (name, value) = (self.text(), self.maybe(Self::text));
            EnvVar::new(name.as_bytes(), value.as_deref().map(str::as_bytes)).ok()
        }

        fn policy(&mut self) -> Policy {
            let size = |random: &mut Self| random.below(1 << 20) << random.below(22);
            let address = |random: &mut Self| {
                let ip = ["0.0.0.0", "127.0.0.1", "[::1]", "[::]"][random.below(4) as usize];
                format!("{ip}:{}", 1 + random.below(65535)).parse().ok()
            };
            let (no_harden, require_harden) =
                [(false, false), (true, false), (false, true)][self.below(3) as usize];
            Policy {
                grants: self.few(Self::grant),
                files: self.few(Self::grant),
                arg_files: self.maybe(Self::access),
                listen_fds: self.bool(),
                listeners: self.few(address),
                listen_report: self.maybe(|random| format!("r{}", random.below(9)).into_bytes()),
                env: self.few(Self::variable),
                inherit_env: self.bool(),
                max_memory: self.maybe(size),
                stack_size: self.maybe(size),
                max_cpu: self.maybe(|random| random.below(3_600_000_000)),
                no_harden,
                require_harden,
                refuse_own_directory: self.bool(),
                no_signals: self.bool(),
                host_name: self.bool(),
                tty: self.bool(),
                umask: self.maybe(|random| random.below(0o1000) as u32),
                trace_denied: self.bool(),
                time_zones: false,
                hole: None,
            }
        }
    }

    fn read(text: &str) -> Policy {
        let policy = policy_text(text).map_err(|fault| fault.placed(text).to_string());
        policy.unwrap_or_else(|fault| panic!("{fault} in {text}"))
    }

    #[test]
    fn what_is_written_is_read() {
        let mut random = Random(0);
        let mut tried = 0;
        while tried < 2000 {
            let policy = random.policy();
            if policy.check().is_err() {
                continue;
            }
            tried += 1;
            let text = written(&policy).unwrap();
            assert_eq!(read(&text), policy);
            let steer = |c: char| c != '\n' && c.escape_debug().len() > 4;
            assert!(!text.contains(steer), "{text:?}");
            // And by way of the file: a variable that another one replaces isn't in there.
            let manifest = policy.manifest();
            let found = Manifest::read(&manifest).unwrap().policy;
            let text = written(&found).unwrap();
            assert_eq!(read(&text).manifest(), manifest, "{text}");
        }
    }

    #[test]
    fn people_can_read_it() {
        let empty = written(&Policy::default()).unwrap();
        assert_eq!(empty, "# nothing is granted\n");
        let grant = |access, host: &str, guest: Option<&str>| {
            Grant::new(access, host.as_bytes(), guest.map(str::as_bytes)).unwrap()
        };
        let policy = Policy {
            grants: vec![
                grant(Access::ReadWrite, ".", Some("/data")),
                grant(Access::ReadOnly, "/etc", None),
            ],
            env: vec![EnvVar::new(b"HOME", Some("a\n\"\u{202e}\\ü".as_bytes())).unwrap()],
            listeners: vec!["[::1]:80".parse().unwrap()],
            max_memory: Some(256 << 20),
            stack_size: Some((1 << 20) + 1),
            max_cpu: Some(90_000),
            no_signals: true,
            no_harden: true,
            ..Policy::default()
        };
        let expected = r#"listeners = ["[::1]:80"]
stack = 1048577
max_memory = "256MiB"
max_cpu = "90s"
signals = false
hardening = "off"

[[directories]]
host = "."
guest = "/data"
access = "read-write"

[[directories]]
host = "/etc"
access = "read-only"

[[environment]]
name = "HOME"
value = "a\n\"\U0000202e\\ü"
"#;
        assert_eq!(written(&policy).unwrap(), expected);
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        let refused = |policy: Policy| format!("{:#}", written(&policy).unwrap_err());
        let value = b"\xff".to_vec();
        let name = b"A".to_vec();
        let env = vec![EnvVar::Set { name, value }];
        let error = refused(Policy {
            env,
            ..Policy::default()
        });
        assert!(
            error.starts_with("the value of A: \\xff isn't UTF-8"),
            "{error}"
        );
        let grant = Grant::new(Access::ReadOnly, b"/\xfe", None).unwrap();
        let files = vec![grant];
        let error = refused(Policy {
            files,
            ..Policy::default()
        });
        assert!(error.starts_with("/\\xfe isn't UTF-8"), "{error}");
        let hole = Some(b"/cache".to_vec());
        let error = refused(Policy {
            hole,
            ..Policy::default()
        });
        assert!(
            error.starts_with("wasi-aot run keeps the program out of /cache"),
            "{error}"
        );
        let max_cpu = Some(u64::MAX);
        let error = refused(Policy {
            max_cpu,
            ..Policy::default()
        });
        assert!(error.contains("--max-cpu must be"), "{error}");
    }
}
