use super::*;
use crate::wasi::fixture::Guest;
use std::fs;
use std::string::String;

#[test]
fn the_name_is_the_host_s_and_only_told_if_granted() {
    let mut guest = Guest::new();
    guest.wasi.os_rights.host_name = false;
    assert_eq!(
        host_name(&mut guest.wasi, 8, 100, 0),
        Err(Errno::NOTCAPABLE)
    );
    assert_eq!(guest.bytes(0, 108), [0; 108]);
    guest.wasi.os_rights.host_name = true;
    let name = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let name = name.trim_end();
    host_name(&mut guest.wasi, 8, 100, 0).unwrap();
    let len = guest.u32(0);
    assert_eq!(String::from_utf8(guest.bytes(8, len)).unwrap(), name);
    host_name(&mut guest.wasi, 200, len, 0).unwrap();
    assert_eq!(host_name(&mut guest.wasi, 8, len - 1, 0), Err(Errno::RANGE));
}

#[test]
fn the_number_of_the_process_is_the_true_one() {
    let mut guest = Guest::new();
    process_id(&mut guest.wasi, 4).unwrap();
    assert_eq!(guest.u32(4), std::process::id());
}
