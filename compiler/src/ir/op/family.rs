//! The macro that declares a family of operations.

/// Declares an enum of operations that have one result, or none. Variants are named as
/// wasmparser names its operators, and grouped by signature: the operands' types, then the
/// result's. `with` names the immediates of all operators of the family, which stand beside the
/// enum in [`Op`](super::Op).
macro_rules! family {
    (
        $(#[$doc:meta])*
        $name:ident $(with $fields:tt)? {
            $([$($param:ident)* -> $($result:ident)?] $($variant:ident)*;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(clippy::enum_variant_names, reason = "variants are named as wasm names operators")]
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

        family!(@with [$($fields)?] $name $($($variant)*)*);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str($crate::wasm::operators::text_of(self.variant()))
            }
        }
    };
    (@with [] $($rest:tt)*) => {};
    (@with [(memarg)] $name:ident $($variant:ident)*) => {
        impl $name {
            /// The operation that wasm's operator is, and where it accesses memory.
            #[must_use]
            pub fn with_memarg<'o>(
                operator: &'o wasmparser::Operator<'_>,
            ) -> Option<(Self, &'o wasmparser::MemArg)> {
                match operator {
                    $(wasmparser::Operator::$variant { memarg } => Some((Self::$variant, memarg)),)*
                    _ => None,
                }
            }
        }
    };
    (@with [(lane)] $name:ident $($variant:ident)*) => {
        impl $name {
            /// The operation that wasm's operator is, and the number of the lane.
            #[must_use]
            pub fn with_lane(operator: &wasmparser::Operator<'_>) -> Option<(Self, u8)> {
                match operator {
                    $(wasmparser::Operator::$variant { lane } => Some((Self::$variant, *lane)),)*
                    _ => None,
                }
            }
        }
    };
    (@with [(memarg lane)] $name:ident $($variant:ident)*) => {
        impl $name {
            /// The operation that wasm's operator is, where it accesses memory, and the number of
            /// the lane.
            #[must_use]
            pub fn with_memarg_and_lane<'o>(
                operator: &'o wasmparser::Operator<'_>,
            ) -> Option<(Self, &'o wasmparser::MemArg, u8)> {
                match operator {
                    $(wasmparser::Operator::$variant { memarg, lane } => {
                        Some((Self::$variant, memarg, *lane))
                    })*
                    _ => None,
                }
            }
        }
    };
    (@result) => { None };
    (@result $result:ident) => { Some($crate::ir::Type::$result) };
}

pub(super) use family;
