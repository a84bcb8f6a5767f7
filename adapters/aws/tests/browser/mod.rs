//! Plain requests to a stand-in, as a browser or a command line makes them: no redirect is followed.

#![allow(clippy::unwrap_used, reason = "a test panics where it fails")]

use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use domain::address::encode;

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    pub(crate) body: String,
}

impl Answer {
    /// The hidden fields of the form that it shows.
    pub(crate) fn hidden(&self) -> Vec<(String, String)> {
        let inputs = self.body.split("<input type=\"hidden\"").skip(1);
        let attribute = |input: &str, name: &str| {
            let rest = input.split(&format!("{name}=\"")).nth(1).unwrap();
            rest.split('"').next().unwrap().replace("&amp;", "&")
        };
        inputs.map(|input| (attribute(input, "name"), attribute(input, "value"))).collect()
    }
}

pub(crate) async fn get(url: &str) -> Answer {
    send(url, "GET", &[], String::new()).await
}

pub(crate) async fn post_form(url: &str, fields: &[(String, String)]) -> Answer {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    send(url, "POST", &[("content-type", "application/x-www-form-urlencoded")], pairs.join("&")).await
}

/// One action of a service whose protocol is JSON, as `--cli-input-json` has it.
pub(crate) async fn post_json(endpoint: &str, service: &str, target: &str, body: &str) -> Answer {
    let proof = owner(service);
    let headers = [
        ("authorization", &*proof),
        ("x-amz-target", target),
        ("content-type", "application/x-amz-json-1.1"),
    ];
    send(endpoint, "POST", &headers, body.to_owned()).await
}

/// One action of a service whose protocol is a form.
pub(crate) async fn query(endpoint: &str, service: &str, fields: &[(&str, &str)]) -> Answer {
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let proof = owner(service);
    let headers = [("authorization", &*proof), ("content-type", "application/x-www-form-urlencoded")];
    send(endpoint, "POST", &headers, pairs.join("&")).await
}

/// Stand-ins look at whose key it is, and at no signature of the account's owner.
fn owner(service: &str) -> String {
    let scope = format!("Credential=test/20260101/us-east-1/{service}/aws4_request");
    format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0")
}

async fn send(url: &str, method: &str, headers: &[(&'static str, &str)], body: String) -> Answer {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method(method).unwrap();
    request.set_uri(url).unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, (*value).to_owned());
    }
    let response = Connector::builder().build_http().call(request).await.unwrap();
    let status = response.status().as_u16();
    let location = response.headers().get("location").map(str::to_owned);
    let body = ByteStream::new(response.into_body()).collect().await.unwrap().to_vec();
    Answer { status, location, body: String::from_utf8(body).unwrap() }
}
