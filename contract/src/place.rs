//! HOST of a grant, as the manifest has it: `[?][@PLACE/]PATH`.
//!
//! A `?` says that the grant is left out where HOST isn't there. A place is a directory that the
//! runtime finds when the program starts; its name stands for the first component of the path. A
//! file or directory whose own name begins with `?` or `@` is written with `./` before it.

/// A directory that is found when the program starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `$HOME`.
    Home,
    /// `$XDG_CONFIG_HOME`, else `.config` in `$HOME`, as the XDG Base Directory Specification says.
    Config,
    /// `$XDG_CACHE_HOME`, else `.cache`.
    Cache,
    /// `$XDG_DATA_HOME`, else `.local/share`.
    Data,
    /// `$XDG_STATE_HOME`, else `.local/state`.
    State,
    /// A new and private directory, which is removed at the end.
    Tmp,
    /// The directory of the executable.
    Exe,
}

impl Place {
    /// All places, in the order in which messages list them.
    pub const ALL: [Self; 7] = [
        Self::Home,
        Self::Config,
        Self::Cache,
        Self::Data,
        Self::State,
        Self::Tmp,
        Self::Exe,
    ];

    /// The place as HOST has it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Home => "@home",
            Self::Config => "@config",
            Self::Cache => "@cache",
            Self::Data => "@data",
            Self::State => "@state",
            Self::Tmp => "@tmp",
            Self::Exe => "@exe",
        }
    }

    /// For a directory of the XDG Base Directory Specification its variable, and its default below
    /// `$HOME`. <https://specifications.freedesktop.org/basedir-spec/latest/>
    #[must_use]
    pub const fn xdg(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Config => Some(("XDG_CONFIG_HOME", ".config")),
            Self::Cache => Some(("XDG_CACHE_HOME", ".cache")),
            Self::Data => Some(("XDG_DATA_HOME", ".local/share")),
            Self::State => Some(("XDG_STATE_HOME", ".local/state")),
            Self::Home | Self::Tmp | Self::Exe => None,
        }
    }
}

/// The parts of a HOST.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Host<'a> {
    /// The grant is left out where HOST isn't there.
    pub optional: bool,
    /// What `path` is below; `None` for a path by itself.
    pub place: Option<Place>,
    /// The path; below a place without a slash at its start, and empty for the place itself.
    pub path: &'a [u8],
}

impl<'a> Host<'a> {
    /// Parses `text`. `None` if it begins with `@` and the word isn't a place.
    #[must_use]
    pub fn parse(text: &'a [u8]) -> Option<Self> {
        let (optional, rest) = match text.strip_prefix(b"?") {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if !rest.starts_with(b"@") {
            return Some(Self {
                optional,
                place: None,
                path: rest,
            });
        }
        let end = rest.iter().position(|&b| b == b'/').unwrap_or(rest.len());
        let (word, path) = rest.split_at(end);
        let place = (Place::ALL.into_iter()).find(|place| place.name().as_bytes() == word)?;
        let start = path.iter().position(|&b| b != b'/').unwrap_or(path.len());
        Some(Self {
            optional,
            place: Some(place),
            path: &path[start..],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_host() {
        let host = |optional, place, path| {
            Some(Host {
                optional,
                place,
                path,
            })
        };
        for (text, expected) in [
            (&b"/etc"[..], host(false, None, &b"/etc"[..])),
            (b"?data", host(true, None, b"data")),
            (b"./@home", host(false, None, b"./@home")),
            (b"?./?x", host(true, None, b"./?x")),
            (b"??x", host(true, None, b"?x")),
            (b"@home", host(false, Some(Place::Home), b"")),
            (b"@config//a/b/", host(false, Some(Place::Config), b"a/b/")),
            (b"?@state/", host(true, Some(Place::State), b"")),
            (b"@", None),
            (b"@homes", None),
            (b"?@Home/x", None),
        ] {
            assert_eq!(Host::parse(text), expected);
        }
    }
}
