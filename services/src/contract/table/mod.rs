//! What every [`Table`] does.

pub mod lookups;
pub mod memory;
pub mod model;
pub mod writes;

use super::Fixture;
use crate::ports::{Item, Key, Query, Table};

/// Makes the tests of a table; `$fresh` is a `fn() -> Fixture<dyn Table>`.
#[macro_export]
macro_rules! table_contract {
    ($fresh:path) => {
        $crate::contract_cases!(
            $fresh,
            $crate::contract::table::writes,
            [
                a_put_item_is_read_back_whole,
                each_condition_holds_exactly_when_it_says,
                a_transaction_happens_whole_or_not_at_all,
                a_version_counts_the_puts_of_an_item,
                a_put_leaves_the_counter_and_an_add_leaves_the_rest,
                adding_to_nothing_makes_an_item,
                concurrent_additions_add_up,
                concurrent_writers_never_lose_an_update,
                a_hundred_writes_are_one_transaction,
                the_largest_document_is_stored_and_a_larger_one_refused,
                requests_that_cannot_be_are_refused,
                an_expired_item_is_absent_to_reads,
                an_expired_item_is_absent_to_conditions_and_to_what_replaces_it,
                counters_go_below_zero_and_to_the_limits,
            ]
        );
        $crate::contract_cases!(
            $fresh,
            $crate::contract::table::lookups,
            [
                sort_keys_order_as_bytes,
                a_prefix_finds_all_that_start_so_and_no_other,
                both_ends_of_a_range_are_included,
                every_page_size_gives_the_same_sequence,
                items_that_share_a_place_in_an_index_are_each_seen_once,
                a_cursor_need_not_name_an_item_that_is_there,
                items_move_in_the_indexes_and_leave_them,
                partitions_do_not_mix,
                a_batch_returns_what_is_there,
                large_items_come_in_pages_without_a_gap,
            ]
        );

        #[test]
        fn agrees_with_the_model_on_any_sequence_of_requests() {
            $crate::contract::table::model::agrees_with_the_model($fresh);
        }
    };
}

/// What a case gets.
pub type TableFixture = Fixture<dyn Table>;

/// All items of a query, page by page.
pub async fn walk(table: &dyn Table, mut query: Query) -> Vec<Item> {
    let mut items = Vec::new();
    loop {
        let page = table.query(query.clone()).await.expect("a query succeeds");
        assert!(page.items.len() <= query.limit, "a page has at most as many items as asked for");
        items.extend(page.items);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return items,
        }
    }
}

fn key(partition: &str, sort: &str) -> Key {
    Key::new(partition, sort)
}

fn item(partition: &str, sort: &str) -> Item {
    Item::new(key(partition, sort), format!(r#"{{"is":"{}"}}"#, sort.escape_unicode()).replace('\\', ""))
}

fn sorts(items: &[Item]) -> Vec<&str> {
    items.iter().map(|item| item.key.sort.as_str()).collect()
}
