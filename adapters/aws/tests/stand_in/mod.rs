//! AWS on this machine: one stand-in for each test program, on a free port of the loopback interface. It ends with
//! the program, however that ends.

#![allow(dead_code, reason = "each test uses some of it")]
#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use stoa_aws::{AccessKeys, Account, Connection};

/// A stand-in, and the shell that ends it when the other end of its standard input closes.
pub(crate) struct StandIn {
    endpoint: String,
    shell: Child,
}

/// `make cloud` puts them on the PATH.
const MINISTACK: &str =
    "BIND_HOST=127.0.0.1 GATEWAY_PORT=$PORT IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 LOG_LEVEL=WARNING ministack";
const MINISTACK_THAT_CHECKS: &str = "AUTH=true BIND_HOST=127.0.0.1 GATEWAY_PORT=$PORT IOT_MTLS_ENABLED=0 SFTP_ENABLED=0 LOG_LEVEL=WARNING \
     ministack";
const MOTO: &str = "moto_server -H 127.0.0.1 -p $PORT";
const S3S_FS: &str = "s3s-fs --host 127.0.0.1 --port $PORT --access-key test --secret-key test $DIR";

/// ministack, which most suites run against.
pub(crate) fn ministack() -> &'static StandIn {
    static STARTED: OnceLock<StandIn> = OnceLock::new();
    STARTED.get_or_init(|| StandIn::start(MINISTACK))
}

/// ministack, where passwords, codes and tokens are looked at.
pub(crate) fn ministack_that_checks() -> &'static StandIn {
    static STARTED: OnceLock<StandIn> = OnceLock::new();
    STARTED.get_or_init(|| StandIn::start(MINISTACK_THAT_CHECKS))
}

/// The same of one's own, to be ended.
pub(crate) fn own_ministack() -> StandIn {
    StandIn::start(MINISTACK_THAT_CHECKS)
}

/// moto, the second opinion.
pub(crate) fn moto() -> &'static StandIn {
    static STARTED: OnceLock<StandIn> = OnceLock::new();
    STARTED.get_or_init(|| StandIn::start(MOTO))
}

/// s3s-fs, which is strict about S3: it refuses what is not signed to the letter.
pub(crate) fn s3s_fs() -> &'static StandIn {
    static STARTED: OnceLock<StandIn> = OnceLock::new();
    STARTED.get_or_init(|| StandIn::start(S3S_FS))
}

impl StandIn {
    #[allow(clippy::zombie_processes, reason = "nobody can wait: it ends when we do")]
    fn start(command: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let program = command.split_whitespace().find(|word| !word.contains('=')).unwrap();
        let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output().unwrap();
        assert!(found.status.success(), "{program} is not on the PATH: run these tests by `make cloud`");
        // A program that is killed closes its pipes too.
        let script = format!(
            "DIR=$(mktemp -d); {command} >/dev/null 2>&1 </dev/null & read -r _; kill $!; wait $!; rm -r $DIR"
        );
        let shell = Command::new("sh")
            .args(["-c", &script])
            .env("PORT", port.to_string())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        for _ in 0..600 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Self { endpoint: format!("http://127.0.0.1:{port}"), shell };
            }
            #[allow(clippy::disallowed_methods, reason = "nobody else runs on this thread")]
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("{program} does not answer");
    }

    /// For the adapters.
    pub(crate) async fn connect(&self) -> Connection {
        connect(&self.endpoint).await
    }

    /// For what infrastructure makes beforehand: buckets, queues, rules.
    pub(crate) fn infrastructure(&self) -> SdkConfig {
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(&self.endpoint)
            .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(
                Credentials::new("test", "test", None, None, "test"),
            ))
            .build()
    }

    /// Ends it now.
    pub(crate) fn end(mut self) {
        drop(self.shell.stdin.take());
        self.shell.wait().unwrap();
    }

    /// Its address.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

/// For the adapters, to something at this address.
pub(crate) async fn connect(endpoint: &str) -> Connection {
    let keys = AccessKeys { id: "test".into(), secret: "test".into() };
    let account =
        Account { region: Some("us-east-1".into()), endpoint: Some(endpoint.to_owned()), keys: Some(keys) };
    account.connect().await
}

/// A name that nobody else in this program has.
pub(crate) fn unique(name: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{name}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Waits for something in a function that is not async, within a test that is.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(future))
}

/// The time by which a stand-in goes.
pub(crate) struct SystemClock;

impl services::clock::Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the service's clock is the system's")]
    fn now(&self) -> domain::time::Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        domain::time::Timestamp::from_millis(since.as_millis().try_into().unwrap())
    }
}
