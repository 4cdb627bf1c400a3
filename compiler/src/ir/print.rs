//! The printed form of a function, which [`super::parse`] reads back.
//!
//! ```text
//! function (i32, sp) -> (i32, sp)
//! variables i32 i32 sp, sp is x2, dispatch b1
//! bytes 00112233445566778899aabbccddeeff
//! b0(v0: i32, v1: sp):
//!   v2: i32 = i32.const 40                      @1f3a/4
//!   v3: i64 = i64.load v1 frame-8               @1f3c/4
//!   call $runtime.throw v2 v1                   @1f40/4
//!   branch v2 b1(v3) b2                         @1f41
//! b1(v4: i64) cold:
//! ```
//!
//! A name of a value that a pass made ([`Func::alias`]) is printed as the value itself.
//! Blocks are in reverse postorder, and blocks that nothing reaches are left out. An origin is
//! `@OFFSET/PC_B`, both or one of them, the offset in hexadecimal.

use super::op::{Addr, Bytes, Callee, Const, GoCall, Op};
use super::{Block, Edge, Func, Inst, Origin, Terminator, Type, Value};
use std::fmt::{self, Display, Formatter, Write};
use wasi_aot_contract::os;

/// Column at which origins begin.
const ORIGINS: usize = 48;

/// Prints a function; `names` gives functions their names by index.
pub struct Printer<'p> {
    pub func: &'p Func,
    pub names: &'p dyn Fn(u32) -> Option<String>,
    /// Whether origins are printed.
    pub origins: bool,
}

impl Display for Func {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let printer = Printer {
            func: self,
            names: &|_| None,
            origins: true,
        };
        printer.fmt(f)
    }
}

impl Display for Type {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::V128 => "v128",
            Self::Ref => "ref",
            Self::Sp => "sp",
        })
    }
}

impl Display for Printer<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.head(f)?;
        let order = self.func.find_order().blocks;
        for id in order {
            let block = self.func.block(id);
            let params: Vec<String> = block
                .params
                .iter()
                .map(|&param| format!("v{}: {}", param.0, self.func.ty(param)))
                .collect();
            let cold = if block.cold { " cold" } else { "" };
            writeln!(f, "b{}({}){cold}:", id.0, params.join(", "))?;
            for &inst in &block.insts {
                let inst = self.func.inst(inst);
                self.line(f, &self.inst(inst), inst.origin)?;
            }
            self.line(f, &self.terminator(block), block.origin)?;
        }
        Ok(())
    }
}

impl Printer<'_> {
    fn head(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let list = |types: &[Type]| {
            let types: Vec<String> = types.iter().map(Type::to_string).collect();
            types.join(", ")
        };
        let func = self.func;
        let entry = func.blocks.first().map(|entry| &entry.params[..]);
        let params = entry.unwrap_or_default().iter();
        let params: Vec<Type> = params.map(|&param| func.ty(param)).collect();
        writeln!(
            f,
            "function ({}) -> ({})",
            list(&params),
            list(&func.results)
        )?;
        write!(f, "variables")?;
        for ty in &func.variables {
            write!(f, " {ty}")?;
        }
        if let Some(sp) = func.sp {
            write!(f, ", sp is x{}", sp.0)?;
        }
        if let Some(dispatch) = func.dispatch {
            write!(f, ", dispatch b{}", dispatch.0)?;
        }
        writeln!(f)?;
        for bytes in &func.bytes {
            write!(f, "bytes ")?;
            for byte in bytes {
                write!(f, "{byte:02x}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }

    fn line(&self, f: &mut Formatter<'_>, text: &str, origin: Origin) -> fmt::Result {
        let origin = if self.origins {
            text_of(origin)
        } else {
            String::new()
        };
        if origin.is_empty() {
            writeln!(f, "  {text}")
        } else {
            writeln!(f, "  {text:<ORIGINS$}{origin}")
        }
    }

    fn inst(&self, inst: &Inst) -> String {
        let results: Vec<String> = inst
            .all_results()
            .map(|value| format!("v{}: {}", value.0, self.func.ty(value)))
            .collect();
        let mut text = match results.is_empty() {
            true => String::new(),
            false => format!("{} = ", results.join(", ")),
        };
        text += &self.mnemonic(inst.op);
        for &arg in &inst.args {
            let _ = write!(text, " v{}", self.func.resolve(arg).0);
        }
        for at in (0..inst.op.address_count()).map(|number| inst.op.address(number)) {
            text += &match at {
                Addr::Linear { memory: 0, offset } => format!(" +{offset}"),
                Addr::Linear { memory, offset } => format!(" memory{memory}+{offset}"),
                Addr::Frame { slot } => format!(" frame{slot:+}"),
            };
        }
        text
    }

    /// The operation with everything beside it but operands and addresses.
    fn mnemonic(&self, op: Op) -> String {
        match op {
            Op::Const(constant) => constant_text(constant),
            Op::Get(variable) => format!("get x{}", variable.0),
            Op::Set(variable) => format!("set x{}", variable.0),
            Op::Select(ty) => format!("select.{ty}"),
            Op::Integer(op) => op.to_string(),
            Op::Compare(op) => op.to_string(),
            Op::Float(op) => op.to_string(),
            Op::Convert(op) => op.to_string(),
            Op::ProductHigh => "i64.product_high".into(),
            Op::Bitwise(op) => op.to_string(),
            Op::LaneCompare(op) => op.to_string(),
            Op::LaneConvert(op) => op.to_string(),
            Op::LaneFloat(op) => op.to_string(),
            Op::LaneInteger(op) => op.to_string(),
            Op::LaneShift(op) => op.to_string(),
            Op::Product(op) => op.to_string(),
            Op::Reduce(op) => op.to_string(),
            Op::Relaxed(op) => op.to_string(),
            Op::Splat(op) => op.to_string(),
            Op::Swizzle(op) => op.to_string(),
            Op::Shuffle(Bytes(place)) => format!("i8x16.shuffle bytes{place}"),
            Op::ExtractLane(op, lane) => format!("{op} {lane}"),
            Op::ReplaceLane(op, lane) => format!("{op} {lane}"),
            Op::SpFrom => "sp.from".into(),
            Op::SpLow => "sp.low".into(),
            Op::SpAdd(constant) => format!("sp.add {constant}"),
            Op::SpPush(constant) => format!("sp.push {constant}"),
            Op::Load(op, _) => op.to_string(),
            Op::Store(op, _) => op.to_string(),
            Op::VectorLoad(op, _) => op.to_string(),
            Op::LoadLane(op, lane, _) => format!("{op} {lane}"),
            Op::StoreLane(op, lane, _) => format!("{op} {lane}"),
            Op::CopyShort(short, ..) => format!("copy_short {}", short.bytes),
            Op::FillShort(short, byte, _) => format!("fill_short {} {byte}", short.bytes),
            Op::MemorySize(memory) => format!("memory.size {memory}"),
            Op::MemoryGrow(memory) => format!("memory.grow {memory}"),
            Op::MemoryCopy { to, from } => format!("memory.copy {to} {from}"),
            Op::MemoryFill(memory) => format!("memory.fill {memory}"),
            Op::MemoryInit { memory, segment } => format!("memory.init {memory} {segment}"),
            Op::DataDrop(segment) => format!("data.drop {segment}"),
            Op::GlobalGet(index) => format!("global.get {index}"),
            Op::GlobalSet(index) => format!("global.set {index}"),
            Op::TableGet(table) => format!("table.get {table}"),
            Op::TableSet(table) => format!("table.set {table}"),
            Op::TableSize(table) => format!("table.size {table}"),
            Op::TableGrow(table) => format!("table.grow {table}"),
            Op::TableFill(table) => format!("table.fill {table}"),
            Op::TableCopy { to, from } => format!("table.copy {to} {from}"),
            Op::TableInit { table, segment } => format!("table.init {table} {segment}"),
            Op::ElemDrop(segment) => format!("elem.drop {segment}"),
            Op::RefIsNull => "ref.is_null".into(),
            Op::RefFunc(function) => format!("ref.func {function}"),
            Op::Call(callee, go) => {
                let call = self.call("call", callee);
                match go {
                    None => call,
                    Some(GoCall {
                        returns_to,
                        slots: None,
                    }) => format!("{call} go {returns_to}"),
                    Some(GoCall {
                        returns_to,
                        slots: Some(slots),
                    }) => format!("{call} go {returns_to} slots {slots}"),
                }
            }
        }
    }

    fn call(&self, what: &str, callee: Callee) -> String {
        match callee {
            Callee::Function(index) => match (self.names)(index) {
                Some(name) => format!("{what} {index}:{name}"),
                None => format!("{what} {index}"),
            },
            Callee::Os(place) => format!("{what}_os {}", os::FUNCTIONS[place as usize].name),
            Callee::Element {
                type_index,
                table,
                gives_way,
            } => {
                let way = if gives_way { "_gives_way" } else { "" };
                format!("{what}_indirect{way} {table} {type_index}")
            }
        }
    }

    fn terminator(&self, block: &Block) -> String {
        match &block.terminator {
            Terminator::Jump(edge) => format!("jump {}", self.edge(edge)),
            Terminator::Branch {
                condition,
                then,
                otherwise,
            } => format!(
                "branch {} {} {}",
                self.value(*condition),
                self.edge(then),
                self.edge(otherwise)
            ),
            Terminator::Table {
                index,
                targets,
                default,
            } => {
                let targets: Vec<String> = targets.iter().map(|edge| self.edge(edge)).collect();
                let default = self.edge(default);
                format!(
                    "table {} [{}] {default}",
                    self.value(*index),
                    targets.join(" ")
                )
            }
            Terminator::Switch {
                value,
                cases,
                default,
            } => {
                let case = |(case, edge): &(u32, Edge)| format!("{case}:{}", self.edge(edge));
                let cases: Vec<String> = cases.iter().map(case).collect();
                let default = self.edge(default);
                format!(
                    "switch {} [{}] {default}",
                    self.value(*value),
                    cases.join(" ")
                )
            }
            Terminator::Return(values) => format!("return{}", self.values(values)),
            Terminator::TailCall(callee, values) => {
                format!(
                    "{}{}",
                    self.call("return_call", *callee),
                    self.values(values)
                )
            }
            Terminator::Trap(kind) => format!("trap {kind:?}"),
            Terminator::ByteLoop {
                kind,
                args,
                sp,
                otherwise,
            } => {
                let values: Vec<Value> = args.iter().copied().chain(*sp).collect();
                let values = self.values(&values);
                format!("byte_loop {kind:?}{values} {}", self.edge(otherwise))
            }
        }
    }

    fn edge(&self, edge: &Edge) -> String {
        if edge.args.is_empty() {
            return format!("b{}", edge.target.0);
        }
        let args: Vec<String> = edge.args.iter().map(|&arg| self.value(arg)).collect();
        format!("b{}({})", edge.target.0, args.join(", "))
    }

    fn values(&self, values: &[Value]) -> String {
        let values = values
            .iter()
            .map(|&value| format!(" {}", self.value(value)));
        values.collect()
    }

    fn value(&self, value: Value) -> String {
        format!("v{}", self.func.resolve(value).0)
    }
}

/// Floats are printed as bits, so that the text says everything.
fn constant_text(constant: Const) -> String {
    match constant {
        Const::I32(value) => format!("i32.const {value}"),
        Const::I64(value) => format!("i64.const {value}"),
        Const::F32(bits) => format!("f32.const 0x{bits:x}"),
        Const::F64(bits) => format!("f64.const 0x{bits:x}"),
        Const::V128(Bytes(place)) => format!("v128.const bytes{place}"),
        Const::Null => "ref.null".into(),
    }
}

fn text_of(origin: Origin) -> String {
    let mut text = String::new();
    if origin.wasm != Origin::NO_OFFSET {
        let _ = write!(text, "@{:x}", origin.wasm);
    }
    if origin.pc_b != Origin::NO_PC_B {
        let at = if text.is_empty() { "@" } else { "" };
        let _ = write!(text, "{at}/{}", origin.pc_b);
    }
    text
}
