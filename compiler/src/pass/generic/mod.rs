//! Passes that are exact for any module.

pub mod rotate;
pub mod values;
