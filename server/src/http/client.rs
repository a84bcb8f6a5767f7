//! From which address a request comes.

use axum::extract::ConnectInfo;
use http::Extensions;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The address that connected. No header is believed: anybody can write one.
pub(super) fn address(extensions: &Extensions) -> IpAddr {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    // Where no connection is known (in tests of a handler alone) there is no address that a policy allows.
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip().to_canonical())
}
