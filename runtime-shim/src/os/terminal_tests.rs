use super::*;
use crate::policy::terminal::Controlling;
use crate::sys;
use crate::wasi::fixture::{Guest, host_fd, pseudo_terminal};
use rustix::fd::OwnedFd;
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use std::format;
use std::fs::File;
use std::string::String;

/// A guest with a terminal (0), and the terminal's two ends.
fn guest() -> (Guest, OwnedFd, OwnedFd) {
    let (person, program) = pseudo_terminal();
    let mut guest = Guest::new();
    let host = program.try_clone().unwrap();
    guest.adopt(host, FileType::CharacterDevice, None);
    (guest, person, program)
}

fn attributes(terminal: &OwnedFd) -> String {
    format!("{:?}", tcgetattr(terminal).unwrap())
}

#[test]
fn the_right_is_asked_for() {
    let (mut guest, _person, program) = guest();
    let before = attributes(&program);
    guest.wasi.os_rights.terminals = false;
    let wasi = &mut guest.wasi;
    assert_eq!(terminal_open(wasi, 8), Err(Errno::NOTCAPABLE));
    assert_eq!(terminal_size(wasi, 0, 8), Err(Errno::NOTCAPABLE));
    assert_eq!(terminal_get_mode(wasi, 0, 8), Err(Errno::NOTCAPABLE));
    assert_eq!(terminal_set_mode(wasi, 0, 1), Err(Errno::NOTCAPABLE));
    assert_eq!(attributes(&program), before);
}

#[test]
fn only_terminals_have_sizes_and_modes() {
    let mut guest = Guest::new();
    let null = host_fd(File::open("/dev/null").unwrap());
    let file = host_fd(File::open("/proc/self/stat").unwrap());
    guest.adopt(null, FileType::CharacterDevice, None);
    guest.adopt(file, FileType::RegularFile, None);
    for (fd, errno) in [
        (0, Errno::NOTTY),
        (1, Errno::NOTTY),
        (2, Errno::BADF),
        (u32::MAX, Errno::BADF),
    ] {
        assert_eq!(terminal_size(&mut guest.wasi, fd, 8), Err(errno));
        assert_eq!(terminal_get_mode(&mut guest.wasi, fd, 8), Err(errno));
        assert_eq!(terminal_set_mode(&mut guest.wasi, fd, 1), Err(errno));
    }
    assert_eq!(terminal_open(&mut guest.wasi, 8), Err(Errno::NXIO));
}

#[test]
fn sizes_are_columns_and_rows() {
    let (mut guest, person, _program) = guest();
    let size = Winsize {
        ws_row: 40,
        ws_col: 132,
        ws_xpixel: 1,
        ws_ypixel: 2,
    };
    tcsetwinsize(&person, size).unwrap();
    terminal_size(&mut guest.wasi, 0, 8).unwrap();
    assert_eq!((guest.u16(8), guest.u16(10)), (132, 40));
}

#[test]
fn modes_are_made_of_what_was_found() {
    let (mut guest, _person, program) = guest();
    let before = attributes(&program);
    let mode_of = |guest: &mut Guest| {
        terminal_get_mode(&mut guest.wasi, 0, 8).unwrap();
        guest.u32(8)
    };
    assert_eq!(mode_of(&mut guest), 0);
    let refused = terminal_set_mode(&mut guest.wasi, 0, 4);
    assert_eq!(refused, Err(Errno::INVAL));
    for mode in [1, 2, 3, 1] {
        terminal_set_mode(&mut guest.wasi, 0, mode).unwrap();
        assert_eq!(mode_of(&mut guest), mode);
        let found = tcgetattr(&program).unwrap().local_modes;
        assert!(!found.contains(LocalModes::ECHO));
        let lines = LocalModes::ICANON | LocalModes::ISIG;
        assert_eq!(found.contains(lines), mode & 2 != 0, "{mode}");
        assert_eq!(found.intersects(lines), mode & 2 != 0, "{mode}");
        // What the C library would set.
        let mut raw = tcgetattr(&program).unwrap();
        raw.make_raw();
        assert!(mode != 1 || format!("{raw:?}") == attributes(&program));
    }
    terminal_set_mode(&mut guest.wasi, 0, 0).unwrap();
    assert_eq!((mode_of(&mut guest), attributes(&program)), (0, before));
}

#[test]
fn a_terminal_is_one_under_each_of_its_descriptors() {
    let (mut guest, _person, program) = guest();
    let before = attributes(&program);
    guest.wasi.terminal = Some(Controlling {
        device: sys::terminal_device(&program).unwrap(),
        host: program.try_clone().unwrap(),
    });
    terminal_open(&mut guest.wasi, 8).unwrap();
    let opened = guest.u32(8);
    terminal_set_mode(&mut guest.wasi, 0, 1).unwrap();
    terminal_get_mode(&mut guest.wasi, opened, 8).unwrap();
    assert_eq!(guest.u32(8), 1);
    terminal_set_mode(&mut guest.wasi, opened, 3).unwrap();
    terminal_set_mode(&mut guest.wasi, 0, 0).unwrap();
    assert_eq!(attributes(&program), before);
}

#[test]
fn a_grant_for_reading_lets_nothing_be_set() {
    let (mut guest, _person, program) = guest();
    let before = attributes(&program);
    guest.wasi.fds.get_mut(0).unwrap().read_only = true;
    let refused = terminal_set_mode(&mut guest.wasi, 0, 1);
    assert_eq!(refused, Err(Errno::ROFS));
    assert_eq!(attributes(&program), before);
}
