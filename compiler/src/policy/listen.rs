//! Addresses that the executable listens on.

use super::{Policy, fail, refuse_nul, shown};
use crate::error::Error;
use std::ffi::OsStr;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Parses `IP:PORT`, with an IPv6 address in brackets. Host names are refused: a name may
/// stand for another address on the machine that runs the program. With port 0 the kernel chooses a
/// port at each start, which the runtime reports.
///
/// # Errors
/// [`Error::Policy`] for anything else; the message proposes a value where the intended one
/// can be guessed.
pub fn parse_listen(value: &str) -> Result<SocketAddr, Error> {
    match value.parse::<SocketAddr>() {
        Ok(address) => Ok(address),
        Err(_) => fail(hint(value)),
    }
}

/// Parses the FILE of `--listen-report`.
///
/// # Errors
/// [`Error::Policy`] if it can't be the name of a file.
pub fn parse_listen_report(value: &OsStr) -> Result<Vec<u8>, Error> {
    let path = value.as_encoded_bytes();
    refuse_nul(path)?;
    let name = path.rsplit(|&byte| byte == b'/').next();
    if matches!(name, None | Some(b"" | b"." | b"..")) {
        return fail(format!(
            "{} isn't the name of a file; write one, as in /run/web.address",
            shown(path)
        ));
    }
    Ok(path.to_vec())
}

/// Refuses a report without listeners.
///
/// # Errors
/// [`Error::Policy`].
pub(super) fn check_report(policy: &Policy) -> Result<(), Error> {
    let Some(path) = &policy.listen_report else {
        return Ok(());
    };
    refuse_nul(path)?;
    if policy.listeners.is_empty() && !policy.listen_fds {
        return fail(
            "--listen-report has nothing to report; give --listen or --listen-fds as well".into(),
        );
    }
    Ok(())
}

/// The message for an address that doesn't parse.
fn hint(value: &str) -> String {
    let (host, port) = match value.rsplit_once(':') {
        _ if bare(value).parse::<IpAddr>().is_ok() => (value, None),
        Some((host, port)) => (host, Some(port)),
        None if value.bytes().all(|b| b.is_ascii_digit()) => ("", Some(value)),
        None => (value, None),
    };
    let port_or_default = match port {
        None | Some("") => "8080",
        Some(port) => port,
    };
    if port_or_default.parse::<u16>().is_err() {
        return format!(
            "{} isn't a valid port in {}; ports are 1 to 65535, or 0 for one of the kernel's choice",
            shown(port_or_default.as_bytes()),
            shown(value.as_bytes())
        );
    }
    match (host, bare(host).parse::<IpAddr>()) {
        ("", _) => format!(
            "{} has no address; write 0.0.0.0:{port_or_default} for all of IPv4, or \
             [::]:{port_or_default} for IPv4 and IPv6",
            shown(value.as_bytes())
        ),
        (_, Ok(IpAddr::V4(ip))) => format!(
            "{} isn't an address with a port; write {ip}:{port_or_default}",
            shown(value.as_bytes())
        ),
        (_, Ok(IpAddr::V6(ip))) => format!(
            "{} isn't an address with a port; write [{ip}]:{port_or_default}",
            shown(value.as_bytes())
        ),
        (name, Err(_)) => format!(
            "{} isn't an IP address; write the address, as in 127.0.0.1:{port_or_default}",
            shown(name.as_bytes())
        ),
    }
}

/// An address without the brackets around it.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

/// Refuses two listeners if Linux can open only one of them: they have the same address, or
/// one has an unspecified address that includes the other's. `[::]` includes the addresses
/// of IPv4, since the shim switches `IPV6_V6ONLY` off. Each port 0 is another port.
///
/// # Errors
/// [`Error::Policy`].
pub(super) fn check(listeners: &[SocketAddr]) -> Result<(), Error> {
    for (index, later) in listeners.iter().enumerate() {
        for earlier in &listeners[..index] {
            if earlier.port() != later.port() || later.port() == 0 {
                continue;
            }
            if earlier.ip() == later.ip() {
                return fail(format!("--listen {later} is given twice"));
            }
            for (outer, inner) in [(earlier, later), (later, earlier)] {
                if contains(outer.ip(), inner.ip()) {
                    return fail(format!(
                        "--listen {outer} takes the connections to {inner} as well; drop one of them"
                    ));
                }
            }
        }
    }
    Ok(())
}

fn contains(outer: IpAddr, inner: IpAddr) -> bool {
    match outer {
        IpAddr::V6(ip) => ip == Ipv6Addr::UNSPECIFIED,
        IpAddr::V4(ip) => ip.is_unspecified() && inner.to_canonical().is_ipv4(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(value: &str) -> String {
        parse_listen(value).unwrap_err().to_string()
    }

    #[test]
    fn addresses_are_ip_and_port() {
        for (value, canonical) in [
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("0.0.0.0:1", "0.0.0.0:1"),
            ("[::]:65535", "[::]:65535"),
            ("[0:0::1]:080", "[::1]:80"),
            ("127.0.0.1:0", "127.0.0.1:0"),
        ] {
            assert_eq!(parse_listen(value).unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn a_refusal_says_what_to_write() {
        for (value, advice) in [
            (":8080", "0.0.0.0:8080 for all of IPv4, or [::]:8080"),
            ("8080", "0.0.0.0:8080 for all of IPv4, or [::]:8080"),
            ("", "has no address"),
            ("localhost:80", "localhost isn't an IP address"),
            ("example.org", "example.org isn't an IP address"),
            ("127.0.0.1", "write 127.0.0.1:8080"),
            ("127.0.0.1:", "write 127.0.0.1:8080"),
            ("::1", "write [::1]:8080"),
            ("fe80::1:99999", "99999 isn't a valid port"),
            ("[::1]", "write [::1]:8080"),
            ("127.0.0.1:65536", "65536 isn't a valid port"),
            ("127.0.0.1:http", "http isn't a valid port"),
        ] {
            let message = refused(value);
            assert!(message.contains(advice), "{value}: {message}");
            assert!(!message.contains('\n'), "{message}");
        }
    }

    #[test]
    fn what_linux_opens_once_is_listed_once() {
        let checked = |listeners: &[&str]| {
            let listeners: Vec<_> = listeners.iter().map(|l| l.parse().unwrap()).collect();
            check(&listeners).map_err(|error| error.to_string())
        };
        let twice = checked(&["127.0.0.1:80", "127.0.0.1:81", "127.0.0.1:80"]);
        assert_eq!(twice.unwrap_err(), "--listen 127.0.0.1:80 is given twice");
        for pair in [
            ["0.0.0.0:80", "127.0.0.1:80"],
            ["127.0.0.1:80", "[::]:80"],
            ["[::]:80", "0.0.0.0:80"],
            ["[::1]:80", "[::]:80"],
            ["0.0.0.0:80", "[::ffff:1.2.3.4]:80"],
        ] {
            let message = checked(&pair).unwrap_err();
            assert!(message.contains("as well; drop one"), "{message}");
        }
        assert_eq!(
            checked(&["0.0.0.0:80", "[::1]:80", "0.0.0.0:81", "127.0.0.1:8080"]),
            Ok(())
        );
        assert_eq!(checked(&["127.0.0.1:0", "127.0.0.1:0", "[::]:0"]), Ok(()));
    }

    #[test]
    fn a_report_is_a_file_for_listeners() {
        for wrong in ["", "/", "a/", ".", "a/.."] {
            let refused = parse_listen_report(OsStr::new(wrong)).unwrap_err();
            let says = "isn't the name of a file; write one";
            assert!(refused.to_string().contains(says), "{wrong}: {refused}");
        }
        let listen_report = Some(parse_listen_report(OsStr::new("run/a")).unwrap());
        let mut policy = Policy {
            listen_report,
            ..Policy::default()
        };
        let refused = policy.check().unwrap_err().to_string();
        assert!(
            refused.contains("give --listen or --listen-fds"),
            "{refused}"
        );
        policy.listen_fds = true;
        policy.check().unwrap();
    }
}
