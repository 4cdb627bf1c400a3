//! The packages whose tests run.

use harness::target;

/// A package of Go's library.
#[derive(Debug, Clone, Copy)]
pub struct Package {
    pub name: &'static str,
    /// Whether it runs by default: the others have few tests that the overlay can change.
    pub default: bool,
    /// Whether its tests run with `-short`: without, they take long.
    pub short: bool,
    /// Whether `known.rs` lists each test that is skipped.
    pub skips_listed: bool,
    /// Tests that don't run under an emulator.
    pub not_emulated: &'static [&'static str],
}

const CHANGED: Package = Package {
    name: "",
    default: true,
    short: false,
    skips_listed: true,
    not_emulated: &[],
};

const RELATED: Package = Package {
    default: false,
    ..CHANGED
};

pub const SIGNAL: Package = Package {
    name: "os/signal",
    ..CHANGED
};

/// Packages that the overlay changes, and packages that use them most directly.
pub const PACKAGES: &[Package] = &[
    Package {
        name: "os",
        ..CHANGED
    },
    SIGNAL,
    Package {
        name: "time",
        short: true,
        ..CHANGED
    },
    Package {
        name: "path/filepath",
        // A directory of mode 000 has no attributes where the kernel lacks openat2, as qemu-user
        // does (runtime-shim/src/policy/walk.rs opens "." in it). These tests end the program then.
        not_emulated: &["TestWalk", "TestWalkDir"],
        ..CHANGED
    },
    Package {
        name: "io/ioutil",
        ..CHANGED
    },
    Package {
        name: "syscall",
        ..RELATED
    },
    Package {
        name: "internal/poll",
        ..RELATED
    },
    Package {
        name: "io/fs",
        ..RELATED
    },
    Package {
        name: "archive/tar",
        ..RELATED
    },
    Package {
        name: "testing/fstest",
        ..RELATED
    },
    // The overlay has the scheduler poll. Most tests of the runtime that are skipped start `go`.
    Package {
        name: "runtime",
        short: true,
        skips_listed: false,
        ..RELATED
    },
];

impl Package {
    /// The tests that don't run here.
    pub fn left_out(&self) -> &'static [&'static str] {
        if target::is_emulated() {
            self.not_emulated
        } else {
            &[]
        }
    }
}

/// Whether a package runs. `asked` is the list of `WASI_AOT_STD_EXEC`, which may have names that
/// only the suite `std-exec` has.
pub fn is_asked(package: &Package, asked: Option<&str>, all: bool) -> bool {
    match asked {
        None | Some("all") => all || package.default,
        Some(list) => list.split(',').any(|name| name == package.name),
    }
}
