//! From which address a request comes.

use super::Site;
use app::api::ClientAddress;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{Extensions, HeaderMap};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// Leaves the [`ClientAddress`] in the request's extensions.
pub(super) async fn find(State(site): State<Arc<Site>>, mut request: Request, next: Next) -> Response {
    let trusted = &site.config.http.trusted_proxies;
    let client = behind(peer(request.extensions()), request.headers(), trusted);
    request.extensions_mut().insert(ClientAddress(client));
    next.run(request).await
}

/// The address of the client.
pub(super) fn address(extensions: &Extensions) -> IpAddr {
    extensions.get().map_or_else(|| peer(extensions), |ClientAddress(client)| *client)
}

/// Who connected.
fn peer(extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    // Where no connection is known (in tests of a handler alone) there is no address that a policy allows.
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip().to_canonical())
}

/// Who asked the first proxy that is ours. Each of them adds the address that connected to it to the end of
/// `X-Forwarded-For`; what stands before that anybody can have written, so only a trusted proxy's word counts.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|range| range.contains(&address));
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    let hops = lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(','));
    let mut client = peer;
    for hop in hops {
        if !is_trusted(client) {
            break;
        }
        // What is no address ends what can be believed.
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        client = address.to_canonical();
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted: Vec<IpNet> = ["10.0.0.0/8", "2001:db8::/32"].map(|range| range.parse().unwrap()).into();
        for (peer, lines, client) in [
            ("192.0.2.7", &["203.0.113.9"][..], "192.0.2.7"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("::ffff:10.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["127.0.0.1, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.1, 203.0.113.9, 10.2.3.4"], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.1", "203.0.113.9 , 10.2.3.4"], "203.0.113.9"),
            ("2001:db8::1", &["203.0.113.9,nonsense"], "2001:db8::1"),
            ("10.0.0.1", &["10.9.9.9"], "10.9.9.9"),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let peer: IpAddr = peer.parse::<IpAddr>().unwrap().to_canonical();
            assert_eq!(behind(peer, &headers, &trusted).to_string(), client, "{peer} {lines:?}");
        }
    }
}
