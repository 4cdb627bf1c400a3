//! All loads and stores of WebAssembly 2.0: the text of each, and the rule by which it loads
//! or stores (core specification, "Memory Instructions").

/// A load or a store.
#[derive(Debug)]
pub struct Operator {
    pub name: &'static str,
    /// Bytes of memory that it accesses.
    pub width: u64,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A load of an integer with this many bits, with or without sign extension.
    Integer { bits: u32, signed: bool },
    /// A load of a float of this many bits.
    Float(u32),
    /// A load of a whole vector.
    Vector,
    /// A load of lanes of this many bytes, which are extended to twice that.
    Extend { lane: u64, signed: bool },
    /// A load into all lanes.
    Splat,
    /// A load into the first lane; the other lanes become 0.
    Zero,
    /// A load into this lane of [`VECTOR`].
    LoadLane(u64),
    /// A store of an integer of this many bits.
    StoreInteger(u32),
    /// A store of a float of this many bits.
    StoreFloat(u32),
    /// A store of [`VECTOR`].
    StoreVector,
    /// A store of this lane of [`VECTOR`].
    StoreLane(u64),
}

/// The number that scalar stores store, from its lowest byte on. As a float it isn't a NaN.
pub const SCALAR: u64 = 0x8fae_cdec_3ba1_a998;

/// The vector that is stored, and into whose lanes are loaded.
pub const VECTOR: [u64; 2] = [0xf1e2_d3c4_b5a6_9788, 0x796a_5b4c_3d2e_1f10];

macro_rules! operators {
    ($($name:literal $width:literal $kind:expr;)*) => {
        &[$(Operator { name: $name, width: $width, kind: $kind }),*]
    };
}

const fn int(bits: u32, signed: bool) -> Kind {
    Kind::Integer { bits, signed }
}

const fn extend(lane: u64, signed: bool) -> Kind {
    Kind::Extend { lane, signed }
}

pub const OPERATORS: &[Operator] = operators! {
    "i32.load" 4 int(32, false);
    "i64.load" 8 int(64, false);
    "f32.load" 4 Kind::Float(32);
    "f64.load" 8 Kind::Float(64);
    "i32.load8_s" 1 int(32, true);
    "i32.load8_u" 1 int(32, false);
    "i32.load16_s" 2 int(32, true);
    "i32.load16_u" 2 int(32, false);
    "i64.load8_s" 1 int(64, true);
    "i64.load8_u" 1 int(64, false);
    "i64.load16_s" 2 int(64, true);
    "i64.load16_u" 2 int(64, false);
    "i64.load32_s" 4 int(64, true);
    "i64.load32_u" 4 int(64, false);
    "v128.load" 16 Kind::Vector;
    "v128.load8x8_s" 8 extend(1, true);
    "v128.load8x8_u" 8 extend(1, false);
    "v128.load16x4_s" 8 extend(2, true);
    "v128.load16x4_u" 8 extend(2, false);
    "v128.load32x2_s" 8 extend(4, true);
    "v128.load32x2_u" 8 extend(4, false);
    "v128.load8_splat" 1 Kind::Splat;
    "v128.load16_splat" 2 Kind::Splat;
    "v128.load32_splat" 4 Kind::Splat;
    "v128.load64_splat" 8 Kind::Splat;
    "v128.load32_zero" 4 Kind::Zero;
    "v128.load64_zero" 8 Kind::Zero;
    "v128.load8_lane" 1 Kind::LoadLane(15);
    "v128.load16_lane" 2 Kind::LoadLane(5);
    "v128.load32_lane" 4 Kind::LoadLane(2);
    "v128.load64_lane" 8 Kind::LoadLane(0);
    "i32.store" 4 Kind::StoreInteger(32);
    "i64.store" 8 Kind::StoreInteger(64);
    "f32.store" 4 Kind::StoreFloat(32);
    "f64.store" 8 Kind::StoreFloat(64);
    "i32.store8" 1 Kind::StoreInteger(32);
    "i32.store16" 2 Kind::StoreInteger(32);
    "i64.store8" 1 Kind::StoreInteger(64);
    "i64.store16" 2 Kind::StoreInteger(64);
    "i64.store32" 4 Kind::StoreInteger(64);
    "v128.store" 16 Kind::StoreVector;
    "v128.store8_lane" 1 Kind::StoreLane(15);
    "v128.store16_lane" 2 Kind::StoreLane(5);
    "v128.store32_lane" 4 Kind::StoreLane(2);
    "v128.store64_lane" 8 Kind::StoreLane(1);
};

impl Operator {
    /// The operator with this name.
    ///
    /// # Panics
    /// If no operator has the name.
    pub fn named(name: &str) -> &'static Self {
        let found = OPERATORS.iter().find(|operator| operator.name == name);
        found.unwrap_or_else(|| panic!("BUG: no operator {name}"))
    }

    pub fn is_store(&self) -> bool {
        matches!(
            self.kind,
            Kind::StoreInteger(_) | Kind::StoreFloat(_) | Kind::StoreVector | Kind::StoreLane(_)
        )
    }

    /// The body of a function that makes the access in memory `$tested` at `address`, an i32
    /// expression. It returns the loaded bits as two i64; zeroes for a store.
    pub fn body(&self, offset: u64, address: &str) -> String {
        let at = format!("{} $tested offset={offset}", self.name);
        let vector = format!("(v128.const i64x2 {:#x} {:#x})", VECTOR[0], VECTOR[1]);
        let lanes = "(i64x2.extract_lane 0 (local.get $v)) (i64x2.extract_lane 1 (local.get $v))";
        let low = SCALAR & 0xffff_ffff;
        match self.kind {
            Kind::Integer { bits: 64, .. } => format!("({at} {address}) (i64.const 0)"),
            Kind::Integer { .. } => {
                format!("(i64.extend_i32_u ({at} {address})) (i64.const 0)")
            }
            Kind::Float(64) => {
                format!("(i64.reinterpret_f64 ({at} {address})) (i64.const 0)")
            }
            Kind::Float(_) => {
                format!("(i64.extend_i32_u (i32.reinterpret_f32 ({at} {address}))) (i64.const 0)")
            }
            Kind::Vector | Kind::Extend { .. } | Kind::Splat | Kind::Zero => {
                format!("(local.set $v ({at} {address})) {lanes}")
            }
            Kind::LoadLane(lane) => {
                format!("(local.set $v ({at} {lane} {address} {vector})) {lanes}")
            }
            Kind::StoreInteger(64) => nothing(&format!("({at} {address} (i64.const {SCALAR}))")),
            Kind::StoreInteger(_) => nothing(&format!("({at} {address} (i32.const {low}))")),
            Kind::StoreFloat(64) => nothing(&format!(
                "({at} {address} (f64.reinterpret_i64 (i64.const {SCALAR})))"
            )),
            Kind::StoreFloat(_) => nothing(&format!(
                "({at} {address} (f32.reinterpret_i32 (i32.const {low})))"
            )),
            Kind::StoreVector => nothing(&format!("({at} {address} {vector})")),
            Kind::StoreLane(lane) => nothing(&format!("({at} {lane} {address} {vector})")),
        }
    }

    /// The result of a load of these bytes.
    pub fn loaded(&self, bytes: &[u8]) -> [u64; 2] {
        let mut vector = [0; 16];
        match self.kind {
            Kind::Integer { bits, signed } => {
                return [extended(bytes, signed) & (u64::MAX >> (64 - bits)), 0];
            }
            Kind::Float(_) => return [extended(bytes, false), 0],
            Kind::Vector | Kind::Zero => vector[..bytes.len()].copy_from_slice(bytes),
            Kind::Splat => {
                for lane in vector.chunks_exact_mut(bytes.len()) {
                    lane.copy_from_slice(bytes);
                }
            }
            Kind::Extend { lane, signed } => {
                let lane = lane as usize;
                for (to, from) in vector
                    .chunks_exact_mut(2 * lane)
                    .zip(bytes.chunks_exact(lane))
                {
                    to.copy_from_slice(&extended(from, signed).to_le_bytes()[..2 * lane]);
                }
            }
            Kind::LoadLane(lane) => {
                vector = vector_bytes();
                let at = lane as usize * bytes.len();
                vector[at..at + bytes.len()].copy_from_slice(bytes);
            }
            _ => panic!("BUG: {} loads nothing", self.name),
        }
        let half = |at: usize| extended(&vector[at..at + 8], false);
        [half(0), half(8)]
    }

    /// The bytes that a store writes.
    pub fn stored(&self) -> Vec<u8> {
        let width = self.width as usize;
        let at = match self.kind {
            Kind::StoreVector => 0,
            Kind::StoreLane(lane) => lane as usize * width,
            _ => return SCALAR.to_le_bytes()[..width].to_vec(),
        };
        vector_bytes()[at..at + width].to_vec()
    }
}

fn vector_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&VECTOR[0].to_le_bytes());
    bytes[8..].copy_from_slice(&VECTOR[1].to_le_bytes());
    bytes
}

/// Up to eight bytes as a number.
fn extended(bytes: &[u8], signed: bool) -> u64 {
    let is_negative = bytes.last().is_some_and(|last| last & 0x80 != 0);
    let mut all = [if signed && is_negative { 0xff } else { 0 }; 8];
    all[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(all)
}

/// A body whose results are zeroes.
pub fn nothing(access: &str) -> String {
    format!("{access} (i64.const 0) (i64.const 0)")
}
