//! Names of operators and of the proposals that they came with, for messages.

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
    };
}
wasmparser::for_each_operator!(feature_names);

/// `visit_table_get` of `reference_types` becomes `table_get (reference types)`.
fn describe(visit: &str, proposal: &str) -> String {
    let name = visit.strip_prefix("visit_").unwrap_or(visit);
    format!("{name} ({})", proposal.replace('_', " "))
}
