//! Names and paths at their limits, and names that aren't text.

use super::calls::CALLS;
use super::paths::Scene;
use super::yard::RESOLVERS;
use crate::abi::errno::Errno;
use std::format;
use std::vec::Vec;

/// Lengths around the limits, bytes that aren't text, and NULs.
#[test]
fn names_at_their_limits() {
    let dots = |len: usize| {
        let mut path = "./".repeat((len - 4) / 2).into_bytes();
        path.resize(len - 4, b'/');
        path.extend(b"file");
        path
    };
    let cases: [(Vec<u8>, Result<(), Errno>); 12] = [
        (Vec::from([b'n'; 255]), Err(Errno::NOENT)),
        (Vec::from([b'n'; 256]), Err(Errno::NAMETOOLONG)),
        (b"n/".repeat(2).repeat(128), Err(Errno::NOENT)),
        (dots(4094), Ok(())),
        (dots(4095), Ok(())),
        (dots(4096), Err(Errno::NAMETOOLONG)),
        (dots(5000), Err(Errno::NAMETOOLONG)),
        (b"../".repeat(1666), Err(Errno::NAMETOOLONG)),
        (b"../".repeat(1300), Err(Errno::PERM)),
        (b"\xff\xfe\x80".to_vec(), Err(Errno::NOENT)),
        (b"file\0".to_vec(), Err(Errno::INVAL)),
        (
            b"dir/../\0/../../outside/secret".to_vec(),
            Err(Errno::INVAL),
        ),
    ];
    for (name, resolver) in RESOLVERS {
        let mut scene = Scene::new(resolver, None, |_| {});
        for (path, expected) in &cases {
            for call in CALLS {
                let result = call.run(&mut scene.guest, 0, path);
                let what = format!("{} {} {} bytes", call.function, call.manner, path.len());
                scene.yard.check(&scene.guest, result.as_ref().ok(), &what);
                let found = result.map(drop);
                if found.is_ok() && call.writes {
                    drop(scene);
                    scene = Scene::new(resolver, None, |_| {});
                }
                if call.function == "path_filestat_get" {
                    assert_eq!(found, *expected, "{name} {what}");
                }
                if let Err(Errno::NAMETOOLONG | Errno::INVAL | Errno::PERM) = expected {
                    assert!(found.is_err(), "{name} {what}");
                }
            }
        }
    }
}

/// Unusual names, some of them not text, can be created and removed like others.
#[test]
fn names_that_are_no_text() {
    for (_, resolver) in RESOLVERS {
        let mut scene = Scene::new(resolver, None, |_| {});
        for name in [&b"\xff\xfe\x80"[..], &[b'n'; 255], b"\n", b"a\\b", b"..."] {
            let find = |manner: &str| {
                let mut calls = CALLS.iter();
                calls.find(|call| [call.function, call.manner].contains(&manner))
            };
            for manner in ["CREAT and EXCL", "path_filestat_get", "path_unlink_file"] {
                let call = find(manner).unwrap();
                call.run(&mut scene.guest, 0, name).unwrap();
            }
            let gone = find("path_filestat_get")
                .unwrap()
                .run(&mut scene.guest, 0, name);
            assert_eq!(gone.err(), Some(Errno::NOENT));
        }
    }
}
