//! Functions that other modules of a file import and that touch nothing but their
//! parameters: a copy of such a function is as good as the function.

use std::collections::HashMap;
use wasmparser::{ExternalKind, FunctionBody, Operator, Parser, Payload, TypeRef};

/// Bodies by the names of the module and of its export.
pub type Leaves = HashMap<(String, String), Vec<u8>>;

/// The functions of this kind that a module exports, as bodies by name. What can't
/// be read has none.
pub fn exported(wasm: &[u8]) -> HashMap<String, Vec<u8>> {
    let (mut imports, mut exports, mut bodies) = (0, Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        match payload {
            Payload::ImportSection(section) => {
                let kinds = section.into_imports().map_while(Result::ok);
                let functions = kinds.filter(|import| matches!(import.ty, TypeRef::Func(_)));
                imports += functions.count();
            }
            Payload::ExportSection(section) => {
                let items = section.into_iter().map_while(Result::ok);
                let functions = items.filter(|item| item.kind == ExternalKind::Func);
                exports.extend(functions.map(|item| (item.name.to_owned(), item.index as usize)));
            }
            Payload::CodeSectionEntry(body) => bodies.push(body),
            _ => {}
        }
    }
    let body = |(name, index): (String, usize)| {
        let body = bodies.get(index.checked_sub(imports)?)?;
        is_leaf(body).then(|| (name, body.as_bytes().to_vec()))
    };
    exports.into_iter().filter_map(body).collect()
}

fn is_leaf(body: &FunctionBody<'_>) -> bool {
    let Ok(operators) = body.get_operators_reader() else {
        return false;
    };
    operators.into_iter().all(|operator| {
        matches!(
            operator,
            Ok(Operator::Nop
                | Operator::End
                | Operator::LocalGet { .. }
                | Operator::I32Const { .. }
                | Operator::I64Const { .. }
                | Operator::F32Const { .. }
                | Operator::F64Const { .. })
        )
    })
}
