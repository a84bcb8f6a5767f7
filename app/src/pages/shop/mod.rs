//! Buying: the cart, and what one has ordered.

mod cart;
mod order;
mod orders;
mod state;
mod sums;

pub(crate) use cart::Cart;
pub(crate) use order::Order;
pub(crate) use orders::Orders;
pub(crate) use state::StateBadge;
pub(crate) use sums::Sums;
