//! Hostile pointers and lengths, in every parameter of every import that has one.
//!
//! Each call starts from arguments with which it succeeds. Then one of them is replaced.

use super::arguments::{Kind, RESULTS, Scene, VECTOR, pointers};
use super::imports;
use crate::abi::errno::Errno;
use crate::wasi::exports::import_table::Import;
use std::format;
use std::string::String;
use std::vec::Vec;

/// Calls `test` for each pointer of each import, with arguments with which the import succeeds.
fn each_pointer(test: impl Fn(&mut Scene, &Import, &[u64], (usize, Kind, u32))) {
    let mut tried = 0;
    for import in imports() {
        let mut scene = Scene::new();
        let args = scene.arguments(import);
        for pointer in pointers(import, &args) {
            test(&mut scene, import, &args, pointer);
            tried += 1;
        }
    }
    // Preview 1 has 53 parameters that are pointers, wasi_aot_os_1 has 15.
    assert_eq!(tried, 53 + 15);
}

#[test]
fn pointers_outside_are_refused_before_anything_happens() {
    each_pointer(|scene, import, args, (index, _, size)| {
        let end = scene.guest.size();
        let before = scene.state();
        for at in [
            end - size + 1,
            end,
            end + 1,
            end + 0x8000,
            1 << 31,
            u32::MAX - size + 1,
            u32::MAX - 1,
            u32::MAX,
        ] {
            let mut bent = args.to_vec();
            // The callee ignores the upper half.
            bent[index] = u64::from(at) | 0xdead_beef << 32;
            scene.expect_fault(import, &bent, &before);
        }
    });
}

#[test]
fn lengths_that_reach_outside_are_refused_before_anything_happens() {
    each_pointer(|scene, import, args, (index, kind, _)| {
        let (at, end) = (args[index] as u32, scene.guest.size());
        let before = scene.state();
        let (length, unit) = match kind {
            Kind::Buffer => (index + 1, 1),
            Kind::Records(size) => (index + 1, size),
            Kind::PairOf(size) => (2, size),
            _ => return,
        };
        // The last two wrap around to small numbers when multiplied in 32 bits.
        let too_many = (end - at) / unit + 1;
        let wraps = (1u64 << 32).div_ceil(unit.into()) as u32;
        for len in [too_many, 1 << 31, u32::MAX, wraps, wraps.wrapping_add(1)] {
            if len > 1 {
                let mut bent = args.to_vec();
                bent[length] = len.into();
                scene.expect_fault(import, &bent, &before);
            }
        }
        if kind == Kind::Buffer {
            let mut bent = args.to_vec();
            (bent[index], bent[length]) = (u64::from(end) + 1, 0);
            scene.expect_fault(import, &bent, &before);
        }
    });
}

/// The last bytes of memory can be used like others, and so can an odd address.
#[test]
fn pointers_inside_are_taken() {
    for import in imports() {
        let mut scene = Scene::new();
        let args = scene.arguments(import);
        for (index, _, size) in pointers(import, &args) {
            for at in [scene.guest.size() - size, 0xf001] {
                drop(scene);
                scene = Scene::new();
                let mut moved = scene.arguments(import);
                let bytes = scene.guest.bytes(moved[index] as u32, size);
                scene.guest.write(at, &bytes);
                moved[index] = at.into();
                let result = (import.call)(&mut scene.guest.wasi, &moved);
                assert_eq!(result, Ok(()), "{}({moved:x?})", import.name);
            }
        }
    }
}

/// A length of 0 at the very end of memory is still inside.
#[test]
fn empty_buffers_at_the_end() {
    each_pointer(|scene, import, args, (index, kind, _)| {
        if matches!(kind, Kind::Buffer | Kind::Records(_)) {
            let mut bent = args.to_vec();
            (bent[index], bent[index + 1]) = (scene.guest.size().into(), 0);
            let result = (import.call)(&mut scene.guest.wasi, &bent);
            assert_ne!(result, Err(Errno::FAULT), "{}", import.name);
        }
    });
}

/// Vectors whose records are bad: each is looked at before the first is used.
#[test]
fn vectors_with_a_bad_buffer_are_refused_before_anything_happens() {
    each_pointer(|scene, import, args, (index, kind, _)| {
        if !matches!(kind, Kind::Records(_)) {
            return;
        }
        let before = scene.state();
        let end = scene.guest.size();
        for bad in [
            (end - 3, 4),
            (end, 1),
            (end + 1, 0),
            (u32::MAX, u32::MAX),
            (u32::MAX - 7, 8),
            (1, u32::MAX),
            (1 << 31, 1),
        ] {
            for records in [[bad, (RESULTS, 4)], [(RESULTS, 4), bad]] {
                scene.guest.vector(VECTOR, &records);
                scene.expect_fault(import, args, &before);
            }
        }
        // Each is valid; their sum needs more than 32 bits.
        let many = Vec::from([(0, 1 << 20); 4096]);
        scene.guest.vector(1 << 20, &many);
        let mut bent = args.to_vec();
        (bent[index], bent[index + 1]) = (1 << 20, 4096);
        let result = (import.call)(&mut scene.guest.wasi, &bent);
        assert_eq!(
            (result, scene.state()),
            (Err(Errno::INVAL), before),
            "{}",
            import.name
        );
    });
}

/// All results, buffers and vectors at one address, in the middle of memory and at the end. Any
/// outcome is right, as long as nothing outside changes.
#[test]
fn overlapping_pointers_stay_inside() {
    for import in imports().filter(|import| import.name != "proc_exit") {
        for at in [RESULTS, RESULTS + 1] {
            let mut scene = Scene::new();
            let mut args = scene.arguments(import);
            for (index, kind, size) in pointers(import, &args) {
                // The data to be read must be there.
                if matches!(kind, Kind::Records(_) | Kind::PairOf(48)) {
                    let bytes = scene.guest.bytes(args[index] as u32, size);
                    scene.guest.write(at, &bytes);
                }
                args[index] = at.into();
            }
            let before = scene.guest.bytes(0, RESULTS);
            let what: String = format!("{}({args:x?})", import.name);
            // A result is written over the vector's records: they were checked.
            let _ = (import.call)(&mut scene.guest.wasi, &args);
            scene.yard.check(&scene.guest, None, &what);
            assert!(scene.guest.bytes(0, RESULTS) == before, "{what}");
            let behind = scene.guest.bytes(at + 0x1000, 0x1000);
            assert!(behind.iter().all(|&byte| byte == 0), "{what}");
        }
    }
}
