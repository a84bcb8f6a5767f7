//! Plain requests to a user pool's own addresses, for which the SDK has no calls: its keys, its token endpoint. They go by the
//! HTTP client that the SDK brings.

use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use std::error::Error;
use std::time::Duration;

/// Both answer with some kilobytes.
const LARGEST: usize = 256 * 1024;
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const READ_TIMEOUT: Duration = Duration::from_secs(10);

type BoxError = Box<dyn Error + Send + Sync>;

/// An answer, whatever its status.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

/// A client for them. Connections are kept for the next request.
pub(super) struct Web {
    connector: Connector,
}

impl Web {
    pub(super) fn new() -> Self {
        let settings = HttpConnectorSettings::builder();
        let settings = settings.connect_timeout(CONNECT_TIMEOUT).read_timeout(READ_TIMEOUT).build();
        let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
        Self { connector: Connector::builder().tls_provider(provider).connector_settings(settings).build() }
    }

    pub(super) async fn get(&self, url: &str) -> Result<Answer, BoxError> {
        let mut request = HttpRequest::new(SdkBody::empty());
        request.set_uri(url)?;
        self.send(request).await
    }

    /// Posts a form; `proof` is name and password for HTTP's basic scheme (RFC 7617), encoded.
    pub(super) async fn post(&self, url: &str, form: &str, proof: Option<&str>) -> Result<Answer, BoxError> {
        let mut request = HttpRequest::new(SdkBody::from(form));
        request.set_method("POST")?;
        request.set_uri(url)?;
        let headers = request.headers_mut();
        headers.insert("content-type", "application/x-www-form-urlencoded");
        if let Some(proof) = proof {
            headers.insert("authorization", format!("Basic {proof}"));
        }
        self.send(request).await
    }

    async fn send(&self, request: HttpRequest) -> Result<Answer, BoxError> {
        let response = self.connector.call(request).await?;
        let status = response.status().as_u16();
        let mut chunks = ByteStream::new(response.into_body());
        let mut body = Vec::new();
        while let Some(chunk) = chunks.next().await {
            body.extend_from_slice(&chunk?);
            if body.len() > LARGEST {
                return Err("the answer is too long".into());
            }
        }
        Ok(Answer { status, body })
    }
}
