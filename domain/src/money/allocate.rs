//! Dividing an amount without losing a unit of it.

/// Divides an amount in proportion to the weights, none of which is below zero: each part is a multiple of `step`, off
/// its exact share by less than one, and they sum to the amount, which is a multiple of `step` too. What rounding leaves
/// over goes to the largest remainders, the first of equals first (the method of Hamilton). Where no weight says
/// anything, the first part is all of it.
pub fn allocate(amount: i64, weights: &[i64], step: i64) -> Vec<i64> {
    let total: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    let mut parts = vec![0; weights.len()];
    if total <= 0 {
        parts.iter_mut().take(1).for_each(|part| *part = amount);
        return parts;
    }
    let steps = i128::from(amount / step);
    let mut remainders = Vec::with_capacity(weights.len());
    let mut left = steps;
    for (at, weight) in weights.iter().enumerate() {
        let share = steps * i128::from(*weight);
        let whole = share / total;
        // No part is larger than the amount.
        parts[at] = whole as i64 * step;
        left -= whole;
        remainders.push((share % total, at));
    }
    remainders.sort_by_key(|(remainder, at)| (std::cmp::Reverse(*remainder), *at));
    for (_, at) in remainders.into_iter().take(left as usize) {
        parts[at] += step;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_left_over_goes_to_the_largest_remainders() {
        assert_eq!(allocate(100, &[1, 1, 1], 1), [34, 33, 33]);
        assert_eq!(allocate(100, &[10, 20, 40], 1), [14, 29, 57]);
        assert_eq!(allocate(100, &[10, 20, 40], 10), [10, 30, 60]);
        assert_eq!(allocate(5, &[0, 0], 1), [5, 0]);
        assert_eq!(allocate(5, &[], 1), [0; 0]);
    }

    proptest! {
        #[test]
        fn no_unit_is_lost_and_no_share_is_off_by_a_step(
            steps in 0i64..10_000_000,
            weights in prop::collection::vec(0i64..100_000_000, 1..12),
            step in prop::sample::select(vec![1i64, 10, 100]),
        ) {
            let (amount, total) = (steps * step, weights.iter().sum::<i64>());
            let parts = allocate(amount, &weights, step);
            prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!(*part >= 0 && part % step == 0);
                if total > 0 {
                    let exact = amount as f64 * *weight as f64 / total as f64;
                    prop_assert!((*part as f64 - exact).abs() < step as f64 + 1e-3);
                }
            }
        }

        #[test]
        fn no_line_is_discounted_by_more_than_it_costs(
            weights in prop::collection::vec(0i64..1_000_000, 1..12),
            percent in 0i64..=100,
        ) {
            let amount = weights.iter().sum::<i64>() * percent / 100;
            for (part, weight) in allocate(amount, &weights, 1).iter().zip(&weights) {
                prop_assert!(part <= weight);
            }
        }
    }
}
