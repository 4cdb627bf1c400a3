//! Makes modules in which every operator has the same probability, is executed, and shows in the
//! result. Most operators in wasm-smith's programs have no effect on the result.
//!
//! No list says which operators there are, and which types they have: wasmparser knows the
//! operators and its validator finds the types ([`operators`]). Operands are locals. Results go
//! into locals and into the digest of dropped values. Addresses and indices are masked so that
//! few of them are out of bounds, and divisors are odd.

use crate::nan::{Float, Scratch};
use harness::rng::Rng;
use std::sync::OnceLock;
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements,
    Function, FunctionSection, HeapType, Instruction, MemorySection, MemoryType, Module, RefType,
    TableSection, TableType, TypeSection, ValType,
};
use wasmparser::{FuncValidatorAllocations, MemArg, Operator, Parser, ValidPayload, Validator};

/// The types of values. A function has [`EACH`] locals of each type.
const TYPES: [ValType; 5] = [
    ValType::I32,
    ValType::I64,
    ValType::F32,
    ValType::F64,
    ValType::V128,
];
const EACH: u32 = 3;

/// An operator with its operands and result, as indices into [`TYPES`].
struct Typed {
    operator: Operator<'static>,
    name: &'static str,
    operands: Vec<usize>,
    result: Option<usize>,
    vector: bool,
    /// The number of lanes that the operator can choose from; 1 if it has no lane.
    lanes: u8,
}

macro_rules! shape {
    ($found:ident $name:ident $proposal:ident) => {
        $found.push((Operator::$name, stringify!($name), stringify!($proposal)))
    };
    ($found:ident $name:ident $proposal:ident { memarg : $ty:ty }) => {
        $found.push((
            Operator::$name { memarg: ARGUMENT },
            stringify!($name),
            stringify!($proposal),
        ))
    };
    ($found:ident $name:ident $proposal:ident { lane : $ty:ty }) => {
        $found.push((
            Operator::$name { lane: 0 },
            stringify!($name),
            stringify!($proposal),
        ))
    };
    ($found:ident $name:ident $proposal:ident { memarg : $ty:ty, lane : $lane:ty }) => {
        $found.push((
            Operator::$name {
                memarg: ARGUMENT,
                lane: 0,
            },
            stringify!($name),
            stringify!($proposal),
        ))
    };
    ($found:ident $name:ident $proposal:ident { lanes : $ty:ty }) => {
        $found.push((
            Operator::$name { lanes: [0; 16] },
            stringify!($name),
            stringify!($proposal),
        ))
    };
    ($found:ident $name:ident $proposal:ident { $($rest:tt)* }) => {};
}

macro_rules! candidates {
    ($( @$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        // The macro expands to hundreds of pushes, and to none for some operators.
        #[expect(clippy::vec_init_then_push)]
        fn candidates() -> Vec<(Operator<'static>, &'static str, &'static str)> {
            let mut found = Vec::new();
            $(shape!(found $op $proposal $({ $($arg: $argty),* })?);)*
            found
        }
    };
}
wasmparser::for_each_operator!(candidates);

const ARGUMENT: MemArg = MemArg {
    align: 0,
    max_align: 0,
    offset: 0,
    target: wasmparser::MemArgTarget::Memory(0),
    ordering: None,
};

/// The operators whose operands and results have types of [`TYPES`].
fn operators() -> &'static [Typed] {
    static OPERATORS: OnceLock<Vec<Typed>> = OnceLock::new();
    OPERATORS.get_or_init(|| {
        let proposals = ["mvp", "sign_extension", "saturating_float_to_int", "simd"];
        let all = candidates().into_iter();
        let mine = all.filter(|(operator, _, proposal)| {
            proposals.contains(proposal)
                && !matches!(
                    operator,
                    Operator::Unreachable
                        | Operator::Nop
                        | Operator::Else
                        | Operator::End
                        | Operator::Return
                        | Operator::Drop
                        | Operator::Select
                )
        });
        mine.filter_map(|(operator, name, proposal)| {
            let (operands, result) = typed(&operator)?;
            let most = [16, 8, 4, 2].into_iter();
            let lanes = most
                .filter(|lanes| typed(&at_lane(&operator, lanes - 1)).is_some())
                .max();
            Some(Typed {
                vector: proposal == "simd",
                lanes: lanes.unwrap_or(1),
                operator,
                name,
                operands,
                result,
            })
        })
        .collect()
    })
}

/// The operator with another lane, if it has one.
fn at_lane(operator: &Operator<'static>, to: u8) -> Operator<'static> {
    macro_rules! lanes {
        ($($name:ident)*; $($access:ident)*) => {
            match operator {
                $(Operator::$name { .. } => Operator::$name { lane: to },)*
                $(Operator::$access { memarg, .. } => Operator::$access { memarg: *memarg, lane: to },)*
                other => other.clone(),
            }
        };
    }
    lanes!(
        I8x16ExtractLaneS I8x16ExtractLaneU I8x16ReplaceLane I16x8ExtractLaneS I16x8ExtractLaneU
        I16x8ReplaceLane I32x4ExtractLane I32x4ReplaceLane I64x2ExtractLane I64x2ReplaceLane
        F32x4ExtractLane F32x4ReplaceLane F64x2ExtractLane F64x2ReplaceLane;
        V128Load8Lane V128Load16Lane V128Load32Lane V128Load64Lane
        V128Store8Lane V128Store16Lane V128Store32Lane V128Store64Lane
    )
}

/// The types of operands and result that the validator accepts. `None` for an operator of another
/// kind.
fn typed(operator: &Operator<'_>) -> Option<(Vec<usize>, Option<usize>)> {
    let count = TYPES.len();
    (0..4u32).find_map(|arity| {
        (0..count.pow(arity)).find_map(|mut number| {
            let operands: Vec<usize> = (0..arity)
                .map(|_| {
                    let operand = number % count;
                    number /= count;
                    operand
                })
                .collect();
            Some((operands.clone(), validates(operator, &operands)?))
        })
    })
}

/// The type of the result of an operator with exactly these operands, if that is valid.
fn validates(operator: &Operator<'_>, operands: &[usize]) -> Option<Option<usize>> {
    static EMPTY: OnceLock<Vec<u8>> = OnceLock::new();
    let wasm = EMPTY.get_or_init(|| {
        let mut types = TypeSection::new();
        types.ty().function(TYPES, []);
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut code = CodeSection::new();
        let mut body = Function::new([]);
        body.instructions().end();
        code.function(&body);
        let mut module = Module::new();
        module
            .section(&types)
            .section(&functions)
            .section(&memory());
        module.section(&code);
        module.finish()
    });
    let mut validator = Validator::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.expect("BUG: a module can't be read");
        let valid = validator.payload(&payload).expect("BUG: an invalid module");
        if let ValidPayload::Func(function, body) = valid {
            let mut function = function.into_validator(FuncValidatorAllocations::default());
            let mut locals = body.get_binary_reader();
            function.read_locals(&mut locals).expect("BUG: no locals");
            for operand in operands {
                let local_index = u32::try_from(*operand).expect("BUG: a type's number");
                function
                    .op(0, &Operator::LocalGet { local_index })
                    .expect("BUG: a parameter");
            }
            function.op(0, operator).ok()?;
            return match function.operand_stack_height() {
                0 => Some(None),
                1 => {
                    let ty = function.get_operand_type(0)??;
                    let ty = ValType::try_from(ty).ok()?;
                    Some(Some(TYPES.iter().position(|other| *other == ty)?))
                }
                _ => None,
            };
        }
    }
    None
}

fn memory() -> MemorySection {
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 1,
        maximum: Some(3),
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    memories
}

/// The number of elements of the table at the start.
const ELEMENTS: i32 = 16;

/// The length of the passive segment in bytes.
const SEGMENT: usize = 64;

/// A module of three functions.
pub fn module(rng: &mut Rng) -> Vec<u8> {
    let types = &TYPES;
    let params: Vec<ValType> = types.iter().flat_map(|ty| [*ty; EACH as usize]).collect();
    let mut module_types = TypeSection::new();
    module_types
        .ty()
        .function(params.clone(), types.iter().copied());
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    for number in 0..3 {
        functions.function(0);
        let body = Writer { rng }.function(number, &params);
        code.function(&body);
    }
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        minimum: ELEMENTS as u64,
        maximum: Some(40),
        table64: false,
        shared: false,
    });
    let mut elements = ElementSection::new();
    let some = || Elements::Functions(vec![0, 1, 2, 2, 1, 0].into());
    elements.active(None, &ConstExpr::i32_const(3), some());
    elements.passive(some());
    let mut data = DataSection::new();
    let bytes: Vec<u8> = (0..SEGMENT / 8)
        .flat_map(|_| rng.bits().to_le_bytes())
        .collect();
    data.passive(bytes);
    let mut module = Module::new();
    module
        .section(&module_types)
        .section(&functions)
        .section(&tables);
    module.section(&memory()).section(&elements);
    module
        .section(&DataCountSection { count: 1 })
        .section(&code)
        .section(&data);
    module.finish()
}

struct Writer<'r> {
    rng: &'r mut Rng,
}

impl Writer<'_> {
    fn function(&mut self, number: u32, params: &[ValType]) -> Function {
        let mut function =
            Function::new([(1, ValType::F32), (1, ValType::F64), (1, ValType::V128)]);
        let scratch = Scratch {
            first: u32::try_from(params.len()).expect("BUG: few parameters"),
        };
        let code = &mut function;
        for _ in 0..60 {
            match self.rng.below(30) {
                0 => self.bulk(code),
                1 => self.table(code),
                2 => {
                    self.get(code, 0);
                    code.instructions().if_(BlockType::Empty);
                    self.operator(code, scratch);
                    code.instructions().else_();
                    self.operator(code, scratch);
                    code.instructions().end();
                }
                3 => {
                    let ty = self.rng.below(4);
                    self.get(code, ty);
                    self.get(code, ty);
                    self.get(code, 0);
                    code.instructions().select();
                    self.set(code, ty);
                }
                4 if number > 0 && self.rng.chance(30) => self.call(code, params, number),
                _ => self.operator(code, scratch),
            }
        }
        let count = params.len() / EACH as usize;
        for ty in 0..count {
            self.get(code, ty);
        }
        code.instructions().end();
        function
    }

    fn local(&mut self, ty: usize) -> u32 {
        let ty = u32::try_from(ty).expect("BUG: a type's number");
        EACH * ty + u32::try_from(self.rng.below(EACH as usize)).expect("BUG: a small number")
    }

    fn get(&mut self, code: &mut Function, ty: usize) {
        if self.rng.chance(80) {
            code.instructions().local_get(self.local(ty));
            return;
        }
        match TYPES[ty] {
            ValType::I32 => code
                .instructions()
                .i32_const((self.rng.integer() as u32).cast_signed()),
            ValType::I64 => code
                .instructions()
                .i64_const(self.rng.integer().cast_signed()),
            ValType::F32 => code
                .instructions()
                .f32_const(f32::from_bits(self.rng.float32()).into()),
            ValType::F64 => code
                .instructions()
                .f64_const(f64::from_bits(self.rng.float64()).into()),
            _ => code.instructions().v128_const(
                (u128::from(self.rng.integer()) << 64 | u128::from(self.rng.bits())).cast_signed(),
            ),
        };
    }

    /// Stores the result in a local, and adds it to the digest.
    fn set(&mut self, code: &mut Function, ty: usize) {
        code.instructions().local_tee(self.local(ty)).drop();
    }

    /// An i32 up to a mask; now and then any i32.
    fn index(&mut self, code: &mut Function, mask: i32) {
        code.instructions().local_get(self.local(0));
        if !self.rng.chance(1) || !self.rng.chance(30) {
            code.instructions().i32_const(mask).i32_and();
        }
    }

    fn operator(&mut self, code: &mut Function, scratch: Scratch) {
        let typed = loop {
            let typed = self.rng.pick(operators());
            let traps = typed.name.contains("TruncF") && !typed.vector;
            if !traps || self.rng.chance(3) {
                break typed;
            }
        };
        let accesses = typed.name.contains("Load") || typed.name.contains("Store");
        for (place, operand) in typed.operands.iter().enumerate() {
            if accesses && place == 0 {
                self.index(code, 0x7fff);
                continue;
            }
            self.get(code, *operand);
        }
        let divides = typed.name.contains("Div") || typed.name.contains("Rem");
        match typed.operands.last() {
            Some(0) if divides && self.rng.chance(99) => {
                code.instructions()
                    .i32_const(0x7f)
                    .i32_and()
                    .i32_const(1)
                    .i32_or();
            }
            Some(1) if divides && self.rng.chance(99) => {
                code.instructions()
                    .i64_const(0x7f)
                    .i64_and()
                    .i64_const(1)
                    .i64_or();
            }
            _ => {}
        }
        let lane = u8::try_from(self.rng.below(typed.lanes.into())).expect("BUG: a lane");
        let operator = match at_lane(&typed.operator, lane) {
            Operator::I8x16Shuffle { .. } => Operator::I8x16Shuffle {
                lanes: std::array::from_fn(|_| {
                    u8::try_from(self.rng.below(32)).expect("BUG: a lane")
                }),
            },
            other => other,
        };
        let instruction =
            Instruction::try_from(operator).expect("BUG: an operator of a newer proposal");
        code.instruction(&instruction);
        if let Some(result) = typed.result {
            let is_vector = TYPES[result] == ValType::V128;
            if is_vector && typed.name.starts_with("F32x4") {
                scratch.replace(Float::F32x4, &mut code.instructions());
            } else if is_vector && typed.name.starts_with("F64x2") {
                scratch.replace(Float::F64x2, &mut code.instructions());
            }
            self.set(code, result);
        }
    }

    fn bulk(&mut self, code: &mut Function) {
        match self.rng.below(6) {
            0 | 1 => {
                self.index(code, 0x7fff);
                self.get(code, 0);
                self.index(code, 0xff);
                code.instructions().memory_fill(0);
            }
            2 | 3 => {
                self.index(code, 0x7fff);
                self.index(code, 0x7fff);
                self.index(code, 0xff);
                code.instructions().memory_copy(0, 0);
            }
            4 => {
                self.index(code, 0x7fff);
                self.index(code, 15);
                self.index(code, 31);
                code.instructions().memory_init(0, 0);
            }
            _ => {
                if self.rng.chance(10) {
                    code.instructions().data_drop(0);
                }
                code.instructions().memory_size(0).local_set(self.local(0));
                self.index(code, 1);
                code.instructions().memory_grow(0);
                self.set(code, 0);
            }
        }
    }

    fn table(&mut self, code: &mut Function) {
        let value = self.rng.below(4);
        let reference = |code: &mut Function| match value {
            0 => {
                code.instructions().ref_null(HeapType::FUNC);
            }
            other => {
                code.instructions()
                    .ref_func(u32::try_from(other - 1).expect("BUG: few functions"));
            }
        };
        match self.rng.below(7) {
            0 => {
                self.index(code, 15);
                reference(code);
                code.instructions().table_set(0);
            }
            1 => {
                self.index(code, 15);
                code.instructions().table_get(0).ref_is_null();
                self.set(code, 0);
            }
            2 => {
                self.index(code, 7);
                reference(code);
                self.index(code, 7);
                code.instructions().table_fill(0);
            }
            3 => {
                self.index(code, 7);
                self.index(code, 7);
                self.index(code, 7);
                code.instructions().table_copy(0, 0);
            }
            4 => {
                self.index(code, 7);
                self.index(code, 1);
                self.index(code, 3);
                code.instructions().table_init(0, 1);
            }
            5 => {
                reference(code);
                self.index(code, 3);
                code.instructions().table_grow(0);
                self.set(code, 0);
            }
            _ => {
                code.instructions().table_size(0);
                self.set(code, 0);
            }
        }
    }

    /// A call of an earlier function, directly or through the table.
    fn call(&mut self, code: &mut Function, params: &[ValType], number: u32) {
        let count = params.len() / EACH as usize;
        for place in 0..params.len() {
            self.get(code, place / EACH as usize);
        }
        code.instructions().call(number - 1);
        for ty in (0..count).rev() {
            self.set(code, ty);
        }
    }
}
