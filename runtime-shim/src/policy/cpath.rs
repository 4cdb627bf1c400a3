//! Paths as C strings of bounded length, without allocation.

use crate::abi::errno::Errno;
use core::ffi::CStr;
use core::fmt;
use core::mem::MaybeUninit;

/// Linux's `PATH_MAX`: the longest path a system call takes, its NUL included.
pub const PATH_MAX: usize = 4096;

/// A path of less than [`PATH_MAX`] bytes, none of them NUL.
pub struct CPath {
    /// Initialised in `[0, len]`, with NUL at `len`.
    bytes: [MaybeUninit<u8>; PATH_MAX],
    len: usize,
}

impl CPath {
    pub const fn new() -> Self {
        let mut bytes = [const { MaybeUninit::uninit() }; PATH_MAX];
        bytes[0] = MaybeUninit::new(0);
        Self { bytes, len: 0 }
    }

    /// # Errors
    /// `ENAMETOOLONG` for [`PATH_MAX`] bytes or more, `EINVAL` for a NUL.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Errno> {
        let mut path = Self::new();
        path.push(bytes)?;
        Ok(path)
    }

    pub fn as_bytes(&self) -> &[u8] {
        // SAFETY: initialised up to and including `len`.
        unsafe { self.bytes[..self.len].assume_init_ref() }
    }

    pub fn as_c_str(&self) -> &CStr {
        // SAFETY: initialised, with its only NUL at `len`.
        unsafe { CStr::from_bytes_with_nul_unchecked(self.bytes[..=self.len].assume_init_ref()) }
    }

    /// Appends `bytes`; on an error nothing changes.
    ///
    /// # Errors
    /// As for [`CPath::from_bytes`].
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        if bytes.contains(&0) {
            return Err(Errno::INVAL);
        }
        let end = self.len + bytes.len();
        if end >= PATH_MAX {
            return Err(Errno::NAMETOOLONG);
        }
        self.bytes[self.len..end].write_copy_of_slice(bytes);
        self.bytes[end].write(0);
        self.len = end;
        Ok(())
    }

    pub fn truncate(&mut self, len: usize) {
        assert!(len <= self.len, "BUG: a path truncated to more than it has");
        self.len = len;
        self.bytes[len].write(0);
    }

    /// Replaces the path; on an error nothing changes.
    ///
    /// # Errors
    /// As for [`CPath::from_bytes`].
    pub fn set(&mut self, bytes: &[u8]) -> Result<(), Errno> {
        let old = self.len;
        self.len = 0;
        self.push(bytes).inspect_err(|_| self.len = old)
    }

    /// Drops all but the last `len` bytes.
    pub fn keep_last(&mut self, len: usize) {
        assert!(len <= self.len, "BUG: a path cut down to more than it has");
        self.bytes.copy_within(self.len - len..=self.len, 0);
        self.len = len;
    }

    /// Appends a component, with a slash before it where one is due.
    ///
    /// # Errors
    /// As for [`CPath::from_bytes`].
    pub fn push_component(&mut self, name: &[u8]) -> Result<(), Errno> {
        let old = self.len;
        if !self.as_bytes().is_empty() && !self.as_bytes().ends_with(b"/") {
            self.push(b"/")?;
        }
        self.push(name).inspect_err(|_| self.truncate(old))
    }

    /// Drops the last component of a path made by [`CPath::push_component`];
    /// `false` when there is none.
    pub fn pop_component(&mut self) -> bool {
        let bytes = self.as_bytes();
        if bytes.is_empty() || bytes == b"/" {
            return false;
        }
        let len = match bytes.iter().rposition(|&b| b == b'/') {
            None => 0,
            Some(0) => 1,
            Some(slash) => slash,
        };
        self.truncate(len);
        true
    }

    /// The path as the directory that holds its last component, and that
    /// component with the slashes that follow it. `None` for the directory when
    /// there is only one component.
    pub fn split_last(&mut self) -> (Option<&CStr>, &CStr) {
        let bytes = self.as_bytes();
        let end = bytes.iter().rposition(|&b| b != b'/').map_or(0, |i| i + 1);
        let Some(slash) = bytes[..end].iter().rposition(|&b| b == b'/') else {
            return (None, self.as_c_str());
        };
        self.bytes[slash].write(0);
        // SAFETY: initialised up to and including the NUL at `len`; the only
        // other NUL is the one just put at `slash`.
        unsafe {
            let (dir, last) = self.bytes[..=self.len]
                .assume_init_ref()
                .split_at(slash + 1);
            (
                Some(CStr::from_bytes_with_nul_unchecked(dir)),
                CStr::from_bytes_with_nul_unchecked(last),
            )
        }
    }
}

/// Appends text.
impl fmt::Write for CPath {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes()).map_err(|_| fmt::Error)
    }
}

/// `path`, absolute or below the absolute `cwd`, without `.`, `..` and needless slashes. This
/// is lexical: symbolic links are not looked at.
///
/// # Errors
/// `ENAMETOOLONG` when the result doesn't fit.
pub fn absolute(cwd: &[u8], path: &[u8]) -> Result<CPath, Errno> {
    let mut out = CPath::from_bytes(b"/")?;
    let cwd = if path.starts_with(b"/") { b"" } else { cwd };
    for part in [cwd, path] {
        for component in part.split(|&b| b == b'/') {
            match component {
                b"" | b"." => {}
                b".." => {
                    out.pop_component();
                }
                name => out.push_component(name)?,
            }
        }
    }
    Ok(out)
}

/// The rest of `path` below the directory `dir`, both made by [`absolute`]: empty, or with a
/// slash at its start. `None` when `path` isn't below `dir`.
pub fn below<'a>(dir: &[u8], path: &'a [u8]) -> Option<&'a [u8]> {
    let dir = if dir == b"/" { b"" } else { dir };
    match path.strip_prefix(dir)? {
        b"/" => Some(b""),
        rest if rest.is_empty() || rest.starts_with(b"/") => Some(rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        assert!(CPath::from_bytes(&[b'a'; PATH_MAX - 1]).is_ok());
        assert_eq!(
            CPath::from_bytes(&[b'a'; PATH_MAX]).err(),
            Some(Errno::NAMETOOLONG)
        );
        assert_eq!(CPath::from_bytes(b"a\0").err(), Some(Errno::INVAL));
    }

    #[test]
    fn replacing() {
        let mut path = CPath::from_bytes(b"one/two").unwrap();
        path.keep_last(3);
        assert_eq!(path.as_c_str(), c"two");
        assert_eq!(path.set(&[b'a'; PATH_MAX]), Err(Errno::NAMETOOLONG));
        assert_eq!(path.as_c_str(), c"two");
        path.set(b"other").unwrap();
        assert_eq!(path.as_c_str(), c"other");
        path.keep_last(0);
        assert_eq!(path.as_c_str(), c"");
    }

    #[test]
    fn splitting() {
        for (path, dir, last) in [
            (c"a", None, c"a"),
            (c"a//", None, c"a//"),
            (c"a/b", Some(c"a"), c"b"),
            (c"a//b/", Some(c"a/"), c"b/"),
            (c"../x/..", Some(c"../x"), c".."),
            (c"", None, c""),
        ] {
            let mut copy = CPath::from_bytes(path.to_bytes()).unwrap();
            assert_eq!(copy.split_last(), (dir, last), "{path:?}");
        }
    }

    #[test]
    fn absolute_is_lexical() {
        for (path, expected) in [
            ("", "/home/u"),
            (".", "/home/u"),
            ("./a//b/", "/home/u/a/b"),
            ("..", "/home"),
            ("../../../../x", "/x"),
            ("../../..", "/"),
            ("/", "/"),
            ("//etc/./ssl/..", "/etc"),
        ] {
            let made = absolute(b"/home/u", path.as_bytes()).unwrap();
            assert_eq!(made.as_bytes(), expected.as_bytes(), "{path}");
        }
    }

    #[test]
    fn below_a_directory() {
        assert_eq!(below(b"/a", b"/a"), Some(&b""[..]));
        assert_eq!(below(b"/a", b"/a/b"), Some(&b"/b"[..]));
        assert_eq!(below(b"/a", b"/ab"), None);
        assert_eq!(below(b"/a/b", b"/a"), None);
        assert_eq!(below(b"/", b"/a"), Some(&b"/a"[..]));
        assert_eq!(below(b"/", b"/"), Some(&b""[..]));
    }
}
