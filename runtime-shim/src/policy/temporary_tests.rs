//! The directory of `@tmp`: made, found left over, and removed.
//!
//! The statics of [`make`] belong to the process, so these tests use its parts.

use super::*;
use crate::wasi::fixture::Scratch;
use std::ffi::CString;
use std::format;
use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

/// A user's directory, and the path of its holder with this name.
fn place(scratch: &Scratch) -> (OwnedFd, PathBuf) {
    let path = scratch.join("all");
    let name = CString::new(path.to_str().unwrap()).unwrap();
    (private(&name).ok().unwrap().unwrap(), path)
}

const LEFT: &str = "77-0123456789abcdef";

#[test]
fn the_user_s_directory_is_the_user_s_alone() {
    let scratch = Scratch::new();
    let (_all, path) = place(&scratch);
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let private_at = |name: &str| {
        let path = CString::new(scratch.join(name).to_str().unwrap()).unwrap();
        matches!(private(&path), Ok(Some(_)))
    };
    assert!(private_at("all"));
    fs::set_permissions(&path, Permissions::from_mode(0o770)).unwrap();
    assert!(!private_at("all"));
    fs::set_permissions(&path, Permissions::from_mode(0o700)).unwrap();
    scratch.symlink("all", "link");
    scratch.write("file", "");
    assert!(!private_at("link") && !private_at("file"));
}

#[test]
fn a_holder_is_left_alone_while_its_process_lives() {
    let scratch = Scratch::new();
    let (all, path) = place(&scratch);
    let name = CString::new(LEFT).unwrap();
    let holder = new_holder(&all, &name).ok().unwrap().unwrap();
    fs::create_dir(path.join(LEFT).join("tmp")).unwrap();
    assert!(new_holder(&all, &name).ok().unwrap().is_none());
    remove_left_over(&all);
    assert!(path.join(LEFT).join("tmp").exists());
    drop(holder);
    let (all, _) = place(&scratch);
    remove_left_over(&all);
    assert!(!path.join(LEFT).exists());
}

#[test]
fn only_holders_are_removed() {
    let scratch = Scratch::new();
    let (all, path) = place(&scratch);
    let others = [
        "77-0123456789abcde",
        "x-0123456789abcdef",
        "77-0123456789ABCDEF",
        "tmp",
    ];
    for other in others {
        fs::create_dir(path.join(other)).unwrap();
    }
    // The name of a holder, but a file, a link, a directory that is open to others.
    fs::write(path.join("1-0123456789abcdef"), "").unwrap();
    scratch.mkdir("target/tmp/x");
    symlink(scratch.join("target"), path.join("2-0123456789abcdef")).unwrap();
    fs::create_dir(path.join("3-0123456789abcdef")).unwrap();
    let open_to_others = Permissions::from_mode(0o755);
    fs::set_permissions(path.join("3-0123456789abcdef"), open_to_others).unwrap();
    remove_left_over(&all);
    assert_eq!(fs::read_dir(&path).unwrap().count(), others.len() + 3);
    assert!(scratch.join("target/tmp/x").is_dir());
}

/// Trees that are deep, wide, locked, and have links that lead out.
#[test]
fn whole_trees_are_removed_and_no_link_is_followed() {
    let scratch = Scratch::quick();
    let (all, path) = place(&scratch);
    fs::create_dir(path.join(LEFT)).unwrap();
    fs::set_permissions(path.join(LEFT), Permissions::from_mode(0o700)).unwrap();
    let tmp = path.join(LEFT).join("tmp");
    fs::create_dir(&tmp).unwrap();
    scratch.mkdir("outside/deep");
    scratch.write("outside/file", "kept");
    for (target, link) in [("outside", "a"), ("outside/file", "b"), ("none", "c")] {
        symlink(scratch.join(target), tmp.join(link)).unwrap();
    }
    // Names that directories get which move up.
    for taken in 0..10 {
        fs::write(tmp.join(format!("{taken}")), "").unwrap();
        fs::create_dir_all(tmp.join(format!("1{taken}/full"))).unwrap();
    }
    let mut deep = tmp.clone();
    for level in 0..100 {
        deep.push(format!("level{level}"));
        fs::create_dir(&deep).unwrap();
        fs::create_dir(deep.join("second")).unwrap();
        symlink(scratch.path(), deep.join("up")).unwrap();
        fs::write(deep.join("second/file"), "").unwrap();
    }
    for file in 0..500 {
        fs::write(tmp.join(format!("level0/file{file}")), "").unwrap();
    }
    fs::set_permissions(tmp.join("level0/second"), Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(&tmp, Permissions::from_mode(0o000)).unwrap();
    remove_left_over(&all);
    assert_eq!(fs::read_dir(&path).unwrap().count(), 0);
    assert_eq!(
        fs::read_to_string(scratch.join("outside/file")).unwrap(),
        "kept"
    );
    assert!(scratch.join("outside/deep").is_dir());
}
