//! What functions are called in symbol tables, traps and error messages.

use crate::go::pclntab::Pclntab;
use crate::module::Module;
use crate::symbol::Symbol;
use std::collections::HashSet;
use wasi_aot_contract::symbols;

/// The symbols that an object shares with the shim and that don't begin with
/// [`symbols::PREFIX`]: no function of a module may have one of these names.
const RESERVED: [&str; 2] = [symbols::MEMMOVE, symbols::MEMSET];

/// A name for each defined function, all different, without NUL: Go's own from `table`,
/// the module's pclntab, else the module's (name section or export), else `func[INDEX]`. A
/// name that looks like a symbol of the object's own gets that in front.
#[must_use]
pub fn function_names(module: &Module<'_>, table: Option<&Pclntab<'_>>) -> Vec<String> {
    let mut go_names = vec![None; module.functions.len()];
    for function in table.into_iter().flat_map(Pclntab::functions) {
        go_names[function.index] = Some(function.name);
    }
    let mut taken: HashSet<String> = RESERVED.map(str::to_string).into();
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

/// The name of what a symbol stands for; `names` are those of the defined functions.
#[must_use]
pub fn of_symbol(symbol: Symbol, module: &Module<'_>, names: &[String]) -> String {
    match symbol {
        Symbol::Function(index) => names[index as usize].clone(),
        Symbol::Import(index) => {
            let function = module.imports[index as usize].function;
            let (prefix, name) = symbols::of_function(function);
            format!("{prefix}{name}")
        }
        _ => {
            let name = symbol.own_name();
            name.unwrap_or_else(|| panic!("BUG: {symbol:?} has no name of its own"))
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module;

    #[test]
    fn no_function_has_a_name_that_the_object_shares_with_the_shim() {
        let shared = symbols::HELPERS
            .into_iter()
            .chain([symbols::ENTRY, symbols::MODULE]);
        let shared: Vec<&str> = shared.collect();
        let functions: Vec<String> = shared
            .iter()
            .map(|name| format!(r#"(func (export "{name}"))"#))
            .collect();
        let wasm = wat::parse_str(format!("(module {})", functions.concat())).unwrap();
        let module = module::parse(&wasm).unwrap();
        for name in function_names(&module, None) {
            assert!(!shared.contains(&name.as_str()), "{name}");
            assert!(!name.starts_with(symbols::PREFIX), "{name}");
        }
    }

    #[test]
    fn names_are_different_and_never_empty() {
        let mut taken = HashSet::new();
        let names = [("f", 0), ("f", 1), ("", 2), ("f[1]", 3)];
        let names = names.map(|(name, index)| unique(&mut taken, name, index));
        assert_eq!(names, ["f", "f[1]", "func[2]", "f[1][3]"]);
    }
}
