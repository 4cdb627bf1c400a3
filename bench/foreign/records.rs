//! Records sorts structs by several keys, stably and not, and searches among them.

use std::cmp::Reverse;

const RECORDS: usize = 150_000;

#[derive(Clone)]
struct Record {
    name: String,
    group: u8,
    weight: f64,
    serial: u64,
}

struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn name(&mut self) -> String {
        let letters = 4 + self.next() % 9;
        (0..letters)
            .map(|_| char::from(b'a' + (self.next() >> 20) as u8 % 26))
            .collect()
    }
}

fn mix(sum: u64, value: u64) -> u64 {
    (sum ^ value).wrapping_mul(0x0100_0000_01b3)
}

fn digest(records: &[Record]) -> u64 {
    records.iter().step_by(7).fold(0, |sum, record| {
        let named = record.name.bytes().fold(sum, |sum, byte| mix(sum, byte.into()));
        mix(named, record.serial ^ record.weight.to_bits() ^ u64::from(record.group))
    })
}

fn main() {
    let mut random = Random(2463534242);
    let mut records: Vec<Record> = (0..RECORDS)
        .map(|_| Record {
            name: random.name(),
            group: (random.next() % 40) as u8,
            weight: (random.next() >> 40) as f64 / 256.0,
            serial: random.next(),
        })
        .collect();

    records.sort_by(|a, b| a.name.cmp(&b.name));
    println!("name {:016x}", digest(&records));
    records.sort_by_key(|record| record.group);
    println!("group {:016x}", digest(&records));
    records.sort_unstable_by(|a, b| b.weight.total_cmp(&a.weight).then(a.serial.cmp(&b.serial)));
    println!("weight {:016x}", digest(&records));
    records.sort_unstable_by_key(|record| (Reverse(record.group), record.serial));
    println!("serial {:016x}", digest(&records));

    let mut serials: Vec<u64> = records.iter().map(|record| record.serial).collect();
    serials.sort_unstable();
    let found: u64 = records
        .iter()
        .filter_map(|record| serials.binary_search(&(record.serial & !1)).ok())
        .map(|at| at as u64)
        .sum();
    let mut heaviest = records.clone();
    heaviest.retain(|record| record.weight > 50_000.0);
    println!("found {found}, heavy {}, {:016x}", heaviest.len(), digest(&heaviest));
}
