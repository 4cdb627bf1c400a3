//! The functions of `wasi_snapshot_preview1` with their signatures in core types, after
//! `legacy/preview1/docs.md` of the WASI repository. Pointers, sizes, handles and
//! enumerations are i32.

use crate::signature::{HostModule, Signature, Type};

/// The import module's name.
pub const MODULE_NAME: &str = HostModule::Preview1.name();

/// Calls the macro `$with` with the whole list. The compiler's signatures and the shim's
/// exports are generated from this one definition.
#[macro_export]
macro_rules! for_each_preview1 {
    ($with:ident) => {
        $with! {
            args_get(argv: I32, argv_buf: I32) -> I32;
            args_sizes_get(argc: I32, argv_buf_size: I32) -> I32;
            environ_get(environ: I32, environ_buf: I32) -> I32;
            environ_sizes_get(count: I32, buf_size: I32) -> I32;
            clock_res_get(id: I32, resolution: I32) -> I32;
            clock_time_get(id: I32, precision: I64, time: I32) -> I32;
            fd_advise(fd: I32, offset: I64, len: I64, advice: I32) -> I32;
            fd_allocate(fd: I32, offset: I64, len: I64) -> I32;
            fd_close(fd: I32) -> I32;
            fd_datasync(fd: I32) -> I32;
            fd_fdstat_get(fd: I32, stat: I32) -> I32;
            fd_fdstat_set_flags(fd: I32, flags: I32) -> I32;
            fd_fdstat_set_rights(fd: I32, base: I64, inheriting: I64) -> I32;
            fd_filestat_get(fd: I32, stat: I32) -> I32;
            fd_filestat_set_size(fd: I32, size: I64) -> I32;
            fd_filestat_set_times(fd: I32, atim: I64, mtim: I64, fst_flags: I32) -> I32;
            fd_pread(fd: I32, iovs: I32, iovs_len: I32, offset: I64, nread: I32) -> I32;
            fd_prestat_get(fd: I32, prestat: I32) -> I32;
            fd_prestat_dir_name(fd: I32, path: I32, path_len: I32) -> I32;
            fd_pwrite(fd: I32, iovs: I32, iovs_len: I32, offset: I64, nwritten: I32) -> I32;
            fd_read(fd: I32, iovs: I32, iovs_len: I32, nread: I32) -> I32;
            fd_readdir(fd: I32, buf: I32, buf_len: I32, cookie: I64, bufused: I32) -> I32;
            fd_renumber(fd: I32, to: I32) -> I32;
            fd_seek(fd: I32, offset: I64, whence: I32, newoffset: I32) -> I32;
            fd_sync(fd: I32) -> I32;
            fd_tell(fd: I32, offset: I32) -> I32;
            fd_write(fd: I32, iovs: I32, iovs_len: I32, nwritten: I32) -> I32;
            path_create_directory(fd: I32, path: I32, path_len: I32) -> I32;
            path_filestat_get(fd: I32, flags: I32, path: I32, path_len: I32, stat: I32) -> I32;
            path_filestat_set_times(fd: I32, flags: I32, path: I32, path_len: I32, atim: I64, mtim: I64, fst_flags: I32) -> I32;
            path_link(old_fd: I32, old_flags: I32, old_path: I32, old_path_len: I32, new_fd: I32, new_path: I32, new_path_len: I32) -> I32;
            path_open(fd: I32, dirflags: I32, path: I32, path_len: I32, oflags: I32, rights_base: I64, rights_inheriting: I64, fdflags: I32, opened_fd: I32) -> I32;
            path_readlink(fd: I32, path: I32, path_len: I32, buf: I32, buf_len: I32, bufused: I32) -> I32;
            path_remove_directory(fd: I32, path: I32, path_len: I32) -> I32;
            path_rename(fd: I32, old_path: I32, old_path_len: I32, new_fd: I32, new_path: I32, new_path_len: I32) -> I32;
            path_symlink(old_path: I32, old_path_len: I32, fd: I32, new_path: I32, new_path_len: I32) -> I32;
            path_unlink_file(fd: I32, path: I32, path_len: I32) -> I32;
            poll_oneoff(subscriptions: I32, events: I32, nsubscriptions: I32, nevents: I32) -> I32;
            proc_exit(code: I32);
            proc_raise(signal: I32) -> I32;
            sched_yield() -> I32;
            random_get(buf: I32, buf_len: I32) -> I32;
            sock_accept(fd: I32, flags: I32, accepted_fd: I32) -> I32;
            sock_recv(fd: I32, iovs: I32, iovs_len: I32, ri_flags: I32, datalen: I32, ro_flags: I32) -> I32;
            sock_send(fd: I32, iovs: I32, iovs_len: I32, si_flags: I32, datalen: I32) -> I32;
            sock_shutdown(fd: I32, how: I32) -> I32;
        }
    };
}

macro_rules! table {
    ($($name:ident($($param:ident: $ty:ident),*) $(-> $ret:ident)?;)*) => {
        /// Every function of preview 1, by family, in the order of its documentation.
        pub const FUNCTIONS: &[Signature] = &[
            $(Signature {
                module: HostModule::Preview1,
                name: stringify!($name),
                params: &[$(Type::$ty),*],
                results: &[$(Type::$ret)?],
            },)*
        ];
    };
}
for_each_preview1!(table);

#[cfg(test)]
mod tests {
    #[test]
    fn preview1_has_46_functions() {
        assert_eq!(super::FUNCTIONS.len(), 46);
    }
}
