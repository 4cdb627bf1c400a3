//! Parses the values of the policy flags.

use super::path::normalised_guest;
use super::{Access, EnvVar, Grant, fail, shown};
use crate::error::Error;
use std::ffi::OsStr;
use wasi_aot_contract::os::MODE_BITS;
use wasi_aot_contract::place::{Host, Place};
use wasi_aot_contract::text::Milliseconds;

impl Grant {
    /// Parses `HOST` or `HOST::GUEST`. The last `::` divides, so a HOST that
    /// contains one needs a GUEST. HOST may begin with `?` and with a place ([`Host`]).
    ///
    /// # Errors
    /// [`Error::Policy`] when HOST is empty or has an unknown place, GUEST isn't absolute or contains `..`, or the
    /// value is one that only a shell or another runtime would understand.
    pub fn parse(access: Access, value: &OsStr) -> Result<Self, Error> {
        let value = value.as_encoded_bytes();
        let (host, guest) = match value.windows(2).rposition(|pair| pair == b"::") {
            Some(at) => (&value[..at], Some(&value[at + 2..])),
            None => (value, None),
        };
        Self::new(access, host, guest)
    }

    /// The grant of HOST, which the program sees as GUEST, or else as HOST's absolute path.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn new(access: Access, host: &[u8], guest: Option<&[u8]>) -> Result<Self, Error> {
        refuse_misread(host, guest)?;
        let normalised = guest.map(normalised_guest);
        if normalised == Some(None) {
            return fail(format!(
                "GUEST must be absolute and without .., like /data, not {}",
                shown(guest.unwrap_or_default())
            ));
        }
        let grant = Self {
            access,
            host: host.to_vec(),
            guest: normalised.flatten(),
        };
        grant.check()?;
        Ok(grant)
    }
}

/// Refuses a HOST that is empty, one with an unknown place, and what a place doesn't allow.
///
/// # Errors
/// [`Error::Policy`].
pub(super) fn check_host(access: Access, text: &[u8]) -> Result<(), Error> {
    let Some(host) = Host::parse(text) else {
        let names = Place::ALL.map(Place::name).join(", ");
        let plain = text.strip_prefix(b"?").unwrap_or(text);
        return fail(format!(
            "{} isn't one of the places {names}; write ./{} for a directory of that name",
            shown(text),
            shown(plain)
        ));
    };
    let Some(place) = host.place else {
        return match host.path {
            b"" => fail("what is granted has an empty name".into()),
            _ => Ok(()),
        };
    };
    if host
        .path
        .split(|&byte| byte == b'/')
        .any(|name| name == b"..")
    {
        return fail(format!(
            "{} must be without .., which could leave {}",
            shown(text),
            place.name()
        ));
    }
    match (place, access) {
        (Place::Tmp, _) if host.optional || !host.path.is_empty() => fail(format!(
            "{} must be @tmp alone: the directory is new and empty at each start",
            shown(text)
        )),
        (Place::Tmp, Access::ReadOnly) => fail(
            "@tmp is empty at the start, so it must be writable; grant it with --dir @tmp".into(),
        ),
        (Place::Exe, Access::ReadWrite) => fail(format!(
            "{} can only be read: other programs may lie beside the executable; use -ro",
            shown(text)
        )),
        _ => Ok(()),
    }
}

/// Refuses a HOST that begins with `~` or `$VARIABLE`, which no shell has replaced. Also
/// refuses a single colon before an absolute path, with which other runtimes write GUEST, and the
/// rights at the end that Docker and wazero write, `:ro` and `:rw`. A directory that really has such a
/// name can still be granted; the message says how.
fn refuse_misread(host: &[u8], guest: Option<&[u8]>) -> Result<(), Error> {
    let has_guest = guest.is_some();
    let begins_variable = |rest: &[u8]| {
        rest.first()
            .is_some_and(|&byte| byte == b'{' || byte == b'_' || byte.is_ascii_alphabetic())
    };
    let host = host.strip_prefix(b"?").unwrap_or(host);
    let shown_host = shown(host);
    if host.starts_with(b"~") || host.strip_prefix(b"$").is_some_and(begins_variable) {
        let what = if host.starts_with(b"~") {
            "~, and not inside quotes or after ="
        } else {
            "variables, and not inside single quotes"
        };
        return fail(format!(
            "{shown_host} would be taken literally: only a shell replaces {what}; write \
             ./{shown_host} for a directory of that name"
        ));
    }
    if let Some(at) = host.windows(2).position(|pair| pair == b":/")
        && !has_guest
        && at > 0
    {
        let (before, guest) = (&host[..at], &host[at + 1..]);
        // Docker and wazero write `:ro` for read-only.
        let (flag, guest) = match guest.strip_suffix(b":ro") {
            Some(guest) => ("--dir-ro ", guest),
            None => ("", guest),
        };
        return fail(format!(
            "{} has a single colon; write {flag}{}::{} for HOST::GUEST, or add ::GUEST for a \
             directory of that name",
            shown_host,
            shown(before),
            shown(guest)
        ));
    }
    let value = match guest {
        Some(guest) => [host, b"::", guest].concat(),
        None => host.to_vec(),
    };
    for (suffix, flags) in [(":ro", "--dir-ro or --file-ro"), (":rw", "--dir or --file")] {
        let Some(rest) = value.strip_suffix(suffix.as_bytes()) else {
            continue;
        };
        let flag = flags.split(' ').next().unwrap_or(flags);
        let other = if has_guest { "/" } else { "::GUEST" };
        return fail(format!(
            "{} ends with {suffix}, which would be a part of the name; write {flag} {} (the rights \
             are those of the flag, {flags}), or add {other} for a name that ends so",
            shown(&value),
            shown(rest),
        ));
    }
    Ok(())
}

impl EnvVar {
    /// Parses `NAME=VALUE` or `NAME`.
    ///
    /// # Errors
    /// [`Error::Policy`] when NAME is empty, holds a space or a comma, or is a `$VARIABLE` that no shell
    /// has replaced.
    pub fn parse(value: &OsStr) -> Result<Self, Error> {
        let value = value.as_encoded_bytes();
        match value.iter().position(|&byte| byte == b'=') {
            Some(at) => Self::new(&value[..at], Some(&value[at + 1..])),
            None => Self::new(value, None),
        }
    }

    /// The variable with this value, or with the host's.
    ///
    /// # Errors
    /// [`Error::Policy`] when the name is empty or holds a space, a comma or `=`.
    pub fn new(name: &[u8], value: Option<&[u8]>) -> Result<Self, Error> {
        let name = name.to_vec();
        let variable = match value {
            Some(value) => Self::Set {
                name,
                value: value.to_vec(),
            },
            None => Self::Pass { name },
        };
        refuse_unreplaced(variable.name())?;
        variable.check()?;
        Ok(variable)
    }
}

/// Refuses the name of a variable with a `$`, which a shell would have replaced.
fn refuse_unreplaced(name: &[u8]) -> Result<(), Error> {
    if !name.contains(&b'$') {
        return Ok(());
    }
    let plain: Vec<u8> = (name.iter().copied())
        .filter(|byte| !b"${}".contains(byte))
        .collect();
    fail(format!(
        "{0} would be taken literally: only a shell replaces variables, and not inside single \
         quotes; write --env {1} to pass the variable through",
        shown(name),
        shown(if plain.is_empty() { b"NAME" } else { &plain }),
    ))
}

/// Parses a number of bytes: digits and a unit. `K`, `M`, `G`, `T` and `KiB`, `MiB`, `GiB`,
/// `TiB` are powers of 1024; `kB`, `MB`, `GB`, `TB` are powers of 1000, as in the SI. Case
/// doesn't matter.
///
/// # Errors
/// [`Error::Policy`] for anything else, and for numbers of 2^64 and more.
pub fn parse_size(value: &str) -> Result<u64, Error> {
    let digits = value.len() - value.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = value.split_at(digits);
    let unit: Option<u64> = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "k" | "kib" => Some(1 << 10),
        "m" | "mib" => Some(1 << 20),
        "g" | "gib" => Some(1 << 30),
        "t" | "tib" => Some(1 << 40),
        "kb" => Some(1_000),
        "mb" => Some(1_000_000),
        "gb" => Some(1_000_000_000),
        "tb" => Some(1_000_000_000_000),
        _ => None,
    };
    let Some((unit, number)) = unit.zip(number.parse::<u64>().ok()) else {
        return fail(format!(
            "{} isn't a valid size; write 65536, 64KiB, 256M or 1GB",
            shown(value.as_bytes())
        ));
    };
    match number.checked_mul(unit) {
        Some(bytes) => Ok(bytes),
        None => fail(format!("{value} is too large for 64 bits")),
    }
}

/// Parses a time in milliseconds: digits and a unit, `ms`, `s`, `m` or `h`.
///
/// # Errors
/// [`Error::Policy`] for anything else, a number without a unit included.
pub fn parse_time(value: &str) -> Result<u64, Error> {
    let digits = value.len() - value.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = value.split_at(digits);
    let mut units = Milliseconds::UNITS.iter();
    let unit = units.find(|(name, _)| *name == unit);
    let Some(((_, unit), number)) = unit.zip(number.parse::<u64>().ok()) else {
        return fail(format!(
            "{} isn't a valid time; write 500ms, 10s, 2m or 1h",
            shown(value.as_bytes())
        ));
    };
    match number.checked_mul(*unit) {
        Some(milliseconds) => Ok(milliseconds),
        None => fail(format!("{value} is too large for 64 bits")),
    }
}
/// Parses a umask, octal as shells take it: `077`.
///
/// # Errors
/// [`Error::Policy`] when it isn't one.
pub fn parse_umask(value: &str) -> Result<u32, Error> {
    let digits = (1..=4).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
    let bits = digits.then(|| u32::from_str_radix(value, 8).ok()).flatten();
    match bits.filter(|&bits| bits <= MODE_BITS) {
        Some(bits) => Ok(bits),
        None => fail(format!(
            "{} isn't a umask; write three octal digits, like 077",
            shown(value.as_bytes())
        )),
    }
}
