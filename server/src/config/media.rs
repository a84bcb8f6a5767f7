//! A host of its own for media: which one, and for which domain cookies are set so that it gets them.

use super::{ConfigError, Media, origin, quoted};
use http::Uri;
use std::net::{Ipv4Addr, Ipv6Addr};

impl Media {
    /// The same with its addresses in their one spelling and the cookies' domain filled in, if browsers can
    /// work with it beside `site`, the origin of pages.
    pub(super) fn checked(self, site: &str) -> Result<Self, ConfigError> {
        let refused = |key: &str, value: &str, allowed: &str| {
            Err(ConfigError::Value { key: key.into(), value: quoted(value), allowed: allowed.into() })
        };
        let Self { url, cookie_domain, explain } = self;
        let Some(url) = url else {
            return match cookie_domain {
                Some(domain) => refused("media.cookie_domain", &domain, "it is of use with media.url alone"),
                None => Ok(Self { explain, ..Self::default() }),
            };
        };
        let url = origin("media.url", &url)?;
        let (host, site_host) = (host(&url), host(site));
        if !url.starts_with("https://") && !is_loopback(&host) {
            return refused("media.url", &url, "https:// is expected: its cookies are for HTTPS alone");
        }
        if scheme(&url) != scheme(site) {
            let allowed = format!("the scheme of public_url is expected, and that is {site}");
            return refused("media.url", &url, &allowed);
        }
        if host == site_host {
            return refused("media.url", &url, "a host other than public_url's is expected, or none at all");
        }
        let domain = match cookie_domain.map(|domain| domain.to_ascii_lowercase()) {
            Some(domain)
                if !(is_within(&host, &domain)
                    && is_within(&site_host, &domain)
                    && has_one_owner(&domain)) =>
            {
                let allowed = "a domain that both hosts are in and that has one owner, as stoa.example, is expected: \
                     browsers refuse cookies for any other";
                return refused("media.cookie_domain", &domain, allowed);
            }
            Some(domain) => domain,
            None => match shared_domain(&site_host, &host) {
                Some(domain) => domain.to_owned(),
                None => {
                    let allowed = format!(
                        "a host that shares a domain with {site_host}, as app.stoa.example and media.stoa.example do, \
                         is expected: no cookie reaches both otherwise"
                    );
                    return refused("media.url", &url, &allowed);
                }
            },
        };
        Ok(Self { url: Some(url), cookie_domain: Some(domain), explain })
    }
}

/// The longest domain that both hosts are in, if cookies may be set for it.
fn shared_domain<'a>(site: &'a str, media: &str) -> Option<&'a str> {
    std::iter::successors(Some(site), |domain| domain.split_once('.').map(|(_, parent)| parent))
        .find(|domain| is_within(media, domain))
        .filter(|domain| has_one_owner(domain))
}

/// RFC 6265 §5.1.3.
fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether one owner has all names in this domain. Browsers go by the public suffix list and refuse cookies
/// for a suffix, such as `co.uk` or `github.io`; an address ends in a number and is no domain.
fn has_one_owner(domain: &str) -> bool {
    let last = domain.rsplit('.').next().unwrap_or_default();
    !last.bytes().all(|b| b.is_ascii_digit())
        && domain.split('.').all(|label| !label.is_empty())
        && psl::domain(domain.as_bytes()).is_some()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse().is_ok_and(|ip: Ipv4Addr| ip.is_loopback())
        || host.trim_matches(['[', ']']).parse().is_ok_and(|ip: Ipv6Addr| ip.is_loopback())
}

fn scheme(origin: &str) -> &str {
    origin.split_once(':').map_or(origin, |(scheme, _)| scheme)
}

/// Whether browsers reach an origin on their own machine alone, and without TLS: nobody publishes that.
pub(super) fn is_local(origin: &str) -> bool {
    scheme(origin) == "http" && is_loopback(&host(origin))
}

/// The host's name alone, in lower case.
pub(super) fn host(origin: &str) -> String {
    let uri = origin.parse::<Uri>().ok();
    uri.as_ref().and_then(Uri::host).unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(site: &str, url: &str, cookie_domain: Option<&str>) -> Result<String, String> {
        let media =
            Media { url: Some(url.into()), cookie_domain: cookie_domain.map(Into::into), ..Media::default() };
        let checked = media.checked(site).map_err(|error| error.to_string())?;
        Ok(checked.cookie_domain.unwrap())
    }

    #[test]
    fn cookies_are_for_the_narrowest_domain_that_both_hosts_are_in() {
        for (site, media, domain) in [
            ("https://app.example.test", "https://media.example.test", "example.test"),
            ("https://stoa.example", "https://media.stoa.example/", "stoa.example"),
            ("https://a.learn.stoa.co.uk", "https://m.learn.stoa.co.uk:8443", "learn.stoa.co.uk"),
            ("https://media.stoa.example", "https://stoa.example", "stoa.example"),
            ("http://app.stoa.localhost:3000", "http://media.stoa.localhost:3000", "stoa.localhost"),
        ] {
            assert_eq!(checked(site, media, None).as_deref(), Ok(domain), "{site} {media}");
        }
    }

    #[test]
    fn cookies_are_never_for_a_domain_with_many_owners() {
        for (site, media) in [
            ("https://stoa.example", "https://media.example"),
            ("https://app.co.uk", "https://media.co.uk"),
            ("https://app.github.io", "https://media.github.io"),
            ("https://app.stoa.example", "https://media.other.example"),
            ("http://localhost:3000", "http://media.localhost:3000"),
            ("https://10.0.0.1", "https://9.0.0.1"),
            ("https://xstoa.example", "https://stoa.example"),
        ] {
            let complaint = checked(site, media, None).unwrap_err();
            assert!(
                complaint.contains("`media.url`") && complaint.contains("shares a domain"),
                "{complaint}"
            );
        }
        for domain in ["uk", "co.uk", "example", "other.co.uk", "media.stoa.co.uk", ".stoa.co.uk", ""] {
            let complaint =
                checked("https://app.stoa.co.uk", "https://media.stoa.co.uk", Some(domain)).unwrap_err();
            assert!(complaint.contains("`media.cookie_domain`"), "{domain}: {complaint}");
        }
    }

    #[test]
    fn an_operator_may_choose_a_wider_domain() {
        let (site, media) = ("https://app.learn.stoa.example", "https://media.learn.stoa.example");
        assert_eq!(checked(site, media, Some("Stoa.Example")).as_deref(), Ok("stoa.example"));
    }

    #[test]
    fn a_media_host_speaks_https_as_the_site_does_and_is_another_host() {
        for (site, media, why) in [
            ("http://app.stoa.example", "http://media.stoa.example", "https://"),
            ("http://app.stoa.localhost:3000", "https://media.stoa.localhost:3000", "scheme"),
            ("https://stoa.example", "https://stoa.example:8443", "other than"),
            ("https://stoa.example", "media.stoa.example", "with a host"),
            ("https://stoa.example", "https://media.stoa.example/media", "with a host"),
        ] {
            let complaint = checked(site, media, None).unwrap_err();
            assert!(complaint.contains(why), "{site} {media}: {complaint}");
        }
        let alone = Media { url: None, cookie_domain: Some("stoa.example".into()), ..Media::default() };
        assert!(alone.checked("https://stoa.example").is_err());
    }
}
