//! Big calculates with numbers of many limbs and hashes by products of 128 bits.

const FACTORIAL: u64 = 3000;
const FIBONACCI: usize = 30_000;
const HASHED: u64 = 1 << 20;
const ROUNDS: u64 = 24;

/// A natural number: limbs, the smallest first, without zeroes at the end.
#[derive(Clone)]
struct Natural(Vec<u64>);

impl Natural {
    fn multiply_small(&mut self, factor: u64) {
        let mut carry = 0u128;
        for limb in &mut self.0 {
            let product = u128::from(*limb) * u128::from(factor) + carry;
            *limb = product as u64;
            carry = product >> 64;
        }
        if carry != 0 {
            self.0.push(carry as u64);
        }
    }

    fn add(&mut self, other: &Natural) {
        self.0.resize(self.0.len().max(other.0.len()), 0);
        let mut carry = 0;
        for (i, limb) in self.0.iter_mut().enumerate() {
            let sum = u128::from(*limb) + u128::from(other.0.get(i).copied().unwrap_or(0)) + carry;
            *limb = sum as u64;
            carry = sum >> 64;
        }
        if carry != 0 {
            self.0.push(carry as u64);
        }
    }

    fn multiply(&self, other: &Natural) -> Natural {
        let mut product = vec![0u64; self.0.len() + other.0.len()];
        for (i, &a) in self.0.iter().enumerate() {
            let mut carry = 0u128;
            for (j, &b) in other.0.iter().enumerate() {
                let sum = u128::from(a) * u128::from(b) + u128::from(product[i + j]) + carry;
                product[i + j] = sum as u64;
                carry = sum >> 64;
            }
            product[i + other.0.len()] = carry as u64;
        }
        while product.last() == Some(&0) {
            product.pop();
        }
        Natural(product)
    }

    /// Divides the number and returns the rest.
    fn divide_small(&mut self, divisor: u32) -> u32 {
        let mut rest = 0u64;
        for limb in self.0.iter_mut().rev() {
            let high = rest << 32 | *limb >> 32;
            let low = (high % u64::from(divisor)) << 32 | *limb & 0xffff_ffff;
            *limb = (high / u64::from(divisor)) << 32 | low / u64::from(divisor);
            rest = low % u64::from(divisor);
        }
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
        rest as u32
    }

    fn decimal(mut self) -> String {
        let mut groups = Vec::new();
        while !self.0.is_empty() {
            groups.push(self.divide_small(1_000_000_000));
        }
        let rest = groups.iter().rev().skip(1).map(|group| format!("{group:09}"));
        groups.last().map(u32::to_string).into_iter().chain(rest).collect()
    }
}

fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    product as u64 ^ (product >> 64) as u64
}

fn hash(bytes: &[u8], seed: u64) -> u64 {
    let words = bytes.chunks_exact(16);
    words.fold(seed, |sum, pair| {
        let (low, high) = pair.split_at(8);
        let low = u64::from_le_bytes(low.try_into().expect("8 bytes of 16"));
        let high = u64::from_le_bytes(high.try_into().expect("8 bytes of 16"));
        fold(low ^ 0xa076_1d64_78bd_642f, high ^ sum)
    })
}

fn main() {
    let mut factorial = Natural(vec![1]);
    (2..=FACTORIAL).for_each(|factor| factorial.multiply_small(factor));
    let (mut a, mut b) = (Natural(vec![0]), Natural(vec![1]));
    for _ in 0..FIBONACCI {
        a.add(&b);
        std::mem::swap(&mut a, &mut b);
    }
    let square = factorial.multiply(&factorial);
    let product = square.multiply(&b).multiply(&square);
    let limbs = product.0.len();
    let digits = product.decimal();
    let (first, last) = (&digits[..12], digits.trim_end_matches('0'));
    println!("{limbs} limbs, {} digits, {first}...{}", digits.len(), &last[last.len() - 12..]);

    let bytes: Vec<u8> = (0..HASHED).map(|i| (i * i >> 7) as u8).collect();
    let sum = (0..ROUNDS).fold(1, |sum, round| hash(&bytes, sum ^ round));
    println!("hash {sum:016x}");
}
