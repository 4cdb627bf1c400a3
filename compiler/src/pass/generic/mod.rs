//! Passes that are exact for any module.
