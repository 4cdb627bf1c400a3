//! Names of operators and of the proposals that they came with, for messages.

use std::collections::HashMap;
use std::sync::LazyLock;
use wasmparser::Operator;

macro_rules! feature_names {
    ($( @$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        /// The operator and its proposal, such as `i32x4_add (simd)`, as the message that
        /// refuses it names them.
        #[must_use]
        pub fn feature_of(operator: &Operator<'_>) -> String {
            match operator {
                $(Operator::$op { .. } => describe(stringify!($visit), stringify!($proposal)),)*
                _ => "an operator of a newer proposal".to_string(),
            }
        }

        /// The proposal that an operator came with, such as `simd`. Operators of WebAssembly
        /// 1.0 have `mvp`.
        #[must_use]
        pub fn proposal_of(operator: &Operator<'_>) -> &'static str {
            match operator {
                $(Operator::$op { .. } => stringify!($proposal),)*
                _ => "newer",
            }
        }

        /// The text of each operator, by its name among [`Operator`]'s variants.
        static TEXTS: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
            HashMap::from([$((stringify!($op), text(stringify!($visit))),)*])
        });
    };
}
wasmparser::for_each_operator!(feature_names);

/// An operator's name in the text format, such as `i32.add`, by its name among [`Operator`]'s
/// variants.
///
/// # Panics
/// If there is no such operator.
#[must_use]
pub fn text_of(variant: &str) -> &'static str {
    let text = TEXTS.get(variant);
    text.unwrap_or_else(|| panic!("BUG: no operator {variant}"))
}

/// `visit_i32_trunc_f32_s` becomes `i32.trunc_f32_s`.
fn text(visit: &str) -> String {
    let name = visit.strip_prefix("visit_").unwrap_or(visit);
    name.replacen('_', ".", 1)
}

/// `visit_table_get` of `reference_types` becomes `table_get (reference types)`.
fn describe(visit: &str, proposal: &str) -> String {
    let name = visit.strip_prefix("visit_").unwrap_or(visit);
    format!("{name} ({})", proposal.replace('_', " "))
}
