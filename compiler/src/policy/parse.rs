//! The values of the command line's policy flags.

use super::path::normalised_guest;
use super::{Access, EnvVar, Grant, fail, shown};
use crate::Error;
use std::ffi::OsStr;
use wasi_aot_contract::text::Milliseconds;

impl Grant {
    /// Parses `HOST` or `HOST::GUEST`. The last `::` divides, so a HOST that
    /// contains one needs a GUEST.
    ///
    /// # Errors
    /// [`Error::Policy`] when HOST is empty or GUEST isn't absolute or contains
    /// `..`.
    pub fn parse(access: Access, value: &OsStr) -> Result<Self, Error> {
        let value = value.as_encoded_bytes();
        let (host, guest) = match value.windows(2).rposition(|pair| pair == b"::") {
            Some(at) => (&value[..at], Some(&value[at + 2..])),
            None => (value, None),
        };
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

impl EnvVar {
    /// Parses `NAME=VALUE` or `NAME`.
    ///
    /// # Errors
    /// [`Error::Policy`] when NAME is empty.
    pub fn parse(value: &OsStr) -> Result<Self, Error> {
        let value = value.as_encoded_bytes();
        let variable = match value.iter().position(|&byte| byte == b'=') {
            Some(at) => Self::Set {
                name: value[..at].to_vec(),
                value: value[at + 1..].to_vec(),
            },
            None => Self::Pass {
                name: value.to_vec(),
            },
        };
        variable.check()?;
        Ok(variable)
    }
}

/// Parses a number of bytes: digits, and `K`, `M`, `G` or `T` for powers of 1024,
/// which `iB` may follow. Case doesn't matter.
///
/// # Errors
/// [`Error::Policy`] for anything else, `MB` (which could mean 10^6) included,
/// and for numbers of 2^64 and more.
pub fn parse_size(value: &str) -> Result<u64, Error> {
    let digits = value.len() - value.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = value.split_at(digits);
    let shift = match unit.to_ascii_lowercase().as_str() {
        "" => Some(0),
        "k" | "kib" => Some(10),
        "m" | "mib" => Some(20),
        "g" | "gib" => Some(30),
        "t" | "tib" => Some(40),
        _ => None,
    };
    let Some((shift, number)) = shift.zip(number.parse::<u64>().ok()) else {
        return fail(format!(
            "{} is no size; write 65536, 64KiB, 256M or 1GiB",
            shown(value.as_bytes())
        ));
    };
    match number.checked_mul(1 << shift) {
        Some(bytes) => Ok(bytes),
        None => fail(format!("{value} is more than 64 bits can count")),
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
            "{} is no time; write 500ms, 10s, 2m or 1h",
            shown(value.as_bytes())
        ));
    };
    match number.checked_mul(*unit) {
        Some(milliseconds) => Ok(milliseconds),
        None => fail(format!("{value} is more than 64 bits can count")),
    }
}
