//! Writes random straight-line code on Go's registers, frame and heap.

use super::{global, memory, place};
use harness::rng::Rng;
use wasm_encoder::{InstructionSink, ValType};

/// The registers after PC_B and SP.
pub struct Locals;

impl Locals {
    const I64: u32 = 2;
    const I64S: usize = 5;
    const F64: u32 = 7;
    const F64S: usize = 3;
    const F32: u32 = 10;
    const F32S: usize = 2;

    pub const DECLARED: [(u32, ValType); 4] = [
        (1, ValType::I32),
        (Self::I64S as u32, ValType::I64),
        (Self::F64S as u32, ValType::F64),
        (Self::F32S as u32, ValType::F32),
    ];
}

/// The slots at the low end of a frame with the arguments and results of a callee.
const OUTGOING: u32 = 3;

const SP: u32 = 1;

/// Writes random code.
pub struct Writer<'r> {
    slots: u32,
    rng: &'r mut Rng,
}

type Code<'a, 'b> = &'a mut InstructionSink<'b>;

impl<'r> Writer<'r> {
    pub fn new(slots: u32, rng: &'r mut Rng) -> Self {
        Self { slots, rng }
    }

    fn number(&mut self, below: u32) -> u32 {
        u32::try_from(self.rng.below(below as usize)).expect("BUG: a small number")
    }

    fn int(&mut self) -> u32 {
        Locals::I64 + self.number(Locals::I64S as u32)
    }

    fn double(&mut self) -> u32 {
        Locals::F64 + self.number(Locals::F64S as u32)
    }

    fn single(&mut self) -> u32 {
        Locals::F32 + self.number(Locals::F32S as u32)
    }

    /// A slot of the frame; or the caller's, where arguments are.
    fn slot(&mut self) -> u64 {
        let slot = self.number(self.slots + OUTGOING);
        let above = u32::from(slot >= self.slots);
        u64::from(8 * (slot + above))
    }

    /// Gives every register a value, because no register survives a call.
    pub fn reload(&mut self, code: Code<'_, '_>) {
        for local in (Locals::I64..).take(Locals::I64S) {
            if self.rng.chance(70) {
                let slot = self.slot();
                code.local_get(SP).i64_load(place(slot, 3));
            } else {
                code.i64_const(self.rng.integer().cast_signed());
            }
            code.local_set(local);
        }
        for local in (Locals::F64..).take(Locals::F64S) {
            let slot = self.slot();
            code.local_get(SP).f64_load(place(slot, 3)).local_set(local);
        }
        for local in (Locals::F32..).take(Locals::F32S) {
            let slot = self.slot();
            code.local_get(SP).f32_load(place(slot, 2)).local_set(local);
        }
    }

    pub fn statements(&mut self, code: Code<'_, '_>) {
        for _ in 0..1 + self.number(4) {
            self.statement(code);
        }
    }

    fn statement(&mut self, code: Code<'_, '_>) {
        match self.number(13) {
            0..4 => {
                self.i64(code, 3);
                let local = self.int();
                code.local_set(local);
            }
            4 => {
                self.f64(code, 3);
                let local = self.double();
                code.local_set(local);
            }
            5 => {
                self.f32(code, 3);
                let local = self.single();
                code.local_set(local);
            }
            6..8 => {
                let slot = self.slot();
                code.local_get(SP);
                self.i64(code, 2);
                code.i64_store(place(slot, 3));
            }
            8..10 => self.store(code),
            10 => {
                self.i64(code, 2);
                let ret = self.number(4);
                code.global_set(global::RET + ret);
            }
            11 => self.bulk(code),
            _ => {
                let slot = self.slot();
                code.local_get(SP);
                self.f64(code, 2);
                code.f64_store(place(slot, 3));
            }
        }
    }

    /// An address on the heap. A static offset of less than 8 may be added.
    fn address(&mut self, code: Code<'_, '_>) {
        let local = self.int();
        code.local_get(local);
        if self.rng.chance(30) {
            code.i64_const((self.rng.integer() & 0xff).cast_signed())
                .i64_add();
        }
        code.i64_const(memory::HEAP_MASK).i64_and();
        if self.rng.chance(50) {
            code.i64_const(memory::HEAP.cast_signed())
                .i64_add()
                .i32_wrap_i64();
        } else {
            code.i32_wrap_i64();
            code.i32_const(i32::try_from(memory::HEAP).expect("BUG: a low address"));
            code.i32_add();
        }
    }

    fn store(&mut self, code: Code<'_, '_>) {
        let offset = u64::from(self.number(8));
        self.address(code);
        match self.number(6) {
            0 => {
                self.f64(code, 2);
                code.f64_store(place(offset, 0));
            }
            1 => {
                self.f32(code, 2);
                code.f32_store(place(offset, 0));
            }
            width => {
                self.i64(code, 2);
                match width {
                    2 => code.i64_store8(place(offset, 0)),
                    3 => code.i64_store16(place(offset, 0)),
                    4 => code.i64_store32(place(offset, 0)),
                    _ => code.i64_store(place(offset, 0)),
                };
            }
        }
    }

    /// A large copy or clear, as Go makes it.
    fn bulk(&mut self, code: Code<'_, '_>) {
        let len = *self.rng.pick(&[1, 4, 8, 12, 16, 24, 31, 32, 40, 64, 100]);
        self.address(code);
        if self.rng.chance(60) {
            self.address(code);
            code.i32_const(len).memory_copy(0, 0);
        } else {
            code.i32_const(0).i32_const(len).memory_fill(0);
        }
    }

    /// Stores a callee's arguments in the frame.
    pub fn arguments(&mut self, code: Code<'_, '_>) {
        for slot in 0..OUTGOING {
            if self.rng.chance(60) {
                code.local_get(SP);
                self.i64(code, 1);
                code.i64_store(place(u64::from(8 * slot), 3));
            }
        }
    }

    /// One of the function values.
    pub fn closure(&mut self, code: Code<'_, '_>) {
        let local = self.int();
        code.local_get(local).i64_const(7).i64_and();
        code.i64_const(3).i64_shl().i32_wrap_i64();
        code.i64_load(place(memory::CLOSURES, 3));
    }

    pub fn condition(&mut self, code: Code<'_, '_>) {
        self.compare(code, 2);
        if self.rng.chance(50) {
            code.i32_eqz();
        }
    }

    /// An i32 that is 0 or 1.
    fn compare(&mut self, code: Code<'_, '_>, depth: u32) {
        match self.number(8) {
            0 => {
                self.f64(code, depth);
                self.f64(code, depth);
                match self.number(6) {
                    0 => code.f64_eq(),
                    1 => code.f64_ne(),
                    2 => code.f64_lt(),
                    3 => code.f64_gt(),
                    4 => code.f64_le(),
                    _ => code.f64_ge(),
                };
            }
            1 => {
                self.f32(code, depth);
                self.f32(code, depth);
                match self.number(3) {
                    0 => code.f32_eq(),
                    1 => code.f32_lt(),
                    _ => code.f32_ge(),
                };
            }
            2 => {
                self.i64(code, depth);
                code.i64_eqz();
            }
            _ => {
                self.i64(code, depth);
                self.i64(code, depth);
                match self.number(10) {
                    0 => code.i64_eq(),
                    1 => code.i64_ne(),
                    2 => code.i64_lt_s(),
                    3 => code.i64_lt_u(),
                    4 => code.i64_gt_s(),
                    5 => code.i64_gt_u(),
                    6 => code.i64_le_s(),
                    7 => code.i64_le_u(),
                    8 => code.i64_ge_s(),
                    _ => code.i64_ge_u(),
                };
            }
        }
    }

    fn i64(&mut self, code: Code<'_, '_>, depth: u32) {
        if depth == 0 {
            return self.i64_leaf(code);
        }
        match self.number(12) {
            0..2 => self.i64_leaf(code),
            2 => self.load(code),
            3..9 => {
                self.i64(code, depth - 1);
                self.i64(code, depth - 1);
                self.i64_binary(code);
            }
            9 => {
                self.compare(code, depth - 1);
                code.i64_extend_i32_u();
            }
            10 => {
                self.f64(code, depth - 1);
                match self.number(3) {
                    0 => code.i64_trunc_sat_f64_s(),
                    1 => code.i64_trunc_sat_f64_u(),
                    _ => code.i64_reinterpret_f64(),
                };
            }
            _ => {
                self.i64(code, depth - 1);
                match self.number(8) {
                    0 => code.i64_clz(),
                    1 => code.i64_ctz(),
                    2 => code.i64_popcnt(),
                    3 => code.i64_extend8_s(),
                    4 => code.i64_extend16_s(),
                    5 => code.i64_extend32_s(),
                    6 => code.i32_wrap_i64().i64_extend_i32_u(),
                    _ => code.i32_wrap_i64().i64_extend_i32_s(),
                };
            }
        }
    }

    fn i64_leaf(&mut self, code: Code<'_, '_>) {
        match self.number(8) {
            0..2 => code.i64_const(self.rng.integer().cast_signed()),
            2 => code.local_get(SP).i64_load(place(self.slot(), 3)),
            3 => code.global_get(global::RET + self.number(4)),
            _ => code.local_get(self.int()),
        };
    }

    fn load(&mut self, code: Code<'_, '_>) {
        let offset = place(u64::from(self.number(8)), 0);
        self.address(code);
        match self.number(8) {
            0 => code.i64_load8_u(offset),
            1 => code.i64_load8_s(offset),
            2 => code.i64_load16_u(offset),
            3 => code.i64_load16_s(offset),
            4 => code.i64_load32_u(offset),
            5 => code.i64_load32_s(offset),
            _ => code.i64_load(offset),
        };
    }

    fn i64_binary(&mut self, code: Code<'_, '_>) {
        match self.number(17) {
            0..3 => code.i64_add(),
            3..5 => code.i64_sub(),
            5..7 => code.i64_mul(),
            7 => code.i64_and(),
            8 => code.i64_or(),
            9 => code.i64_xor(),
            10 => code.i64_shl(),
            11 => code.i64_shr_u(),
            12 => code.i64_shr_s(),
            13 => code.i64_rotl(),
            14 => code.i64_const(1).i64_or().i64_div_u(),
            15 => code.i64_const(1).i64_or().i64_rem_s(),
            // Traps now and then.
            _ if self.rng.chance(1) => code.i64_div_s(),
            _ => code
                .i64_const(63)
                .i64_and()
                .i64_const(2)
                .i64_add()
                .i64_div_s(),
        };
    }

    fn f64(&mut self, code: Code<'_, '_>, depth: u32) {
        match self.number(if depth == 0 { 3 } else { 10 }) {
            0 => {
                let local = self.double();
                code.local_get(local);
            }
            1 => {
                code.f64_const(f64::from_bits(self.rng.float64()).into());
            }
            2 => {
                let slot = self.slot();
                code.local_get(SP).f64_load(place(slot, 3));
            }
            3 => {
                self.i64(code, depth - 1);
                match self.number(3) {
                    0 => code.f64_convert_i64_s(),
                    1 => code.f64_convert_i64_u(),
                    _ => code.f64_reinterpret_i64(),
                };
            }
            4 => {
                self.f32(code, depth - 1);
                code.f64_promote_f32();
            }
            5 => {
                self.f64(code, depth - 1);
                match self.number(7) {
                    0 => code.f64_abs(),
                    1 => code.f64_neg(),
                    2 => code.f64_ceil(),
                    3 => code.f64_floor(),
                    4 => code.f64_trunc(),
                    5 => code.f64_nearest(),
                    _ => code.f64_sqrt(),
                };
            }
            _ => {
                self.f64(code, depth - 1);
                self.f64(code, depth - 1);
                match self.number(7) {
                    0 => code.f64_add(),
                    1 => code.f64_sub(),
                    2 => code.f64_mul(),
                    3 => code.f64_div(),
                    4 => code.f64_min(),
                    5 => code.f64_max(),
                    _ => code.f64_copysign(),
                };
            }
        }
    }

    fn f32(&mut self, code: Code<'_, '_>, depth: u32) {
        match self.number(if depth == 0 { 2 } else { 6 }) {
            0 => {
                let local = self.single();
                code.local_get(local);
            }
            1 => {
                code.f32_const(f32::from_bits(self.rng.float32()).into());
            }
            2 => {
                self.f64(code, depth - 1);
                code.f32_demote_f64();
            }
            3 => {
                self.i64(code, depth - 1);
                match self.number(2) {
                    0 => code.f32_convert_i64_s(),
                    _ => code.f32_convert_i64_u(),
                };
            }
            _ => {
                self.f32(code, depth - 1);
                self.f32(code, depth - 1);
                match self.number(4) {
                    0 => code.f32_add(),
                    1 => code.f32_sub(),
                    2 => code.f32_mul(),
                    _ => code.f32_div(),
                };
            }
        }
    }
}
