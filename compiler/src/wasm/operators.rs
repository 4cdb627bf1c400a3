//! Names of the features that operators belong to, for refusing them clearly.

use wasmparser::Operator;

macro_rules! feature_names {
    ($( @$proposal:ident $op:ident $({ $($arg:ident: $argty:ty),* })? => $visit:ident ($($ann:tt)*))*) => {
        /// The operator and its feature, such as `i32x4.add (simd)`: what stands
        /// in the message that refuses it.
        #[must_use]
        pub fn feature_of(operator: &Operator<'_>) -> String {
            match operator {
                $(Operator::$op { .. } => describe(stringify!($visit), stringify!($proposal)),)*
                _ => "an operator of a newer proposal".to_string(),
            }
        }

        /// The proposal that an operator came with, such as `simd`; `mvp` for those
        /// of WebAssembly 1.0.
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
