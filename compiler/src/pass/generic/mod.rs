//! Passes that are exact for any module.

pub mod values;
