//! Addresses that the executable listens on.

use super::{fail, shown};
use crate::Error;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// Parses `IP:PORT`, with an IPv6 address in brackets. Names are refused: they
/// would be looked up when the program starts, and mean another address then.
///
/// # Errors
/// [`Error::Policy`] for anything else, with what to write instead where that
/// can be guessed; for port 0, which lets the kernel choose one at each start
/// that nobody could learn.
pub fn parse_listen(value: &str) -> Result<SocketAddr, Error> {
    match value.parse::<SocketAddr>() {
        Ok(address) if address.port() == 0 => fail(format!(
            "port 0 in {value} is another port at each start, which nobody could learn; choose one"
        )),
        Ok(address) => Ok(address),
        Err(_) => fail(hint(value)),
    }
}

/// What is wrong with an address that doesn't parse.
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
            "{} is no port in {}; ports are 1 to 65535",
            shown(port_or_default.as_bytes()),
            shown(value.as_bytes())
        );
    }
    match (host, bare(host).parse::<IpAddr>()) {
        ("", _) => format!(
            "{} says no address; write 0.0.0.0:{port_or_default} for all of IPv4, or \
             [::]:{port_or_default} for IPv4 and IPv6",
            shown(value.as_bytes())
        ),
        (_, Ok(IpAddr::V4(ip))) => format!(
            "{} is no address with a port; write {ip}:{port_or_default}",
            shown(value.as_bytes())
        ),
        (_, Ok(IpAddr::V6(ip))) => format!(
            "{} is no address with a port; write [{ip}]:{port_or_default}",
            shown(value.as_bytes())
        ),
        (name, Err(_)) => format!(
            "{} is no IP address; write the one that is meant, as in 127.0.0.1:{port_or_default}",
            shown(name.as_bytes())
        ),
    }
}

/// An address without the brackets around it.
fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

/// Finds two listeners of which Linux opens only one: the same address, or an
/// unspecified one beside one that it contains. `[::]` contains IPv4's addresses,
/// too, since the shim switches `IPV6_V6ONLY` off.
///
/// # Errors
/// [`Error::Policy`].
pub(super) fn check(listeners: &[SocketAddr]) -> Result<(), Error> {
    for (index, later) in listeners.iter().enumerate() {
        for earlier in &listeners[..index] {
            if earlier.port() != later.port() {
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
        ] {
            assert_eq!(parse_listen(value).unwrap().to_string(), canonical);
        }
    }

    #[test]
    fn a_refusal_says_what_to_write() {
        for (value, advice) in [
            (":8080", "0.0.0.0:8080 for all of IPv4, or [::]:8080"),
            ("8080", "0.0.0.0:8080 for all of IPv4, or [::]:8080"),
            ("", "says no address"),
            ("localhost:80", "localhost is no IP address"),
            ("example.org", "example.org is no IP address"),
            ("127.0.0.1", "write 127.0.0.1:8080"),
            ("127.0.0.1:", "write 127.0.0.1:8080"),
            ("::1", "write [::1]:8080"),
            ("fe80::1:99999", "99999 is no port"),
            ("[::1]", "write [::1]:8080"),
            ("127.0.0.1:0", "port 0 in 127.0.0.1:0"),
            ("127.0.0.1:65536", "65536 is no port"),
            ("127.0.0.1:http", "http is no port"),
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
    }
}
