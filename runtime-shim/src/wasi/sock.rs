//! Sockets: those that the process was started with or that `--listen` opens, and connections.
//! Preview 1 has no call that makes a socket.

use super::Wasi;
use super::fd_io::{first_batch, is_ready};
use crate::abi::errno::Errno;
use crate::abi::fdtable::{Descriptor, FdTable, HostFd};
use crate::abi::guest_memory::Ptr;
use crate::abi::rights::Rights;
use crate::abi::types::{FileType, checked_flags, fdflags};
use rustix::event::PollFlags;
use rustix::io::{Errno as Host, retry_on_intr};
use rustix::net::{
    RecvAncillaryBuffer, RecvFlags, ReturnFlags, SendAncillaryBuffer, SendFlags, Shutdown,
    SocketFlags, accept_with, recvmsg, sendmsg, shutdown,
};

/// Bits of `riflags` and `roflags`.
const RECV_PEEK: u32 = 1;
const RECV_WAITALL: u32 = 2;
const RECV_DATA_TRUNCATED: u32 = 1;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#sock_accept):
/// accepts a connection to a listening socket and stores a descriptor for it;
/// `flags` are the new descriptor's `fdflags`, of which only NONBLOCK makes sense.
///
/// # Errors
/// `ENOTSOCK`; `EAGAIN` when NONBLOCK is set on `fd` and nobody has connected;
/// `EINVAL` when `fd` doesn't listen or for another flag; `ECONNABORTED`; `EMFILE`, also
/// when Linux says `ENFILE`: servers in Go try again after either of the two, but on
/// wasip1 Go takes only the first for temporary (`syscall/syscall_wasip1.go`).
pub fn sock_accept(wasi: &mut Wasi, fd: u32, flags: u32, accepted_fd: Ptr) -> Result<(), Errno> {
    let listener = socket(&wasi.fds, fd, Rights::SOCK_ACCEPT)?;
    let flags = checked_flags(flags, fdflags::NONBLOCK.into())? as u16;
    wasi.memory.expect_room(accepted_fd, 4)?;
    if listener.stdio.is_some()
        && listener.nonblocking()
        && !is_ready(&listener.host, PollFlags::IN)
    {
        return Err(Errno::AGAIN);
    }
    let mut host_flags = SocketFlags::CLOEXEC;
    host_flags.set(SocketFlags::NONBLOCK, flags & fdflags::NONBLOCK != 0);
    let host = match retry_on_intr(|| accept_with(&listener.host, host_flags)) {
        Err(Host::NFILE) => return Err(Errno::MFILE),
        accepted => accepted?,
    };
    let filetype = listener.filetype;
    let accepted = wasi.fds.insert(Descriptor {
        rights: Rights::CONNECTION,
        flags,
        ..Descriptor::new(HostFd::Owned(host), filetype)
    })?;
    wasi.memory.write_u32(accepted_fd, accepted)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#sock_recv):
/// receives into the buffers of the vector; `ri_flags` is PEEK 1, WAITALL 2.
/// Stores the number of bytes and whether a datagram was cut off.
///
/// # Errors
/// `ENOTSOCK`, `EBADF` when not open for reading, `EAGAIN` when NONBLOCK is set
/// and no data is there, `EINVAL` for another flag, `ECONNRESET`, `ENOTCONN`.
pub fn sock_recv(
    wasi: &mut Wasi,
    fd: u32,
    iovs: Ptr,
    iovs_len: u32,
    ri_flags: u32,
    datalen: Ptr,
    ro_flags: Ptr,
) -> Result<(), Errno> {
    let socket = socket(&wasi.fds, fd, Rights::FD_READ)?;
    let wanted = checked_flags(ri_flags, RECV_PEEK | RECV_WAITALL)?;
    wasi.memory.expect_room(ro_flags, 2)?;
    let mut flags = emulated(socket, RecvFlags::DONTWAIT, RecvFlags::empty());
    flags.set(RecvFlags::PEEK, wanted & RECV_PEEK != 0);
    flags.set(RecvFlags::WAITALL, wanted & RECV_WAITALL != 0);
    let mut batch = first_batch(&mut wasi.memory, iovs, iovs_len, datalen)?;
    let received = retry_on_intr(|| {
        let mut nothing = RecvAncillaryBuffer::default();
        recvmsg(&socket.host, batch.as_io_slices_mut(), &mut nothing, flags)
    })?;
    let mut result = 0;
    if received.flags.contains(ReturnFlags::TRUNC) {
        result |= RECV_DATA_TRUNCATED;
    }
    wasi.memory.write_u32(datalen, received.bytes as u32)?;
    wasi.memory.write(ro_flags, &(result as u16).to_le_bytes())
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#sock_send):
/// sends the buffers of the vector; `si_flags` has no bits. Stores the number of
/// bytes.
///
/// # Errors
/// `ENOTSOCK`, `EBADF` when not open for writing, `EAGAIN` when NONBLOCK is set
/// and there is no room, `EINVAL` for a flag, `EPIPE`, `ECONNRESET`, `EMSGSIZE`,
/// `ENOTCONN`.
pub fn sock_send(
    wasi: &mut Wasi,
    fd: u32,
    iovs: Ptr,
    iovs_len: u32,
    si_flags: u32,
    datalen: Ptr,
) -> Result<(), Errno> {
    let socket = socket(&wasi.fds, fd, Rights::FD_WRITE)?;
    checked_flags(si_flags, 0)?;
    let flags = emulated(socket, SendFlags::DONTWAIT, SendFlags::empty()) | SendFlags::NOSIGNAL;
    let batch = first_batch(&mut wasi.memory, iovs, iovs_len, datalen)?;
    let count = retry_on_intr(|| {
        let mut nothing = SendAncillaryBuffer::default();
        sendmsg(&socket.host, batch.as_io_slices(), &mut nothing, flags)
    })?;
    wasi.memory.write_u32(datalen, count as u32)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#sock_shutdown):
/// ends one or both directions of a connection: `how` is 1 receiving, 2 sending,
/// 3 both.
///
/// # Errors
/// `ENOTSOCK`, `EINVAL` for another `how`, `ENOTCONN`.
pub fn sock_shutdown(wasi: &mut Wasi, fd: u32, how: u32) -> Result<(), Errno> {
    let socket = socket(&wasi.fds, fd, Rights::SOCK_SHUTDOWN)?;
    let how = match how {
        1 => Shutdown::Read,
        2 => Shutdown::Write,
        3 => Shutdown::Both,
        _ => return Err(Errno::INVAL),
    };
    Ok(shutdown(&socket.host, how)?)
}

/// `fd` if it is a socket and has `rights`.
///
/// # Errors
/// `EBADF`, `ENOTSOCK`, `ENOTCAPABLE`.
fn socket(fds: &FdTable, fd: u32, rights: Rights) -> Result<&Descriptor, Errno> {
    let descriptor = fds.get(fd)?;
    match descriptor.filetype {
        FileType::SocketStream | FileType::SocketDgram => {
            descriptor.demand(rights)?;
            Ok(descriptor)
        }
        _ => Err(Errno::NOTSOCK),
    }
}

/// `dontwait` if the guest has set NONBLOCK and the kernel doesn't know it (the runtime emulates
/// NONBLOCK).
fn emulated<F>(socket: &Descriptor, dontwait: F, otherwise: F) -> F {
    if socket.stdio.is_some() && socket.nonblocking() {
        dontwait
    } else {
        otherwise
    }
}

#[cfg(test)]
#[path = "sock_tests.rs"]
mod tests;
