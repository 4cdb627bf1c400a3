//! Random expressions of Go's numeric types.
//!
//! Go's specification defines each operation to the bit. Integers wrap around, shifts may exceed
//! the width, and floats are converted to integers only in range. Constants are read from
//! arrays or are a small right operand, so that Go's compiler neither refuses nor folds them.
//! Of package `math`, only functions are used that are exact on every platform.

use harness::rng::Rng;

pub const INTEGERS: [&str; 10] = [
    "int8", "int16", "int32", "int64", "int", "uint8", "uint16", "uint32", "uint64", "uint",
];

/// A variable and its type.
pub type Variable = (String, &'static str);

pub struct Expressions<'r> {
    pub rng: &'r mut Rng,
}

impl Expressions<'_> {
    /// One of `variables` with type `ty`. If no variable has this type, another variable with a
    /// conversion.
    fn leaf(&mut self, ty: &str, variables: &[Variable]) -> String {
        let same: Vec<&Variable> = variables.iter().filter(|v| v.1 == ty).collect();
        if !same.is_empty() && self.rng.chance(60) {
            return self.rng.pick(&same).0.clone();
        }
        let integers: Vec<&Variable> = variables
            .iter()
            .filter(|v| INTEGERS.contains(&v.1))
            .collect();
        if !integers.is_empty() && self.rng.chance(50) {
            return format!("{ty}({})", self.rng.pick(&integers).0);
        }
        format!("edge_{ty}[{}]", self.rng.below(8))
    }

    pub fn integer(&mut self, ty: &str, depth: u32, variables: &[Variable]) -> String {
        if depth == 0 {
            return self.leaf(ty, variables);
        }
        let x = self.integer(ty, depth - 1, variables);
        match self.rng.below(14) {
            0 => self.leaf(ty, variables),
            1..=6 => {
                let operator = *self
                    .rng
                    .pick(&["+", "-", "*", "&", "|", "^", "&^", "+", "-", "*"]);
                let y = self.integer(ty, depth - 1, variables);
                format!("({x} {operator} {y})")
            }
            7 => {
                let operator = *self.rng.pick(&["/", "%"]);
                let y = self.integer(ty, depth - 1, variables);
                // A division by zero panics now and then.
                if self.rng.chance(5) {
                    format!("({x} {operator} {y})")
                } else {
                    format!("({x} {operator} ({y} | 1))")
                }
            }
            8 => {
                let operator = *self.rng.pick(&["/", "%", "+", "*", "-"]);
                let by = *self.rng.pick(&[1, 2, 3, 5, 7, 8, 10, 16, 60, 64, 100, 127]);
                format!("({x} {operator} {by})")
            }
            9 => {
                let operator = *self.rng.pick(&["<<", ">>"]);
                let by = self.integer("uint8", depth - 1, variables);
                format!(
                    "({x} {operator} ({by} & {}))",
                    self.rng.pick(&[7, 31, 63, 127])
                )
            }
            10 => {
                let operator = *self.rng.pick(&["<<", ">>"]);
                format!("({x} {operator} {})", self.rng.below(9))
            }
            11 => {
                let from = *self.rng.pick(&INTEGERS);
                let y = self.integer(from, depth - 1, variables);
                format!("{ty}({y})")
            }
            12 => {
                let y = self.integer("uint64", depth - 1, variables);
                let function = *self.rng.pick(&[
                    "bits.LeadingZeros64",
                    "bits.TrailingZeros64",
                    "bits.OnesCount64",
                    "bits.Len64",
                    "mulhi",
                    "bits.ReverseBytes64",
                    "rotate",
                ]);
                format!("{ty}({function}({y}))")
            }
            _ => format!("({}{x})", self.rng.pick(&["-", "^"])),
        }
    }

    pub fn float(&mut self, ty: &str, depth: u32, variables: &[Variable]) -> String {
        if depth == 0 {
            let same: Vec<&Variable> = variables.iter().filter(|v| v.1 == ty).collect();
            if !same.is_empty() && self.rng.chance(70) {
                return self.rng.pick(&same).0.clone();
            }
            return format!("edge_{ty}[{}]", self.rng.below(8));
        }
        let x = self.float(ty, depth - 1, variables);
        match self.rng.below(9) {
            0..=4 => {
                let operator = *self.rng.pick(&["+", "-", "*", "/"]);
                let y = self.float(ty, depth - 1, variables);
                // The conversion forbids Go to fuse the operations.
                format!("{ty}({x} {operator} {y})")
            }
            5 => {
                let function = *self.rng.pick(&[
                    "math.Sqrt",
                    "math.Floor",
                    "math.Ceil",
                    "math.Trunc",
                    "math.Abs",
                    "math.RoundToEven",
                ]);
                format!("{ty}({function}(float64({x})))")
            }
            6 => {
                let y = self.float(ty, depth - 1, variables);
                let function = *self.rng.pick(&["math.Min", "math.Max", "copysign"]);
                format!("{ty}({function}(float64({x}), float64({y})))")
            }
            7 => {
                let from = *self.rng.pick(&INTEGERS);
                let y = self.integer(from, depth - 1, variables);
                format!("{ty}({y})")
            }
            _ => {
                let other = if ty == "float32" {
                    "float64"
                } else {
                    "float32"
                };
                let y = self.float(other, depth - 1, variables);
                format!("{ty}({y})")
            }
        }
    }

    pub fn condition(&mut self, depth: u32, variables: &[Variable]) -> String {
        let operator = *self.rng.pick(&["<", "<=", ">", ">=", "==", "!="]);
        let (x, y) = if self.rng.chance(25) {
            let ty = *self.rng.pick(&["float32", "float64"]);
            (
                self.float(ty, depth, variables),
                self.float(ty, depth, variables),
            )
        } else {
            let ty = *self.rng.pick(&INTEGERS);
            (
                self.integer(ty, depth, variables),
                self.integer(ty, depth, variables),
            )
        };
        let condition = format!("{x} {operator} {y}");
        if depth > 0 && self.rng.chance(20) {
            let other = self.condition(depth - 1, variables);
            let operator = *self.rng.pick(&["&&", "||"]);
            return format!("({condition}) {operator} ({other})");
        }
        condition
    }
}
