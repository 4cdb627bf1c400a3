//! Preview 1's error numbers, and the conversion of Linux's numbers to them.
//!
//! Names are those of the specification
//! (<https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#errno>).

use crate::shim_memory::NoMemory;
use rustix::io::Errno as Host;

/// Why a call failed, as the guest sees it. Never 0, which stands for success.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Errno(u16);

impl Errno {
    /// Not an error: the goroutine is to give way and make the call again. The guest gets
    /// `EINTR`, for which Go's os package does that. The guest never gets an `EINTR` of the
    /// host.
    pub const GIVE_WAY: Self = Self(u16::MAX);

    /// The number that a function returns or an event contains.
    pub const fn number(self) -> u16 {
        self.0
    }
}

macro_rules! errnos {
    ($($name:ident = $number:literal $(from $host:ident)?;)*) => {
        impl Errno {
            $(pub const $name: Self = Self($number);)*
        }

        impl From<Host> for Errno {
            /// An errno of Linux for which preview 1 has no number becomes `EIO`.
            fn from(host: Host) -> Self {
                match host {
                    $($(Host::$host => Self::$name,)?)*
                    _ => Self::IO,
                }
            }
        }

        impl core::fmt::Debug for Errno {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(match *self {
                    $(Self::$name => stringify!($name),)*
                    _ => "an errno outside the specification",
                })
            }
        }
    };
}

errnos! {
    TOOBIG = 1 from TOOBIG;
    ACCES = 2 from ACCESS;
    ADDRINUSE = 3 from ADDRINUSE;
    ADDRNOTAVAIL = 4 from ADDRNOTAVAIL;
    AFNOSUPPORT = 5 from AFNOSUPPORT;
    AGAIN = 6 from AGAIN;
    ALREADY = 7 from ALREADY;
    BADF = 8 from BADF;
    BADMSG = 9 from BADMSG;
    BUSY = 10 from BUSY;
    CANCELED = 11 from CANCELED;
    CHILD = 12 from CHILD;
    CONNABORTED = 13 from CONNABORTED;
    CONNREFUSED = 14 from CONNREFUSED;
    CONNRESET = 15 from CONNRESET;
    DEADLK = 16 from DEADLK;
    DESTADDRREQ = 17 from DESTADDRREQ;
    DOM = 18 from DOM;
    DQUOT = 19 from DQUOT;
    EXIST = 20 from EXIST;
    FAULT = 21 from FAULT;
    FBIG = 22 from FBIG;
    HOSTUNREACH = 23 from HOSTUNREACH;
    IDRM = 24 from IDRM;
    ILSEQ = 25 from ILSEQ;
    INPROGRESS = 26 from INPROGRESS;
    INTR = 27 from INTR;
    INVAL = 28 from INVAL;
    IO = 29 from IO;
    ISCONN = 30 from ISCONN;
    ISDIR = 31 from ISDIR;
    LOOP = 32 from LOOP;
    MFILE = 33 from MFILE;
    MLINK = 34 from MLINK;
    MSGSIZE = 35 from MSGSIZE;
    MULTIHOP = 36 from MULTIHOP;
    NAMETOOLONG = 37 from NAMETOOLONG;
    NETDOWN = 38 from NETDOWN;
    NETRESET = 39 from NETRESET;
    NETUNREACH = 40 from NETUNREACH;
    NFILE = 41 from NFILE;
    NOBUFS = 42 from NOBUFS;
    NODEV = 43 from NODEV;
    NOENT = 44 from NOENT;
    NOEXEC = 45 from NOEXEC;
    NOLCK = 46 from NOLCK;
    NOLINK = 47 from NOLINK;
    NOMEM = 48 from NOMEM;
    NOMSG = 49 from NOMSG;
    NOPROTOOPT = 50 from NOPROTOOPT;
    NOSPC = 51 from NOSPC;
    NOSYS = 52 from NOSYS;
    NOTCONN = 53 from NOTCONN;
    NOTDIR = 54 from NOTDIR;
    NOTEMPTY = 55 from NOTEMPTY;
    NOTRECOVERABLE = 56 from NOTRECOVERABLE;
    NOTSOCK = 57 from NOTSOCK;
    NOTSUP = 58 from OPNOTSUPP;
    NOTTY = 59 from NOTTY;
    NXIO = 60 from NXIO;
    OVERFLOW = 61 from OVERFLOW;
    OWNERDEAD = 62 from OWNERDEAD;
    PERM = 63 from PERM;
    PIPE = 64 from PIPE;
    PROTO = 65 from PROTO;
    PROTONOSUPPORT = 66 from PROTONOSUPPORT;
    PROTOTYPE = 67 from PROTOTYPE;
    RANGE = 68 from RANGE;
    ROFS = 69 from ROFS;
    SPIPE = 70 from SPIPE;
    SRCH = 71 from SRCH;
    STALE = 72 from STALE;
    TIMEDOUT = 73 from TIMEDOUT;
    TXTBSY = 74 from TXTBSY;
    XDEV = 75 from XDEV;
    NOTCAPABLE = 76;
}

impl From<NoMemory> for Errno {
    fn from(_: NoMemory) -> Self {
        Self::NOMEM
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers are those of Go's syscall package for wasip1: with a wrong number a program
    /// would see another error than the one that happened.
    #[test]
    fn numbers_are_the_specification_s() {
        for (host, number) in [
            (Host::ACCESS, 2),
            (Host::AGAIN, 6),
            (Host::BADF, 8),
            (Host::EXIST, 20),
            (Host::INTR, 27),
            (Host::INVAL, 28),
            (Host::ISDIR, 31),
            (Host::NOENT, 44),
            (Host::NOTDIR, 54),
            (Host::NOTSUP, 58),
            (Host::PERM, 63),
            (Host::PIPE, 64),
            (Host::XDEV, 75),
        ] {
            assert_eq!(Errno::from(host).number(), number);
        }
        assert_eq!(Errno::from(Host::NOTTY).number(), 59);
        assert_eq!(Errno::from(Host::KEYEXPIRED), Errno::IO);
    }
}
