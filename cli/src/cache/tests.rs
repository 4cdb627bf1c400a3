//! The entries that the cache keeps, refuses and removes.

use super::name::{DIGITS, hexadecimal};
use super::*;
use anyhow::bail;
use rustix::fs::{CWD, FileType, Mode};
use sha2::{Digest, Sha256};
use std::cell::Cell;
use std::fs;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use wasi_aot_compiler::policy::EnvVar;

fn cache() -> (tempfile::TempDir, Cache) {
    let base = tempfile::tempdir().unwrap();
    let cache = Cache::create(base.path(), base.path().join("wasi-aot"));
    (base, cache.unwrap().unwrap())
}

fn refusal(base: &Path) -> String {
    let opened = Cache::create(base, base.join("wasi-aot"));
    format!("{:#}", opened.err().expect("a refusal"))
}

fn contents(mut file: File) -> Vec<u8> {
    use std::io::Seek;
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

fn get(cache: &Cache, executable: &[u8]) -> File {
    let build = || Ok(executable.to_vec());
    kept(cache.get(b"a", &[], &Options::default(), build))
}

fn kept(found: Result<Found>) -> File {
    match found.unwrap() {
        Found::Kept(file) => file,
        Found::NotKept(_, error) => panic!("{error}"),
    }
}

fn entry(cache: &Cache) -> PathBuf {
    let names = cache.directory.names();
    let [name] = &names[..] else {
        panic!("not one entry: {names:?}")
    };
    cache.path().join(name)
}

#[test]
fn an_entry_is_made_once_for_the_same_input() {
    let (_base, cache) = cache();
    let made = Cell::new(0);
    let get = |wasm: &[u8], options: &Options| {
        let build = || {
            made.set(made.get() + 1);
            Ok(b"executable".to_vec())
        };
        kept(cache.get(wasm, &[], options, build))
    };
    let plain = Options::default();
    let strip = Options {
        strip: true,
        ..Options::default()
    };
    let spectre = Options {
        spectre: true,
        ..Options::default()
    };
    let mut cut_off = Options::default();
    cut_off.policy.hole = Some(b"/cache".to_vec());
    let first = get(b"a", &plain);
    let inode = first.metadata().unwrap().ino();
    assert_eq!(inode, get(b"a", &plain).metadata().unwrap().ino());
    assert_eq!(made.get(), 1);
    for (wasm, options) in [
        (b"b", &plain),
        (b"a", &strip),
        (b"a", &spectre),
        (b"a", &cut_off),
    ] {
        assert_ne!(inode, get(wasm, options).metadata().unwrap().ino());
    }
    assert_eq!(made.get(), 5);
    assert_eq!(contents(first), b"executable");
    let names = cache.directory.names();
    assert!(names.iter().all(|name| Name::parse(name).is_some()));
}

#[test]
fn a_failed_build_leaves_nothing() {
    let (_base, cache) = cache();
    let failed = cache.get(b"a", &[], &Options::default(), || bail!("no"));
    assert!(failed.is_err());
    assert_eq!(cache.directory.names(), [""; 0]);
}

#[test]
fn what_is_not_what_its_name_says_is_made_anew() {
    type Change = fn(&Path);
    let changes: [Change; 4] = [
        |path| fs::write(path, "planted").unwrap(),
        |path| {
            fs::rename(path, path.with_file_name("planted")).unwrap();
            symlink("planted", path).unwrap();
        },
        |path| {
            fs::remove_file(path).unwrap();
            rustix::fs::mknodat(CWD, path, FileType::Fifo, Mode::RWXU, 0).unwrap();
        },
        |path| {
            let planted = hexadecimal(Sha256::digest(b"other"));
            let from = path.file_name().unwrap().to_str().unwrap()[..2 * DIGITS + 1].to_owned();
            fs::rename(path, path.with_file_name(format!("{from}-{planted}"))).unwrap();
        },
    ];
    for change in changes {
        let (_base, cache) = cache();
        get(&cache, b"executable");
        change(&entry(&cache));
        assert_eq!(contents(get(&cache, b"executable")), b"executable");
        assert_eq!(contents(get(&cache, b"not made again")), b"executable");
    }
}

#[test]
fn a_directory_that_others_could_change_is_refused() {
    let base = tempfile::tempdir().unwrap();
    let path = base.path().join("wasi-aot");
    for mode in [0o720, 0o702, 0o777] {
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        assert!(
            refusal(base.path()).contains("others may write"),
            "{mode:o}"
        );
        fs::remove_dir(&path).unwrap();
    }
    fs::create_dir(base.path().join("real")).unwrap();
    symlink("real", &path).unwrap();
    assert!(refusal(base.path()).contains("symbolic link"));
    fs::remove_file(&path).unwrap();
    fs::write(&path, "").unwrap();
    assert!(refusal(base.path()).contains("not a directory"));
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    // Only root can give a directory away.
    if std::os::unix::fs::chown(&path, Some(12345), None).is_ok() {
        assert!(refusal(base.path()).ends_with(": it belongs to another user"));
    }
}

#[test]
fn only_old_entries_go() {
    let (_base, cache) = cache();
    let digest = "a".repeat(DIGITS);
    let long_ago = SystemTime::now() - KEPT - Duration::from_secs(60);
    let old = |name: &str| {
        let path = cache.path().join(name);
        File::create(&path).unwrap().set_modified(long_ago).unwrap();
        path
    };
    let gone = [
        old(&format!("{digest}-{digest}-{digest}")),
        old(&format!("{digest}-{digest}")),
        old(&digest),
        old(".wasi-aot-123-0"),
        old(".wasi-aot-aBcDeF"),
    ];
    let kept = [
        old("letter"),
        old(&"A".repeat(DIGITS)),
        old(&format!("{digest}x")),
        old(&format!("{digest}-{digest}.txt")),
        old(".wasi-aot-"),
        old(".wasi-aot-notes.txt"),
    ];
    let link = cache.path().join("b".repeat(DIGITS));
    symlink(&kept[0], &link).unwrap();
    let directory = cache.path().join("c".repeat(DIGITS));
    fs::create_dir(&directory).unwrap();
    get(&cache, b"executable");
    assert!(gone.iter().all(|path| !path.exists()));
    assert!(
        kept.iter()
            .chain([&link, &directory])
            .all(|path| path.exists())
    );
}

/// The opened directory stays in use, whatever happens to its name.
#[test]
fn the_directory_is_not_looked_up_again() {
    let (base, cache) = cache();
    fs::rename(cache.path(), base.path().join("moved")).unwrap();
    fs::create_dir(cache.path()).unwrap();
    get(&cache, b"executable");
    assert_eq!(fs::read_dir(cache.path()).unwrap().count(), 0);
    assert_eq!(fs::read_dir(base.path().join("moved")).unwrap().count(), 1);
}

/// The code isn't made again for another policy, and the result is what a build gives.
#[test]
fn another_policy_needs_no_build() {
    let (_base, cache) = cache();
    let wasm = wat::parse_str("(module (memory 1) (func (export \"_start\")))").unwrap();
    let made = Cell::new(0);
    let get = |options: &Options| {
        let build = || {
            made.set(made.get() + 1);
            Ok(wasi_aot_compiler::build(&wasm, options, &())?)
        };
        contents(kept(cache.get(&wasm, &[], options, build)))
    };
    let mut other = Options::default();
    other.policy.env = vec![EnvVar::Pass {
        name: b"HOME".to_vec(),
    }];
    get(&Options::default());
    let granted = get(&other);
    assert_eq!(made.get(), 1);
    assert_eq!(
        granted,
        wasi_aot_compiler::build(&wasm, &other, &()).unwrap()
    );
    assert_eq!(cache.directory.names().len(), 2);
    // A policy that doesn't fit is an error, as in a build.
    other.policy.max_memory = Some(320 << 10);
    other.policy.stack_size = Some(300 << 10);
    assert!(cache.get(&wasm, &[], &other, || unreachable!()).is_err());
}

#[test]
fn what_was_not_used_for_longest_goes_first() {
    let (_base, cache) = cache();
    let now = SystemTime::now();
    let entry = |letter: &str, age: u64| {
        let path = cache.path().join(letter.repeat(DIGITS));
        fs::write(&path, [0; 100]).unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(now - Duration::from_secs(age)).unwrap();
        path
    };
    let [a, b, c] = [entry("a", 30), entry("b", 10), entry("c", 20)];
    let all = Total {
        entries: 3,
        libraries: 0,
        bytes: 300,
    };
    assert_eq!(cache.total(), all);
    assert_eq!(cache.sweep(KEPT, 300), Total::default());
    let removed = cache.sweep(KEPT, 299);
    assert_eq!((removed.entries, removed.bytes), (1, 100));
    assert!(!a.exists() && b.exists() && c.exists());
    assert_eq!(cache.sweep(Duration::MAX, 0).entries, 2);
    assert_eq!(cache.total(), Total::default());
}

/// They count like executables, and nothing beside them is touched.
#[test]
fn libraries_of_go_are_counted_and_removed() {
    let (base, cache) = cache();
    let make = |digit: &str, age: u64| {
        let path = cache.library(&digit.repeat(16)).unwrap();
        fs::create_dir(path.join("os")).unwrap();
        fs::write(path.join("os/file.go"), [0; 100]).unwrap();
        let used = SystemTime::now() - Duration::from_secs(age);
        File::open(&path).unwrap().set_modified(used).unwrap();
        path
    };
    let [a, b] = [make("a", 30), make("b", 10)];
    let outside = base.path().join("outside");
    fs::write(&outside, "kept").unwrap();
    symlink(&outside, a.join("os/goroot")).unwrap();
    let others = ["notes", "0123456789abcdeF"].map(|name| cache.path().join("go").join(name));
    for other in &others {
        fs::create_dir(other).unwrap();
    }
    symlink(base.path(), cache.path().join("go").join("c".repeat(16))).unwrap();
    let total = cache.total();
    assert_eq!((total.entries, total.libraries, total.bytes), (0, 2, 200));
    assert_eq!(cache.sweep(KEPT, 200), Total::default());
    let removed = cache.sweep(KEPT, 199);
    assert_eq!((removed.libraries, removed.bytes), (1, 100));
    assert!(!a.exists() && b.exists());
    // Who asks for one uses it.
    let long_ago = SystemTime::now() - KEPT - Duration::from_secs(60);
    File::open(&b).unwrap().set_modified(long_ago).unwrap();
    assert_eq!(cache.library(&"b".repeat(16)).unwrap(), b);
    assert_eq!(cache.sweep(KEPT, 200), Total::default());
    File::open(&b).unwrap().set_modified(long_ago).unwrap();
    assert_eq!(cache.sweep(KEPT, 200).libraries, 1);
    assert!(!b.exists() && outside.exists() && others.iter().all(|other| other.exists()));
}

#[test]
fn without_a_place_programs_run_without_a_cache() {
    let base = tempfile::tempdir().unwrap();
    let file = base.path().join("file");
    fs::write(&file, "").unwrap();
    let created = Cache::create(&file, file.join("wasi-aot")).unwrap();
    assert!(created.is_err());
    assert!(Cache::existing(base.path().join("none")).unwrap().is_none());
}
