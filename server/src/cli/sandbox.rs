//! `stoa sandbox`: the payment sandbox as a program of its own, which lives on when the server ends. For tests, and for
//! developers who rehearse that.

use super::say;
use crate::compose::payments::world;
use crate::system::{SystemClock, SystemRandom};
use clap::Args;
use sandbox::{Settings, Webhook};
use services::clock::{Clock, Random};
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

#[derive(Debug, Args)]
pub(super) struct Sandbox {
    /// Listen on this port of this machine (0: any that is free).
    #[arg(long, default_value_t = 4242)]
    port: u16,
    /// The file that holds what happened.
    #[arg(long, value_name = "FILE", default_value = "sandbox.db")]
    store: PathBuf,
    /// What clients have to know, as `payments.secret_key` of the server.
    #[arg(long, value_name = "KEY", default_value = "sk_test_sandbox", env = "SANDBOX_KEY")]
    key: String,
    /// Where events are sent, as `http://127.0.0.1:3000/webhooks/stripe`.
    #[arg(long, value_name = "URL", requires = "webhook_secret")]
    webhook: Option<String>,
    /// What signs them, as `payments.webhook_secrets` of the server.
    #[arg(long, value_name = "SECRET", requires = "webhook", env = "SANDBOX_WEBHOOK_SECRET")]
    webhook_secret: Option<String>,
    /// How many seconds to wait before each further try to send one, with commas between; as Stripe does without it.
    #[arg(long, value_name = "SECONDS", value_delimiter = ',')]
    retries: Option<Vec<u64>>,
}

impl Sandbox {
    /// Serves until the process ends.
    pub(super) async fn run(self) -> Result<(), Box<dyn Error>> {
        let Self { port, store, key, webhook, webhook_secret, retries } = self;
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let retries = retries.map_or_else(
            || Webhook::RETRIES.to_vec(),
            |seconds| seconds.into_iter().map(Duration::from_secs).collect(),
        );
        let webhook = webhook.zip(webhook_secret);
        let webhook = webhook.map(|(url, secret)| Webhook { url, secrets: vec![secret], retries });
        let settings = Settings {
            store,
            address: address.clone(),
            secret_key: key,
            merchant: "Stoa".into(),
            webhook,
            production: false,
        };
        let (clock, random): (Arc<dyn Clock>, Arc<dyn Random>) =
            (Arc::new(SystemClock), Arc::new(SystemRandom));
        let sandbox = sandbox::Sandbox::open(settings, world(&clock, &random))?;
        say(format_args!("The sandbox is at {address}, what can go wrong at {address}/faults"));
        Ok(sandbox.serve(listener).await?)
    }
}
