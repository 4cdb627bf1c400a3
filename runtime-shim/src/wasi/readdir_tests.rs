//! Listing directories through buffers of every size.

use super::*;
use crate::abi::errno::Errno;
use crate::wasi::fixture::{Guest, Scratch};
use rustix::fs::{SeekFrom, seek};
use std::collections::BTreeMap;
use std::format;
use std::string::String;
use std::vec::Vec;
use wasi_aot_contract::manifest::Access;

/// The address for entries.
const BUF: u32 = 0x1_0000;

/// One call. Returns the bytes used.
fn call(guest: &mut Guest, fd: u32, len: u32, cookie: u64) -> Result<u32, Errno> {
    fd_readdir(&mut guest.wasi, fd, BUF, len, cookie, 0)?;
    Ok(guest.u32(0))
}

/// The whole entries in the first `used` bytes: name, the cookie that follows it, type.
fn entries(guest: &Guest, used: u32) -> Vec<(String, u64, u8)> {
    let (mut at, mut found) = (0, Vec::new());
    while at + 24 <= used {
        let len = guest.u32(BUF + at + 16);
        if at + 24 + len > used {
            break;
        }
        let name = String::from_utf8(guest.bytes(BUF + at + 24, len)).unwrap();
        let kind = guest.bytes(BUF + at + 20, 1)[0];
        found.push((name, guest.u64(BUF + at), kind));
        at += 24 + len;
    }
    found
}

/// Lists `fd` as Go does: continues after the last whole entry until a call leaves room. Returns
/// the names with their types.
fn list(guest: &mut Guest, fd: u32, len: u32) -> BTreeMap<String, u8> {
    let (mut all, mut cookie) = (BTreeMap::new(), 0);
    loop {
        let used = call(guest, fd, len, cookie).unwrap();
        let portion = entries(guest, used);
        for (name, next, kind) in portion {
            assert!(all.insert(name, kind).is_none(), "an entry came twice");
            cookie = next;
        }
        if used < len {
            return all;
        }
    }
}

/// The guest learns nothing about the directory above a granted one.
#[test]
fn the_parent_s_inode_is_kept_secret() {
    use std::os::unix::fs::MetadataExt;
    let scratch = Scratch::new();
    scratch.mkdir("d");
    let own = std::fs::metadata(scratch.join("d")).unwrap().ino();
    let mut guest = Guest::with_dir(&scratch.join("d"), Access::ReadOnly);
    assert_eq!(call(&mut guest, 0, 4096, 0).unwrap(), 24 + 1 + 24 + 2);
    // Either of the two may come first.
    let second = 24 + guest.u32(BUF + 16);
    assert_eq!([guest.u64(BUF + 8), guest.u64(BUF + second + 8)], [own; 2]);
}

#[test]
fn five_thousand_entries_through_small_buffers() {
    let scratch = Scratch::new();
    let mut expected = BTreeMap::from([(".".into(), 3), ("..".into(), 3)]);
    for i in 0..5000 {
        let name = format!("{i:0>width$}", width = 4 + i % 60);
        scratch.write(&name, "");
        expected.insert(name, 4);
    }
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadOnly);
    for len in [100, 777, 8192, 1_000_000] {
        assert_eq!(list(&mut guest, 0, len), expected, "in buffers of {len}");
    }
}

#[test]
fn types_are_told() {
    let scratch = Scratch::new();
    scratch.mkdir("dir");
    scratch.symlink("nowhere", "link");
    scratch.write("file", "");
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let all = list(&mut guest, 0, 4096);
    let kinds = ["dir", "link", "file"].map(|name| all[name]);
    assert_eq!(kinds, [3, 7, 4]);
}

#[test]
fn an_entry_that_does_not_fit_is_cut() {
    let scratch = Scratch::new();
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let whole = call(&mut guest, 0, 4096, 0).unwrap();
    let bytes = guest.bytes(BUF, whole);
    for len in 0..whole {
        guest.write(BUF, &[0xee; 100]);
        assert_eq!(call(&mut guest, 0, len, 0), Ok(len));
        assert_eq!(guest.bytes(BUF, len), bytes[..len as usize]);
        assert_eq!(guest.bytes(BUF + len, 1), [0xee]);
    }
}

#[test]
fn cookies_go_back_and_forth() {
    let scratch = Scratch::new();
    for i in 0..50 {
        scratch.write(&format!("{i}"), "");
    }
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let used = call(&mut guest, 0, 100_000, 0).unwrap();
    let all = entries(&guest, used);
    assert_eq!(all.len(), 52);
    for index in [40, 3, 51, 0] {
        let used = call(&mut guest, 0, 100_000, all[index].1).unwrap();
        assert_eq!(entries(&guest, used), all[index + 1..]);
    }
    // New files are seen by a listing from the start.
    scratch.write("new", "");
    assert!(list(&mut guest, 0, 300).contains_key("new"));
}

#[test]
fn only_directories_can_be_listed() {
    let scratch = Scratch::new();
    scratch.write("f", "");
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let file = guest.open("f", 0, Rights::FD_READ).unwrap();
    assert_eq!(call(&mut guest, file, 100, 0), Err(Errno::NOTDIR));
    assert_eq!(call(&mut guest, 99, 100, 0), Err(Errno::BADF));
    assert_eq!(call(&mut guest, 0, 100, u64::MAX), Err(Errno::INVAL));
    let outside = guest.size();
    assert_eq!(call(&mut guest, 0, outside, 0), Err(Errno::FAULT));
}

/// The host's position is never moved while a listing continues: entries that the kernel has
/// handed out but that don't fit into the guest's buffer are kept. On a file system that counts
/// positions, an entry would be lost for each one that is removed.
#[test]
fn a_listing_that_goes_on_leaves_the_position_alone() {
    let scratch = Scratch::new();
    for i in 0..400 {
        scratch.write(&format!("{i}"), "");
    }
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadOnly);
    let (mut seen, mut cookie) = (BTreeMap::new(), 0);
    for len in [300, 24, 8191, 700].into_iter().cycle() {
        let used = call(&mut guest, 0, len, cookie).unwrap();
        for (name, next, kind) in entries(&guest, used) {
            assert!(seen.insert(name, kind).is_none(), "an entry came twice");
            cookie = next;
        }
        if used < len {
            break;
        }
        let dir = guest.wasi.fds.get(0).unwrap();
        let position = seek(&dir.host, SeekFrom::Current(0)).unwrap();
        assert_eq!(position == cookie, !dir.listing.keeps_entries());
    }
    assert_eq!(seen.len(), 402);
}
