//! The flags of `wasi-aot build` that are the executable's policy. The policy is data beside the
//! code, and `wasi-aot grant` takes the same flags: so a suite compiles a module once for all of
//! them. A flag that is missing here is taken for a flag of the code, which costs a build and
//! changes no result; `tests/command/grant.rs` compares these lists with the command.

/// The flags with a value, as `--NAME VALUE` or `--NAME=VALUE`.
pub const WITH_VALUE: &[&str] = &[
    "--arg-files",
    "--dir",
    "--dir-ro",
    "--env",
    "--file",
    "--file-ro",
    "--listen",
    "--listen-report",
    "--max-cpu",
    "--max-memory",
    "--policy",
    "--stack-size",
    "--umask",
];

/// The flags without a value.
pub const ALONE: &[&str] = &[
    "--hostname",
    "--inherit-env",
    "--listen-fds",
    "--no-harden",
    "--no-signals",
    "--refuse-own-directory",
    "--require-harden",
    "--trace-denied",
    "--tty",
    "--tz",
];

/// `flags` as those of the policy and all others, each in their order.
#[must_use]
pub fn split(flags: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut policy, mut others) = (Vec::new(), Vec::new());
    let mut rest = flags.iter().cloned();
    while let Some(flag) = rest.next() {
        let (name, has_value) = match flag.split_once('=') {
            Some((name, _)) => (name, true),
            None => (&*flag, false),
        };
        let takes_value = WITH_VALUE.contains(&name);
        if takes_value && !has_value {
            policy.push(flag);
            policy.extend(rest.next());
        } else if takes_value || ALONE.contains(&&*flag) {
            policy.push(flag);
        } else {
            others.push(flag);
        }
    }
    (policy, others)
}

/// Whether these flags ask for another output than an executable.
#[must_use]
pub fn emits(flags: &[String]) -> bool {
    flags.iter().any(|flag| flag.starts_with("--emit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_values_and_keeps_orders() {
        let flags = "-O0 --dir .::/ --strip --env=A=1 --tty --cpu v3 --dir-ro b";
        let flags: Vec<_> = flags.split(' ').map(ToOwned::to_owned).collect();
        let (policy, others) = split(&flags);
        assert_eq!(policy.join(" "), "--dir .::/ --env=A=1 --tty --dir-ro b");
        assert_eq!(others.join(" "), "-O0 --strip --cpu v3");
    }

    #[test]
    fn outputs_are_seen() {
        for (flag, is_one) in [("--emit=obj", true), ("--emit", true), ("--strip", false)] {
            assert_eq!(emits(&[flag.to_owned()]), is_one, "{flag}");
        }
    }
}
