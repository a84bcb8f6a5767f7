//! How long it takes to look into the table of permissions.

#![allow(clippy::disallowed_methods, reason = "time is what is measured")]

use std::hint::black_box;
use std::io::Write;
use std::time::Instant;
use stoa_domain::account::{Actor, Role};
use stoa_domain::id::AccountId;
use stoa_domain::permission::{Permission, Relation, allows};
use stoa_domain::time::Timestamp;

const ROUNDS: u32 = 100_000;
/// Nanoseconds that one look may take.
const MOST: f64 = 1_000.0;

fn main() -> std::io::Result<()> {
    let id = AccountId::new(Timestamp::from_millis(0), 1);
    let mut actors = vec![Actor::Anonymous];
    actors.extend(Role::ALL.map(|role| Actor::Account { id, role, from: None }));
    let (mut looks, mut allowed) = (0_u32, 0_u32);
    let begun = Instant::now();
    for _ in 0..ROUNDS {
        for actor in &actors {
            for relation in Relation::ALL {
                for permission in Permission::ALL {
                    let may = allows(black_box(*actor), black_box(relation), black_box(permission));
                    allowed += u32::from(may);
                    looks += 1;
                }
            }
        }
    }
    let each = begun.elapsed().as_secs_f64() * 1e9 / f64::from(looks);
    writeln!(
        std::io::stdout(),
        "A permission is checked in {each:.1} ns ({looks} checks, {allowed} allowed)"
    )?;
    assert!(each < MOST, "a check takes at most {MOST} ns");
    Ok(())
}
