//! Passes that hold for any module, whoever made it.

pub mod byte_loop;
pub mod dead;
pub mod join;
pub mod known_loads;
pub mod narrow;
pub mod product_high;
pub mod rotate;
pub mod short_copies;
pub mod values;
