//! What the executable may touch, decided at build time.

/// Denied by default: an empty policy grants arguments and stdio only.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    pub grants: Vec<()>,
    pub max_memory: Option<u64>,
}
impl Policy {
    pub fn manifest(&self) -> Vec<u8> {
        wasi_aot_contract::manifest::writer::write([])
    }
}
