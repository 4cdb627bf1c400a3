//! Object and shim become an executable.
