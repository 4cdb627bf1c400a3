//! The packages whose tests run, and the tests that are known to fail.

/// (package of Go's library, the first minor version of Go that has it). The first packages
/// depend most on knowledge of Go's code: they switch goroutines, grow stacks, recover from
/// panics, and call through reflection.
pub const PACKAGES: &[(&str, u32)] = &[
    ("runtime", 21),
    ("reflect", 21),
    ("sync", 21),
    ("sync/atomic", 21),
    ("time", 21),
    ("context", 21),
    ("net/http", 21),
    ("encoding/binary", 21),
    ("html/template", 21),
    ("log/slog", 21),
    ("bufio", 21),
    ("bytes", 21),
    ("compress/flate", 21),
    ("container/heap", 21),
    ("container/list", 21),
    ("crypto/sha256", 21),
    ("encoding/base64", 21),
    ("encoding/gob", 21),
    ("encoding/json", 21),
    ("encoding/xml", 21),
    ("errors", 21),
    ("fmt", 21),
    ("go/format", 21),
    ("go/parser", 21),
    ("hash/crc32", 21),
    ("hash/maphash", 21),
    ("image/png", 21),
    ("internal/runtime/maps", 24),
    ("io", 21),
    ("io/fs", 21),
    ("iter", 23),
    ("maps", 21),
    ("math", 21),
    ("math/big", 21),
    ("math/bits", 21),
    ("math/cmplx", 21),
    ("math/rand", 21),
    ("net/netip", 21),
    ("net/url", 21),
    ("os", 21),
    ("path/filepath", 21),
    ("regexp", 21),
    ("regexp/syntax", 21),
    ("runtime/debug", 21),
    ("slices", 21),
    ("sort", 21),
    ("strconv", 21),
    ("strings", 21),
    ("text/template", 21),
    ("unicode/utf8", 21),
    ("unique", 23),
    ("weak", 24),
];

/// The packages that run by default. With the newest Go they take seconds.
pub const QUICK: &[&str] = &["context", "encoding/binary", "sync"];

/// Tests that fail in both ways: (package, minor versions of Go, test). If one of them passes,
/// its case fails, so that the list stays exact.
pub const FAILING: &[(&str, &[u32], &str)] = &[
    // /dev/null is a plain file here, because a grant of /dev would be too much.
    ("os", EVERY, "TestDevNullFile"),
    // They look for GOROOT/LICENSE, which the packaged toolchains lack.
    ("os", EVERY, "TestFileReadDir"),
    ("os", EVERY, "TestFileReaddir"),
    ("os", EVERY, "TestFileReaddirnames"),
];

const EVERY: &[u32] = &[21, 24, 27];

/// Tests whose verdict differs from run to run, with `--no-go-opt` alone: (package, test). Their
/// verdicts aren't compared.
pub const UNSTEADY: &[(&str, &str)] = &[];
