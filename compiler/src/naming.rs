//! What functions are called in symbol tables, traps and error messages.

use crate::go::pclntab::Pclntab;
use crate::module::Module;
use std::collections::HashSet;
use wasi_aot_contract::symbols;

/// A name for each defined function, all different, without NUL: Go's own from
/// pclntab, else the module's (name section or export), else `func[INDEX]`. One that
/// looks like a symbol of the object's own gets that in front.
///
/// `reserved` are names that must not be taken: the shim's symbols.
#[must_use]
pub fn function_names<'r>(
    module: &Module<'_>,
    reserved: impl IntoIterator<Item = &'r str>,
) -> Vec<String> {
    let mut go_names = vec![None; module.functions.len()];
    if let Some(table) = Pclntab::find_in(&module.image, module.functions.len()) {
        for function in table.functions() {
            go_names[function.index] = Some(function.name);
        }
    }
    let mut taken: HashSet<String> = reserved.into_iter().map(str::to_string).collect();
    go_names
        .into_iter()
        .enumerate()
        .map(|(defined, go_name)| {
            let index = module.function_index(defined);
            let name = go_name
                .or_else(|| module.own_name(index))
                .unwrap_or_default();
            unique(&mut taken, &name.replace('\0', " "), index)
        })
        .collect()
}

/// `name`, or if it is empty or taken, a name made of it and the index.
fn unique(taken: &mut HashSet<String>, name: &str, index: u32) -> String {
    let mut candidate = if name.is_empty() {
        format!("func[{index}]")
    } else if name.starts_with(symbols::PREFIX) {
        format!("func[{index}]{name}")
    } else {
        name.to_string()
    };
    while !taken.insert(candidate.clone()) {
        candidate = format!("{candidate}[{index}]");
    }
    candidate
}
