//! Random numbers from a seed, by SplitMix64 (Steele, Lea, Flood: "Fast splittable
//! pseudorandom number generators", 2014). A seed gives the same numbers on every machine
//! and with every version of the dependencies.

/// Values at which some operator has a special case.
pub const EDGES: [u64; 24] = [
    0,
    1,
    2,
    3,
    7,
    8,
    31,
    32,
    33,
    63,
    64,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0x8000,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    u64::MAX,
];

#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let x = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number below `bound`, which isn't 0.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).expect("BUG: a bound over 64 bits");
        usize::try_from(self.bits() % bound).expect("BUG: a number below a usize")
    }

    /// True with a probability of `percent` in 100.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `choices`, which must not be empty.
    pub fn pick<'c, T>(&mut self, choices: &'c [T]) -> &'c T {
        &choices[self.below(choices.len())]
    }

    /// An edge value, a small number or any number.
    pub fn integer(&mut self) -> u64 {
        match self.below(4) {
            0 => self.bits(),
            1 => self.bits() % 300,
            _ => *self.pick(&EDGES),
        }
    }

    /// The bits of an f32: edges of its range, of rounding and of conversions, or
    /// any number.
    pub fn float32(&mut self) -> u32 {
        const FLOATS: [f32; 14] = [
            0.0,
            1.0,
            0.5,
            1.5,
            2.5,
            0.999_999_94,
            8_388_607.5,
            2_147_483_648.0,
            4_294_967_296.0,
            9.223_372e18,
            1.844_674_4e19,
            f32::MAX,
            f32::MIN_POSITIVE,
            f32::INFINITY,
        ];
        let bits = match self.below(5) {
            0 => u32::try_from(self.bits() >> 32).expect("BUG: 32 bits"),
            1 => 0x7fc0_0000,
            2 => 1,
            _ => self.pick(&FLOATS).to_bits(),
        };
        bits ^ (u32::from(self.chance(50)) << 31)
    }

    /// The bits of an f64, as [`Self::float32`].
    pub fn float64(&mut self) -> u64 {
        const FLOATS: [f64; 16] = [
            0.0,
            1.0,
            0.5,
            1.5,
            2.5,
            0.999_999_999_999_999_9,
            2_147_483_647.0,
            2_147_483_648.0,
            4_294_967_295.0,
            4_294_967_296.0,
            4_503_599_627_370_495.5,
            9_223_372_036_854_775_808.0,
            18_446_744_073_709_551_616.0,
            f64::MAX,
            f64::MIN_POSITIVE,
            f64::INFINITY,
        ];
        let bits = match self.below(5) {
            0 => self.bits(),
            1 => 0x7ff8_0000_0000_0000,
            2 => 1,
            _ => self.pick(&FLOATS).to_bits(),
        };
        bits ^ (u64::from(self.chance(50)) << 63)
    }
}
