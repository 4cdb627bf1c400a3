//! Reads the printed form ([`super::print`]), for tests.
//!
//! Names of functions, which stand behind their index and a colon, and origins may be left out.
//! What is read isn't verified.

use super::op::*;
use super::{
    Args, Block, BlockId, ByteLoop, Def, Edge, Func, Inst, InstId, Origin, Terminator, Type, Value,
    ValueData, Variable,
};
use std::collections::HashMap;
use wasi_aot_contract::module::TrapKind;
use wasi_aot_contract::os;

/// Reads a function.
///
/// # Errors
/// The line, counted from 1, and what is wrong with it.
pub fn parse(text: &str) -> Result<Func, String> {
    let mut parser = Parser {
        func: Func::new(Vec::new(), Vec::new()),
        operations: operations(),
        current: None,
    };
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.split(" ;").next().unwrap_or_default();
        if !line.trim().is_empty() {
            parser
                .line(line)
                .map_err(|why| format!("line {number}: {why}"))?;
        }
    }
    Ok(parser.func)
}

struct Parser {
    func: Func,
    operations: HashMap<&'static str, Op>,
    /// The block being read.
    current: Option<BlockId>,
}

/// Operations of families by their names; addresses and lanes follow.
fn operations() -> HashMap<&'static str, Op> {
    const AT: Addr = Addr::Linear {
        memory: 0,
        offset: 0,
    };
    let mut operations = HashMap::new();
    macro_rules! families {
        ($($family:ident: $op:ident => $make:expr;)*) => {
            $(for &$op in $family::ALL {
                let text = crate::wasm::operators::text_of($op.variant());
                operations.insert(text, $make);
            })*
        };
    }
    families! {
        Integer: op => Op::Integer(op);
        Compare: op => Op::Compare(op);
        Float: op => Op::Float(op);
        Convert: op => Op::Convert(op);
        Bitwise: op => Op::Bitwise(op);
        LaneCompare: op => Op::LaneCompare(op);
        LaneConvert: op => Op::LaneConvert(op);
        LaneFloat: op => Op::LaneFloat(op);
        LaneInteger: op => Op::LaneInteger(op);
        LaneShift: op => Op::LaneShift(op);
        Product: op => Op::Product(op);
        Reduce: op => Op::Reduce(op);
        Relaxed: op => Op::Relaxed(op);
        Splat: op => Op::Splat(op);
        Swizzle: op => Op::Swizzle(op);
        ExtractLane: op => Op::ExtractLane(op, 0);
        ReplaceLane: op => Op::ReplaceLane(op, 0);
        Load: op => Op::Load(op, AT);
        Store: op => Op::Store(op, AT);
        VectorLoad: op => Op::VectorLoad(op, AT);
        LoadLane: op => Op::LoadLane(op, 0, AT);
        StoreLane: op => Op::StoreLane(op, 0, AT);
    }
    operations
}

type Words<'w> = std::iter::Peekable<std::vec::IntoIter<&'w str>>;

impl Parser {
    fn line(&mut self, line: &str) -> Result<(), String> {
        let is_head = !line.starts_with(' ');
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("function ") {
            let (_, results) = rest.split_once("-> (").ok_or("no results")?;
            self.func.results = types(results.trim_end_matches(')'), ',')?;
        } else if let Some(rest) = line.strip_prefix("variables") {
            self.variables(rest)?;
        } else if let Some(rest) = line.strip_prefix("bytes ") {
            let bytes = u128::from_str_radix(rest, 16).map_err(|e| e.to_string())?;
            self.func.bytes.push(bytes.to_be_bytes());
        } else if is_head {
            self.block(line)?;
        } else {
            let (text, origin) = origin(line)?;
            let block = self.current.ok_or("an instruction outside of a block")?;
            self.instruction(block, text, origin)?;
        }
        Ok(())
    }

    fn variables(&mut self, rest: &str) -> Result<(), String> {
        let mut parts = rest.split(", ");
        self.func.variables = types(parts.next().unwrap_or_default(), ' ')?;
        for part in parts {
            if let Some(sp) = part.strip_prefix("sp is x") {
                self.func.sp = Some(Variable(number(sp)?));
            } else if let Some(block) = part.strip_prefix("dispatch b") {
                self.func.dispatch = Some(BlockId(number(block)?));
            } else {
                return Err(format!("{part} isn't known"));
            }
        }
        Ok(())
    }

    /// `b1(v4: i64) cold:`
    fn block(&mut self, line: &str) -> Result<(), String> {
        let line = line.strip_suffix(':').ok_or("a block without a colon")?;
        let (name, rest) = line.split_once('(').ok_or("a block without parameters")?;
        let (params, rest) = rest.split_once(')').ok_or("a block without `)`")?;
        let id = BlockId(number(name.strip_prefix('b').ok_or("no block")?)?);
        self.reach(id);
        self.current = Some(id);
        for (place, param) in (0..).zip(params.split(", ").filter(|param| !param.is_empty())) {
            let value = self.define(param, Def::Param(id, place))?;
            self.func.block_mut(id).params.push(value);
        }
        self.func.block_mut(id).cold = rest.trim() == "cold";
        Ok(())
    }

    /// Makes blocks up to this one.
    fn reach(&mut self, id: BlockId) {
        while self.func.blocks.len() <= id.index() {
            self.func.blocks.push(Block {
                params: Vec::new(),
                insts: Vec::new(),
                terminator: Terminator::NOT_YET,
                origin: Origin::NONE,
                cold: false,
            });
        }
    }

    /// `v4: i64`
    fn define(&mut self, text: &str, def: Def) -> Result<Value, String> {
        let (value, ty) = text.split_once(": ").ok_or("a value without a type")?;
        let (value, ty) = (self.value(value)?, ty_of(ty)?);
        self.func.values[value.index()] = ValueData { ty, def };
        Ok(value)
    }

    /// `v4`, which may be defined later.
    fn value(&mut self, text: &str) -> Result<Value, String> {
        let number: u32 = number(
            text.strip_prefix('v')
                .ok_or(format!("{text} is no value"))?,
        )?;
        while self.func.values.len() <= number as usize {
            let value = Value::new(self.func.values.len());
            let (ty, def) = (Type::I32, Def::Param(BlockId::ENTRY, u32::MAX));
            debug_assert!(value.index() <= number as usize);
            self.func.values.push(ValueData { ty, def });
        }
        Ok(Value(number))
    }

    fn instruction(&mut self, block: BlockId, text: &str, origin: Origin) -> Result<(), String> {
        let (results, rest) = text.split_once(" = ").unwrap_or(("", text));
        let words: Vec<&str> = rest.split(' ').filter(|word| !word.is_empty()).collect();
        let mut words = words.into_iter().peekable();
        let name = words.next().ok_or("nothing")?;
        if let Some(terminator) = self.terminator(name, rest, &mut words)? {
            let block = self.func.block_mut(block);
            (block.terminator, block.origin) = (terminator, origin);
            return Ok(());
        }
        let id = InstId::new(self.func.insts.len());
        let mut op = self.operation(name, &mut words)?;
        let mut args = Args::new();
        let mut at = Vec::new();
        for word in words {
            if word.starts_with('v') {
                args.push(self.value(word)?);
            } else {
                at.push(address(word)?);
            }
        }
        for (number, at) in (0..op.address_count()).zip(at) {
            *op.address_mut(number) = at;
        }
        let mut first_result = Value::new(self.func.values.len());
        let mut count = 0;
        for result in results.split(", ").filter(|result| !result.is_empty()) {
            let value = self.define(result, Def::Inst(id, count))?;
            first_result = if count == 0 { value } else { first_result };
            if value.0 != first_result.0 + count {
                return Err(format!("v{} isn't behind the result before it", value.0));
            }
            count += 1;
        }
        self.func.insts.push(Inst {
            op,
            args,
            first_result,
            results: count,
            origin,
        });
        self.func.block_mut(block).insts.push(id);
        Ok(())
    }

    fn operation(&self, name: &str, words: &mut Words<'_>) -> Result<Op, String> {
        if let Some(&op) = self.operations.get(name) {
            let is_lane = words.peek().is_some_and(|word| !word.starts_with('v'));
            return Ok(match op {
                Op::ExtractLane(op, _) if is_lane => Op::ExtractLane(op, next(words)?),
                Op::ReplaceLane(op, _) if is_lane => Op::ReplaceLane(op, next(words)?),
                Op::LoadLane(op, _, at) if is_lane => Op::LoadLane(op, next(words)?, at),
                Op::StoreLane(op, _, at) if is_lane => Op::StoreLane(op, next(words)?, at),
                op => op,
            });
        }
        let at = Addr::Linear {
            memory: 0,
            offset: 0,
        };
        Ok(match name {
            "i32.const" => Op::Const(Const::I32(next(words)?)),
            "i64.const" => Op::Const(Const::I64(next(words)?)),
            "f32.const" => Op::Const(Const::F32(bits(words)? as u32)),
            "f64.const" => Op::Const(Const::F64(bits(words)?)),
            "v128.const" => Op::Const(Const::V128(bytes(words)?)),
            "ref.null" => Op::Const(Const::Null),
            "get" => Op::Get(variable(words)?),
            "set" => Op::Set(variable(words)?),
            "i64.product_high" => Op::ProductHigh,
            "i8x16.shuffle" => Op::Shuffle(bytes(words)?),
            "sp.from" => Op::SpFrom,
            "sp.low" => Op::SpLow,
            "sp.add" => Op::SpAdd(next(words)?),
            "sp.push" => Op::SpPush(next(words)?),
            "copy_short" => Op::CopyShort(
                Short {
                    bytes: next(words)?,
                },
                at,
                at,
            ),
            "fill_short" => Op::FillShort(
                Short {
                    bytes: next(words)?,
                },
                next(words)?,
                at,
            ),
            "memory.size" => Op::MemorySize(next(words)?),
            "memory.grow" => Op::MemoryGrow(next(words)?),
            "memory.copy" => Op::MemoryCopy {
                to: next(words)?,
                from: next(words)?,
            },
            "memory.fill" => Op::MemoryFill(next(words)?),
            "memory.init" => Op::MemoryInit {
                memory: next(words)?,
                segment: next(words)?,
            },
            "data.drop" => Op::DataDrop(next(words)?),
            "global.get" => Op::GlobalGet(next(words)?),
            "global.set" => Op::GlobalSet(next(words)?),
            "table.get" => Op::TableGet(next(words)?),
            "table.set" => Op::TableSet(next(words)?),
            "table.size" => Op::TableSize(next(words)?),
            "table.grow" => Op::TableGrow(next(words)?),
            "table.fill" => Op::TableFill(next(words)?),
            "table.copy" => Op::TableCopy {
                to: next(words)?,
                from: next(words)?,
            },
            "table.init" => Op::TableInit {
                table: next(words)?,
                segment: next(words)?,
            },
            "elem.drop" => Op::ElemDrop(next(words)?),
            "ref.is_null" => Op::RefIsNull,
            "ref.func" => Op::RefFunc(next(words)?),
            _ => match name.strip_prefix("select.") {
                Some(ty) => Op::Select(ty_of(ty)?),
                None => {
                    let callee = callee(name, "call", words)?;
                    Op::Call(callee, go_call(words)?)
                }
            },
        })
    }

    /// `None` for every other instruction.
    fn terminator(
        &mut self,
        name: &str,
        text: &str,
        words: &mut Words<'_>,
    ) -> Result<Option<Terminator>, String> {
        let rest = text[name.len()..].trim();
        Ok(Some(match name {
            "jump" => Terminator::Jump(self.edges(rest)?.remove(0)),
            "branch" => {
                let (condition, edges) = rest.split_once(' ').ok_or("no edges")?;
                let mut edges = self.edges(edges)?.into_iter();
                Terminator::Branch {
                    condition: self.value(condition)?,
                    then: edges.next().ok_or("no edge")?,
                    otherwise: edges.next().ok_or("no second edge")?,
                }
            }
            "table" => {
                let (index, targets, default) = self.listed(rest)?;
                Terminator::Table {
                    index,
                    targets: self.edges(targets)?,
                    default,
                }
            }
            "switch" => {
                let (value, text, default) = self.listed(rest)?;
                let mut cases = Vec::new();
                for case in split_edges(text) {
                    let (case, edge) = case.split_once(':').ok_or("a case without its value")?;
                    cases.push((number(case)?, self.edges(edge)?.remove(0)));
                }
                Terminator::Switch {
                    value,
                    cases,
                    default,
                }
            }
            "return" => Terminator::Return(self.values(words)?),
            "trap" => Terminator::Trap(trap(rest)?),
            "byte_loop" => {
                let (values, edge) = rest.rsplit_once(" b").ok_or("no edge")?;
                let mut values = values.split(' ');
                let kind = byte_loop(values.next().unwrap_or_default())?;
                let mut values =
                    self.values(&mut values.collect::<Vec<_>>().into_iter().peekable())?;
                let sp = (values.len() == 4).then(|| values.remove(3));
                Terminator::ByteLoop {
                    kind,
                    args: values.try_into().map_err(|_| "not three operands")?,
                    sp,
                    otherwise: self.edges(&format!("b{edge}"))?.remove(0),
                }
            }
            _ if name.starts_with("return_call") => {
                let callee = callee(name, "return_call", words)?;
                Terminator::TailCall(callee, self.values(words)?)
            }
            _ => return Ok(None),
        }))
    }

    /// `v1 [EDGES] EDGE`
    fn listed<'t>(&mut self, text: &'t str) -> Result<(Value, &'t str, Edge), String> {
        let (value, rest) = text.split_once(" [").ok_or("no `[`")?;
        let (targets, default) = rest.split_once("] ").ok_or("no `]`")?;
        Ok((self.value(value)?, targets, self.edges(default)?.remove(0)))
    }

    fn values(&mut self, words: &mut Words<'_>) -> Result<Vec<Value>, String> {
        words.map(|word| self.value(word)).collect()
    }

    /// `b1 b2(v3, v4)`
    fn edges(&mut self, text: &str) -> Result<Vec<Edge>, String> {
        let mut edges = Vec::new();
        for edge in split_edges(text) {
            let (target, args) = edge.split_once('(').unwrap_or((edge, ""));
            let target = target
                .strip_prefix('b')
                .ok_or(format!("{edge} is no edge"))?;
            let args = args
                .trim_end_matches(')')
                .split(", ")
                .filter(|arg| !arg.is_empty());
            let args: Result<Vec<Value>, String> = args.map(|arg| self.value(arg)).collect();
            let target = BlockId(number(target)?);
            self.reach(target);
            edges.push(Edge {
                target,
                args: args?,
            });
        }
        match edges.is_empty() && !text.is_empty() {
            true => Err(format!("{text} has no edge")),
            false => Ok(edges),
        }
    }
}

/// At spaces outside of parentheses.
fn split_edges(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    let parts = text.split(move |c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        c == ' ' && depth == 0
    });
    parts.filter(|part| !part.is_empty())
}

fn number<N: std::str::FromStr>(text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("{text} is no number"))
}

fn next<N: std::str::FromStr>(words: &mut Words<'_>) -> Result<N, String> {
    number(words.next().ok_or("a number is missing")?)
}

fn bits(words: &mut Words<'_>) -> Result<u64, String> {
    let word = words.next().and_then(|word| word.strip_prefix("0x"));
    let bits = u64::from_str_radix(word.ok_or("no bits")?, 16);
    bits.map_err(|e| e.to_string())
}

fn bytes(words: &mut Words<'_>) -> Result<Bytes, String> {
    let word = words.next().and_then(|word| word.strip_prefix("bytes"));
    Ok(Bytes(number(word.ok_or("no bytes")?)?))
}

fn variable(words: &mut Words<'_>) -> Result<Variable, String> {
    let word = words.next().and_then(|word| word.strip_prefix('x'));
    Ok(Variable(number(word.ok_or("no variable")?)?))
}

/// `call 12:name`, `call_os NAME` or `call_indirect TABLE TYPE`
fn callee(name: &str, what: &str, words: &mut Words<'_>) -> Result<Callee, String> {
    let known = |gives_way, words: &mut Words<'_>| {
        let table = next(words)?;
        Ok(Callee::Element {
            type_index: next(words)?,
            table,
            gives_way,
        })
    };
    match name.strip_prefix(what) {
        Some("") => {
            let word = words.next().ok_or("no function")?;
            Ok(Callee::Function(number(
                word.split(':').next().unwrap_or_default(),
            )?))
        }
        Some("_os") => {
            let name = words.next().ok_or("no function")?;
            let place = os::place(name).ok_or(format!("wasi_aot_os_1 has no function {name}"))?;
            Ok(Callee::Os(place))
        }
        Some("_indirect") => known(false, words),
        Some("_indirect_gives_way") => known(true, words),
        _ => Err(format!("{name} is no operation")),
    }
}

/// `go PC_B`, `go PC_B slots COUNT`
fn go_call(words: &mut Words<'_>) -> Result<Option<GoCall>, String> {
    if words.next_if_eq(&"go").is_none() {
        return Ok(None);
    }
    let returns_to = next(words)?;
    let slots = match words.next_if_eq(&"slots") {
        Some(_) => Some(next(words)?),
        None => None,
    };
    Ok(Some(GoCall { returns_to, slots }))
}

/// `+8`, `memory1+8` or `frame-8`
fn address(word: &str) -> Result<Addr, String> {
    if let Some(slot) = word.strip_prefix("frame") {
        let slot = number(slot)?;
        return Ok(Addr::Frame { slot });
    }
    let (memory, offset) = word
        .split_once('+')
        .ok_or(format!("{word} is no address"))?;
    let memory = match memory.strip_prefix("memory") {
        Some(memory) => number(memory)?,
        None => 0,
    };
    let offset = number(offset)?;
    Ok(Addr::Linear { memory, offset })
}

/// A line without its origin, and that.
fn origin(line: &str) -> Result<(&str, Origin), String> {
    let Some((text, origin)) = line.rsplit_once('@') else {
        return Ok((line, Origin::NONE));
    };
    let (wasm, pc_b) = origin.split_once('/').unwrap_or((origin, ""));
    let hex = |text| u32::from_str_radix(text, 16).map_err(|_| format!("{text} is no offset"));
    let origin = Origin {
        wasm: if wasm.is_empty() {
            Origin::NO_OFFSET
        } else {
            hex(wasm)?
        },
        pc_b: if pc_b.is_empty() {
            Origin::NO_PC_B
        } else {
            number(pc_b)?
        },
    };
    Ok((text.trim_end(), origin))
}

fn types(text: &str, separator: char) -> Result<Vec<Type>, String> {
    let words = text
        .split(separator)
        .map(str::trim)
        .filter(|word| !word.is_empty());
    words.map(ty_of).collect()
}

fn ty_of(text: &str) -> Result<Type, String> {
    let all = [
        Type::I32,
        Type::I64,
        Type::F32,
        Type::F64,
        Type::V128,
        Type::Ref,
        Type::Sp,
    ];
    let ty = all.into_iter().find(|ty| ty.to_string() == text);
    ty.ok_or(format!("{text} is no type"))
}

fn byte_loop(text: &str) -> Result<ByteLoop, String> {
    let all = [ByteLoop::Equal, ByteLoop::Compare, ByteLoop::Find];
    let kind = all.into_iter().find(|kind| format!("{kind:?}") == text);
    kind.ok_or(format!("{text} is no loop over bytes"))
}

fn trap(text: &str) -> Result<TrapKind, String> {
    let kind = TrapKind::ALL
        .iter()
        .find(|kind| format!("{kind:?}") == text);
    kind.copied().ok_or(format!("{text} is no trap"))
}
