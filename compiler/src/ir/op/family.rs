//! The macro that declares a family of operations.

/// Declares an enum of operations that have one result, or none, and no immediates, or whose
/// immediates stand beside the enum in [`Op`](super::Op). Variants are named as wasmparser
/// names its operators, and grouped by signature: the operands' types, then the result's.
macro_rules! family {
    (
        $(#[$doc:meta])*
        $name:ident {
            $([$($param:ident)* -> $($result:ident)?] $($variant:ident)*;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($($variant,)*)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)*)*];

            /// The types of the operands.
            #[must_use]
            pub const fn params(self) -> &'static [$crate::ir::Type] {
                match self {
                    $($(Self::$variant)|* => &[$($crate::ir::Type::$param),*],)*
                }
            }

            /// The type of the result.
            #[must_use]
            pub const fn result(self) -> Option<$crate::ir::Type> {
                #[allow(unused_variables)]
                const NONE: Option<$crate::ir::Type> = None;
                match self {
                    $($(Self::$variant)|* => family!(@result $($result)?),)*
                }
            }

            /// The operation that wasm's operator is, if it is one of this family.
            #[must_use]
            pub fn of(operator: &wasmparser::Operator<'_>) -> Option<Self> {
                match operator {
                    $($(wasmparser::Operator::$variant { .. } => Some(Self::$variant),)*)*
                    _ => None,
                }
            }

            /// The variant's name in this file.
            #[must_use]
            pub const fn variant(self) -> &'static str {
                match self {
                    $($(Self::$variant => stringify!($variant),)*)*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::wasm::operators::text_of(self.variant()))
            }
        }
    };
    (@result) => { NONE };
    (@result $result:ident) => { Some($crate::ir::Type::$result) };
}

pub(super) use family;
