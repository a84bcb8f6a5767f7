//! What accounts cost, and whether time tells who has one: `cargo test --release -p stoa-services --test use_cases --
//! --ignored --nocapture --test-threads 1 speed::`. A report, not a test: a machine that is busy fails nothing.

#![allow(clippy::print_stderr, reason = "a report is printed")]

use crate::site::{PASSWORD, Site, enter, origin};
use domain::account::Role;
use services::accounts;
use std::time::Duration;
use tokio::time::Instant;

#[ignore = "a measurement"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_and_sign_ins() {
    let site = Site::new().await;
    site.person("ada", Role::Learner).await;
    let token = enter(&site.stoa, "ada@stoa.example", PASSWORD, "192.0.2.1").await.unwrap().token;
    let checks = 20_000;
    let start = Instant::now();
    for _ in 0..checks {
        assert!(accounts::resume(&site.stoa, &token, None).await.unwrap().is_some());
    }
    eprintln!("session check: {:?} each (target: under 50 µs)", start.elapsed() / checks);

    let sign_ins = 60;
    let start = Instant::now();
    let tasks: Vec<_> = (0..2)
        .map(|_| {
            let stoa = site.stoa.clone();
            tokio::spawn(async move {
                for _ in 0..sign_ins / 2 {
                    enter(&stoa, "ada@stoa.example", PASSWORD, "192.0.2.1").await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    eprintln!("sign-ins: {:.1} a second", f64::from(sign_ins) / start.elapsed().as_secs_f64());
}

/// Requests for an address that has an account and for one that has none, by turns. How often the first took longer is
/// what somebody who guesses from one time is right: 0.5 is as good as no time at all.
#[ignore = "a measurement"]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn time_tells_nobody_who_has_an_account() {
    const EACH: usize = 100;
    let site = Site::new().await;
    for n in 0..EACH {
        site.person(&format!("known{n}"), Role::Learner).await;
    }
    for request in ["sign-in", "sign-up", "forgot", "resend"] {
        let mut took = [Vec::new(), Vec::new()];
        for n in 0..EACH {
            for (known, who) in ["stranger", "known"].into_iter().enumerate() {
                let email = format!("{who}{n}@stoa.example");
                let from = origin(&format!("10.{known}.{}.{n}", request.len()));
                let start = Instant::now();
                match request {
                    "sign-in" => drop(accounts::sign_in(&site.stoa, &email, "not the password", &from).await),
                    "sign-up" => {
                        drop(accounts::sign_up(&site.stoa, &email, "Eve", PASSWORD, &from).await.unwrap())
                    }
                    "forgot" => accounts::forgot(&site.stoa, &email, &from).await.unwrap(),
                    _ => accounts::resend(&site.stoa, &email, &from).await.unwrap(),
                }
                took[known].push(start.elapsed());
            }
        }
        let longer = took[1].iter().flat_map(|known| took[0].iter().map(move |unknown| known > unknown));
        let right = longer.filter(|longer| *longer).count() as f64 / (EACH * EACH) as f64;
        let [unknown, known] = took.map(median);
        eprintln!(
            "{request}: known {known:?}, unknown {unknown:?} (medians of {EACH}); known took longer: {right:.3}"
        );
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
