//! Whether a main module without preloads can stay as it is, as nearly all can:
//! found out from its sections alone, before anything is validated. Segments of other
//! memories than the first are never folded: the executable has no bytes for those.

use wasi_aot_contract::layout::WASM_PAGE_SIZE;
use wasi_aot_contract::preview1;
use wasmparser::{ConstExpr, DataKind, ElementKind, Operator, Parser, Payload, TypeRef};

/// Sizes at the start.
#[derive(Default)]
struct Sizes {
    tables: Vec<u64>,
    /// The first memory's, in bytes.
    memory: Option<u64>,
}

/// Whether all imports are preview 1's and all active segments obviously fit. What
/// can't be read is left to who says why.
pub(super) fn is_ready(wasm: &[u8]) -> bool {
    let mut sizes = Sizes::default();
    let payloads = Parser::new(0).parse_all(wasm).map_while(Result::ok);
    payloads
        .into_iter()
        .all(|payload| section(&mut sizes, payload))
}

fn section(sizes: &mut Sizes, payload: Payload<'_>) -> bool {
    match payload {
        Payload::ImportSection(section) => {
            let mut imports = section.into_imports().map_while(Result::ok);
            imports.all(|import| {
                import.module == preview1::MODULE_NAME && matches!(import.ty, TypeRef::Func(_))
            })
        }
        Payload::TableSection(section) => {
            let tables = section.into_iter().map_while(Result::ok);
            sizes.tables.extend(tables.map(|table| table.ty.initial));
            true
        }
        Payload::MemorySection(section) => {
            let first = section.into_iter().find_map(Result::ok);
            sizes.memory = first.map(|memory| memory.initial.saturating_mul(WASM_PAGE_SIZE));
            true
        }
        Payload::ElementSection(section) => {
            let mut elements = section.into_iter().map_while(Result::ok);
            elements.all(|element| match &element.kind {
                ElementKind::Active {
                    table_index,
                    offset_expr,
                } => {
                    let size = sizes.tables.get(table_index.unwrap_or(0) as usize).copied();
                    fits(offset_expr, super::plan::element_count(&element), size)
                }
                _ => true,
            })
        }
        Payload::DataSection(section) => {
            let mut data = section.into_iter().map_while(Result::ok);
            data.all(|segment| match &segment.kind {
                DataKind::Active {
                    memory_index: 0,
                    offset_expr,
                } => {
                    let len = u32::try_from(segment.data.len()).unwrap_or(u32::MAX);
                    fits(offset_expr, len, sizes.memory)
                }
                DataKind::Active { .. } => false,
                DataKind::Passive => true,
            })
        }
        _ => true,
    }
}

/// Whether the offset is a plain number and `len` from there on lie within `size`.
fn fits(offset: &ConstExpr<'_>, len: u32, size: Option<u64>) -> bool {
    let mut operators = offset.get_operators_reader().into_iter();
    let (Some(Ok(Operator::I32Const { value })), Some(Ok(Operator::End)), Some(size)) =
        (operators.next(), operators.next(), size)
    else {
        return false;
    };
    u64::from(value.cast_unsigned()) + u64::from(len) <= size
}
