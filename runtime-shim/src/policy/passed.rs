//! The listening sockets that a service manager passes: the host's descriptors from 3 on, as many
//! as `LISTEN_FDS` says, if `LISTEN_PID` is this process (`sd_listen_fds(3)`).
//!
//! Invariant: each of them listens for streams of TCP or of Unix, or the program doesn't start. They
//! are looked at before the runtime opens anything, so none is a descriptor of the runtime's own.

use super::Refusal;
use crate::inherited::FIRST;
use core::ffi::{CStr, c_char};
use core::fmt;
use rustix::fd::{BorrowedFd, RawFd};
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::io::{Errno, FdFlags, fcntl_setfd};
use rustix::net::{AddressFamily, SocketType, sockopt};
use rustix::process::getpid;

/// Why the sockets can't be taken.
pub enum NotPassed {
    /// The caller, who has fewer rights than the program, would choose them.
    Callers,
    /// The variable isn't set.
    Unset(&'static str),
    /// `LISTEN_FDS` isn't a number, or is 0.
    NoNumber,
    /// `LISTEN_PID` isn't this process, whose ID this is.
    OtherProcess(i32),
    /// The descriptor isn't a listener.
    NoListener(RawFd, &'static str),
}

impl fmt::Display for NotPassed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot take sockets: ")?;
        match self {
            Self::Callers => {
                return f.write_str(
                    "this program runs with more rights than its caller (set-user-ID, set-group-ID \
                     or capabilities), who would choose them; build without --listen-fds",
                );
            }
            Self::Unset(name) => write!(f, "{name} is not set")?,
            Self::NoNumber => f.write_str("LISTEN_FDS is not a number of sockets")?,
            Self::OtherProcess(own) => {
                write!(f, "LISTEN_PID is another process; this one is {own}")?;
            }
            Self::NoListener(number, why) => write!(f, "descriptor {number} {why}")?,
        }
        f.write_str(
            " (this program was built with --listen-fds); start it by a socket unit of systemd, or \
             by systemd-socket-activate -l PORT",
        )
    }
}

/// Looks at the sockets that are passed to this process with the environment `env`, and returns how
/// many there are. They don't block from now on, and no other program inherits them.
///
/// # Errors
/// The reason why the program can't start.
pub fn check(privileged: bool, env: &[*const c_char]) -> Result<u32, Refusal> {
    let check = || {
        if privileged {
            return Err(NotPassed::Callers);
        }
        let count = count(env, getpid().as_raw_pid())?;
        for number in (0..count).map(|index| FIRST + index) {
            // SAFETY: the number is only passed to system calls, of which the first fails if it
            // isn't open.
            let socket = unsafe { BorrowedFd::borrow_raw(number) };
            prepare(socket).map_err(|why| NotPassed::NoListener(number, why))?;
        }
        Ok(count.unsigned_abs())
    };
    check().map_err(Refusal::NotPassed)
}

/// The number of sockets that `env` passes to the process `own`.
fn count(env: &[*const c_char], own: i32) -> Result<i32, NotPassed> {
    let number = |name| {
        let value = value(env, name).ok_or(NotPassed::Unset(name))?;
        Ok(str::from_utf8(value)
            .ok()
            .and_then(|text| text.parse().ok()))
    };
    // A manager that passes no sockets sets neither, so the first is the better one to name.
    let count = number("LISTEN_FDS")?;
    let process: Option<i32> = number("LISTEN_PID")?;
    if process != Some(own) {
        return Err(NotPassed::OtherProcess(own));
    }
    // No process has descriptors beyond the largest number.
    let is_possible = |count: &i32| (1..i32::MAX - FIRST).contains(count);
    count.filter(is_possible).ok_or(NotPassed::NoNumber)
}

/// The value of the first variable `name`.
fn value<'a>(env: &'a [*const c_char], name: &str) -> Option<&'a [u8]> {
    env.iter().find_map(|&variable| {
        // SAFETY: the kernel's environment consists of C strings, which stay.
        let variable = unsafe { CStr::from_ptr(variable) }.to_bytes();
        let value = variable.strip_prefix(name.as_bytes())?;
        value.strip_prefix(b"=")
    })
}

/// Makes a listener of a descriptor that may be anything.
///
/// # Errors
/// What is wrong with it, as the end of a sentence about the descriptor.
fn prepare(socket: BorrowedFd<'_>) -> Result<(), &'static str> {
    match sockopt::socket_type(socket) {
        Ok(SocketType::STREAM) => {}
        Ok(_) => return Err("is a socket without streams, such as one for datagrams"),
        Err(Errno::BADF) => return Err("is not open"),
        Err(_) => return Err("is not a socket"),
    }
    match sockopt::socket_domain(socket) {
        Ok(AddressFamily::INET | AddressFamily::INET6 | AddressFamily::UNIX) => {}
        _ => return Err("is a socket of another kind than TCP and Unix"),
    }
    if sockopt::socket_acceptconn(socket) != Ok(true) {
        return Err("is a socket that does not listen, such as a connection of Accept=yes");
    }
    let prepare = || {
        fcntl_setfd(socket, FdFlags::CLOEXEC)?;
        fcntl_setfl(socket, fcntl_getfl(socket)? | OFlags::NONBLOCK)
    };
    prepare().map_err(|_| "can't be set up")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasi::fixture::{Scratch, host_fd};
    use rustix::fd::AsFd;
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
    use std::string::ToString;
    use std::vec::Vec;

    #[test]
    fn sockets_are_counted_if_they_are_for_this_process() {
        let number = |variables: &[&'static CStr]| {
            let env: Vec<_> = variables.iter().map(|v| v.as_ptr()).collect();
            count(&env, 34).map_err(|why| why.to_string())
        };
        assert_eq!(number(&[c"LISTEN_FDS=2", c"LISTEN_PID=34"]), Ok(2));
        // The first counts, as for getenv(3).
        let twice = [c"LISTEN_PID=34", c"LISTEN_FDS=1", c"LISTEN_FDS=2"];
        assert_eq!(number(&twice), Ok(1));
        for (variables, says) in [
            (&[][..], "LISTEN_FDS is not set"),
            (
                &[c"LISTEN_FDSX=1", c"LISTEN_PID=34"],
                "LISTEN_FDS is not set",
            ),
            (&[c"LISTEN_FDS=1"], "LISTEN_PID is not set"),
            (
                &[c"LISTEN_FDS=1", c"LISTEN_PID=35"],
                "LISTEN_PID is another process; this one is 34",
            ),
            (&[c"LISTEN_FDS=1", c"LISTEN_PID="], "this one is 34"),
            (&[c"LISTEN_FDS=0", c"LISTEN_PID=34"], "not a number of"),
            (&[c"LISTEN_FDS=-1", c"LISTEN_PID=34"], "not a number of"),
            (&[c"LISTEN_FDS=x", c"LISTEN_PID=34"], "not a number of"),
            (
                &[c"LISTEN_FDS=2147483647", c"LISTEN_PID=34"],
                "not a number of",
            ),
            (
                &[c"LISTEN_FDS=4294967296", c"LISTEN_PID=34"],
                "not a number of",
            ),
        ] {
            let refused = number(variables).unwrap_err();
            assert!(refused.contains(says), "{variables:?}: {refused}");
            assert!(refused.contains("systemd-socket-activate"), "{refused}");
        }
    }

    #[test]
    fn whoever_has_fewer_rights_passes_no_sockets() {
        let Err(refused) = check(true, &[]) else {
            panic!("sockets of the caller")
        };
        let refused = refused.to_string();
        assert!(refused.contains("more rights than its caller"), "{refused}");
    }

    #[test]
    fn only_listeners_for_streams_are_taken() {
        let scratch = Scratch::new();
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let connection = TcpStream::connect(tcp.local_addr().unwrap()).unwrap();
        let unix = UnixListener::bind(scratch.join("s")).unwrap();
        for listener in [host_fd(tcp), host_fd(unix)] {
            fcntl_setfd(&listener, FdFlags::empty()).unwrap();
            assert_eq!(prepare(listener.as_fd()), Ok(()));
            let flags = fcntl_getfl(&listener).unwrap();
            assert!(flags.contains(OFlags::NONBLOCK));
            let flags = rustix::io::fcntl_getfd(&listener).unwrap();
            assert_eq!(flags, FdFlags::CLOEXEC);
        }
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let (datagram, _other) = UnixDatagram::pair().unwrap();
        let (stream, _other) = UnixStream::pair().unwrap();
        let file = std::fs::File::open("/").unwrap();
        for (wrong, says) in [
            (host_fd(udp), "datagrams"),
            (host_fd(datagram), "datagrams"),
            (host_fd(connection), "does not listen"),
            (host_fd(stream), "does not listen"),
            (host_fd(file), "is not a socket"),
        ] {
            let refused = prepare(wrong.as_fd()).unwrap_err();
            assert!(refused.contains(says), "{refused}");
        }
        // SAFETY: no process has so many descriptors, and the call fails.
        let closed = unsafe { BorrowedFd::borrow_raw(RawFd::MAX) };
        assert_eq!(prepare(closed), Err("is not open"));
    }
}
