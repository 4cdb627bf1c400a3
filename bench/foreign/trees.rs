//! Trees keeps words in a BTreeMap and writes, splits and changes strings.

use std::collections::BTreeMap;
use std::fmt::Write;

const LINES: u64 = 60_000;
const SYLLABLES: [&str; 8] = ["ka", "ro", "min", "té", "us", "lo", "vin", "e"];

struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 33) % limit
    }

    fn word(&mut self) -> String {
        let syllables = 1 + self.below(4);
        (0..syllables).map(|_| SYLLABLES[self.below(8) as usize]).collect()
    }
}

#[derive(Default)]
struct Seen {
    times: u32,
    lines: Vec<u32>,
}

fn text(random: &mut Random) -> String {
    let mut text = String::new();
    for number in 0..LINES {
        let (first, second) = (random.word(), random.word());
        writeln!(text, "{number}: {first}-{second}, {:.2}; {:#x}", random.below(9999) as f64 / 7.0, random.below(4096))
            .expect("a string takes all that is written");
    }
    text
}

fn mix(sum: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(sum, |sum, &byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn main() {
    let text = text(&mut Random(5));
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    let mut total = 0.0;
    for (number, line) in text.lines().enumerate() {
        let (_, rest) = line.split_once(": ").expect("each line has a number");
        let (words, figures) = rest.split_once(", ").expect("each line has figures");
        let (float, _) = figures.split_once("; ").expect("each line has two figures");
        total += float.parse::<f64>().expect("the first figure is a float");
        for word in words.split('-').chain([words]) {
            let entry = seen.entry(word.to_uppercase()).or_default();
            entry.times += 1;
            entry.lines.push(number as u32);
        }
    }
    let mut sum = mix(0, text.as_bytes());
    for (word, entry) in seen.range("K".to_string().."U".to_string()) {
        let reversed: String = word.chars().rev().collect();
        sum = mix(sum, reversed.replace("AK", "<>").as_bytes());
        sum = mix(sum, format!("{:>6}{:?}", entry.times, entry.lines.last()).as_bytes());
    }
    let words = seen.len();
    seen.retain(|word, entry| entry.times > 2 && !word.contains('-'));
    println!("{words} words, {} often, {total:.3}, {sum:016x}", seen.len());
}
