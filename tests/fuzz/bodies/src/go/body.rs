//! Function bodies as Go's assembler makes them (`assemble` and `preprocess` in
//! `cmd/internal/obj/wasm/wasmobj.go`), with other things in between.

use super::{FIRST_PC_F, GO_TYPE};
use arbitrary::Unstructured;
use wasm_encoder::{BlockType, Function, InstructionSink, MemArg, ValType};

/// The largest number of blocks of a dispatch.
const BLOCKS: u32 = 6;
/// The largest number of pieces of code in a block.
const PIECES: u32 = 6;

/// The locals after PC_B, which the pieces of code use: i32, i64, f64 and i64.
const SP: u32 = 1;
const INT: u32 = 2;
const FLOAT: u32 = 3;
const OTHER: u32 = 4;

/// The functions, globals and blocks that a body may refer to.
struct Around {
    imports: u32,
    functions: u32,
    /// Blocks of this body's dispatch.
    blocks: u32,
}

/// The body of a function with the type of Go's functions.
pub fn body(
    data: &mut Unstructured<'_>,
    imports: u32,
    functions: u32,
) -> arbitrary::Result<Function> {
    let blocks = data.int_in_range(0..=BLOCKS)?;
    let around = Around {
        imports,
        functions,
        blocks,
    };
    let types = [ValType::I32, ValType::I64, ValType::F64, ValType::I64];
    let mut function = Function::new(types.map(|ty| (1, ty)));
    if data.ratio(1, 16)? {
        // Any bytes. Most of them make the body invalid.
        let bytes: &[u8] = data.arbitrary()?;
        function.raw(bytes.iter().copied());
        return Ok(function);
    }
    let mut code = function.instructions();
    if !data.ratio(1, 16)? {
        code.global_get(0).local_set(SP);
    }
    if blocks == 0 {
        pieces(&mut code, data, &around, 0)?;
        code.i32_const(data.int_in_range(0..=2)?);
    } else {
        dispatch(&mut code, data, &around)?;
        code.unreachable();
    }
    code.end();
    Ok(function)
}

/// The loop, its blocks and their `br_table`, and the code between their ends.
fn dispatch(
    code: &mut InstructionSink<'_>,
    data: &mut Unstructured<'_>,
    around: &Around,
) -> arbitrary::Result<()> {
    let blocks = around.blocks;
    code.loop_(BlockType::Empty);
    for _ in 0..blocks {
        code.block(BlockType::Empty);
    }
    code.local_get(0);
    if data.ratio(1, 24)? {
        code.i32_const(1).i32_add();
    }
    let mut targets: Vec<u32> = (0..blocks).collect();
    if data.ratio(1, 4)? {
        let at = data.choose_index(targets.len())?;
        targets[at] = data.int_in_range(0..=blocks)?;
    }
    let default = match data.ratio(1, 8)? {
        true => data.int_in_range(0..=blocks)?,
        false => blocks - 1,
    };
    code.br_table(targets, default);
    for block in 0..blocks {
        code.end();
        // The loop is around the blocks that are still open.
        pieces(code, data, around, blocks - 1 - block)?;
    }
    code.end();
    Ok(())
}

/// Straight-line code, calls and jumps, where the loop is `depth` labels out.
fn pieces(
    code: &mut InstructionSink<'_>,
    data: &mut Unstructured<'_>,
    around: &Around,
    depth: u32,
) -> arbitrary::Result<()> {
    for _ in 0..data.int_in_range(0..=PIECES)? {
        match data.int_in_range(0..=15)? {
            0 | 1 => jump(code, data, around, depth)?,
            2..=4 => call(code, data, around)?,
            5 => return_address(code, data, around)?,
            6 => move_sp(code, data)?,
            7..=9 => memory(code, data)?,
            10 => {
                code.i32_const(data.int_in_range(0..=1)?).return_();
            }
            11 => condition(code, data, depth)?,
            12 => product(code),
            13 => bulk(code, data)?,
            14 => morestack(code, data)?,
            _ => {
                code.nop();
            }
        }
    }
    Ok(())
}

/// A jump between blocks through the dispatch, or almost one.
fn jump(
    code: &mut InstructionSink<'_>,
    data: &mut Unstructured<'_>,
    around: &Around,
    depth: u32,
) -> arbitrary::Result<()> {
    let conditional = data.ratio(1, 2)?;
    if conditional {
        code.local_get(INT).i64_eqz().if_(BlockType::Empty);
    }
    if data.ratio(1, 24)? {
        code.local_get(SP);
    } else {
        code.i32_const(pc_b(data, around)?.cast_signed());
    }
    code.local_set(0);
    if around.blocks > 0 {
        code.br(depth + u32::from(conditional));
    }
    if conditional {
        code.end();
    }
    Ok(())
}

fn pc_b(data: &mut Unstructured<'_>, around: &Around) -> arbitrary::Result<u32> {
    match data.ratio(1, 12)? {
        true => data.arbitrary(),
        false => data.int_in_range(0..=around.blocks),
    }
}

/// A call, the read of SP after it, and the test of its result.
fn call(
    code: &mut InstructionSink<'_>,
    data: &mut Unstructured<'_>,
    around: &Around,
) -> arbitrary::Result<()> {
    return_address(code, data, around)?;
    code.i32_const(0);
    match data.int_in_range(0..=7)? {
        0 => {
            code.i32_const(data.int_in_range(0x0fff..=0x1008)?)
                .call_indirect(0, GO_TYPE);
        }
        1 if around.imports > 0 => {
            code.call(0);
            return Ok(());
        }
        _ => {
            code.call(around.imports + data.int_in_range(0..=around.functions - 1)?);
        }
    }
    if data.ratio(7, 8)? {
        code.global_get(0).local_set(SP);
    }
    match data.int_in_range(0..=5)? {
        0 => code.drop(),
        1 => code.return_(),
        2 => code.if_(BlockType::Empty).unreachable().end(),
        _ => code.if_(BlockType::Empty).i32_const(1).return_().end(),
    };
    Ok(())
}

/// A store of a return address, `PC_F << 16 | PC_B`.
fn return_address(
    code: &mut InstructionSink<'_>,
    data: &mut Unstructured<'_>,
    around: &Around,
) -> arbitrary::Result<()> {
    let pc_f = FIRST_PC_F + data.int_in_range(0..=around.functions)?;
    let value = i64::from(pc_f) << 16 | i64::from(pc_b(data, around)?);
    code.local_get(SP).i64_const(value).i64_store(at(0));
    Ok(())
}

fn move_sp(code: &mut InstructionSink<'_>, data: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let bytes = match data.ratio(1, 8)? {
        true => data.arbitrary()?,
        false => data.int_in_range(-64..=64)?,
    };
    code.local_get(SP).i32_const(bytes).i32_add();
    match data.ratio(1, 8)? {
        true => code.global_set(0),
        false => code.local_tee(SP).global_set(0),
    };
    Ok(())
}

/// Loads and stores around SP and at addresses that are 64 bits wide in Go.
fn memory(code: &mut InstructionSink<'_>, data: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let offset = match data.ratio(1, 8)? {
        true => data.arbitrary::<u32>()?.into(),
        false => data.int_in_range(0..=64)?,
    };
    match data.int_in_range(0..=4)? {
        0 => code.local_get(SP).i64_load(at(offset)).local_set(INT),
        1 => code
            .local_get(INT)
            .i32_wrap_i64()
            .i64_load(at(offset))
            .local_set(OTHER),
        2 => code.local_get(SP).local_get(INT).i64_store(at(offset)),
        3 => code.local_get(SP).f64_load(at(offset)).local_set(FLOAT),
        _ => code
            .local_get(INT)
            .i64_const(data.arbitrary()?)
            .i64_add()
            .i32_wrap_i64()
            .local_get(OTHER)
            .i64_store32(at(offset)),
    };
    Ok(())
}

/// A branch that doesn't go through the dispatch.
fn condition(
    code: &mut InstructionSink<'_>,
    data: &mut Unstructured<'_>,
    depth: u32,
) -> arbitrary::Result<()> {
    code.local_get(INT).local_get(OTHER).i64_lt_s();
    match depth {
        0 => code.drop(),
        _ => code.br_if(data.int_in_range(0..=depth - 1)?),
    };
    Ok(())
}

/// The upper half of a product of two 64-bit numbers, by four products of 32-bit numbers.
fn product(code: &mut InstructionSink<'_>) {
    let half = |code: &mut InstructionSink<'_>, local: u32, high: bool| {
        code.local_get(local);
        match high {
            true => code.i64_const(32).i64_shr_u(),
            false => code.i64_const(0xffff_ffff).i64_and(),
        };
    };
    for (left, right) in [(false, false), (true, false), (false, true), (true, true)] {
        half(code, INT, left);
        half(code, OTHER, right);
        code.i64_mul();
    }
    code.i64_add().i64_const(32).i64_shr_u();
    code.i64_add().i64_add().local_set(INT);
}

/// Short and long copies and fills.
fn bulk(code: &mut InstructionSink<'_>, data: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let length = match data.ratio(1, 4)? {
        true => data.arbitrary()?,
        false => data.int_in_range(0..=80)?,
    };
    code.local_get(SP);
    match data.arbitrary()? {
        true => code
            .local_get(INT)
            .i32_wrap_i64()
            .i32_const(length)
            .memory_copy(0, 0),
        false => code
            .i32_const(data.arbitrary()?)
            .i32_const(length)
            .memory_fill(0),
    };
    Ok(())
}

/// The beginning of `runtime.morestack`: loads of g.m and m.g0.
fn morestack(code: &mut InstructionSink<'_>, data: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let offset = |data: &mut Unstructured<'_>| -> arbitrary::Result<MemArg> {
        Ok(at(match data.ratio(1, 4)? {
            true => data.arbitrary::<u32>()?.into(),
            false => data.int_in_range(0..=256)?,
        }))
    };
    code.global_get(2)
        .i32_wrap_i64()
        .i64_load(offset(data)?)
        .local_tee(INT)
        .i32_wrap_i64()
        .i64_load(offset(data)?)
        .local_set(OTHER);
    Ok(())
}

fn at(offset: u64) -> MemArg {
    MemArg {
        offset,
        align: 0,
        target: wasm_encoder::MemArgTarget::Memory(0),
        ordering: None,
    }
}
