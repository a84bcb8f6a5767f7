//! The second factor: an authenticator, and codes on paper for when that is lost.

use super::own::{own, proved};
use super::sessions::{Secrets, Shown, keep, rotate};
use super::token::hash;
use super::{SessionToken, limits};
use crate::mail::{self, Mail};
use crate::ports::{Condition, TotpSecret};
use crate::records::accounts::{self as records, RecoveryCodes};
use crate::{Error, Result, Stoa, audit};
use domain::account::{Account, Actor};
use domain::address::encode;
use domain::audit::Event;
use domain::code::Code;
use domain::text::Email;
use domain::view;
use qrcode::QrCode;
use qrcode::types::Color;
use std::net::IpAddr;

/// How many recovery codes somebody gets.
const RECOVERY_CODES: usize = 10;

/// Makes the key of an authenticator, and shows it. It is not asked for before [`confirm_totp`].
pub async fn begin_totp(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<()> {
    let own = proved(stoa, actor, token).await?;
    let key = stoa.identity.begin_totp(own.whom()).await?;
    keep(stoa, &own, token, Some(Shown::Authenticator(key))).await
}

/// Takes the first code of an authenticator, which is asked for from then on, and shows recovery codes. The session goes
/// on under the token that is returned.
pub async fn confirm_totp(
    stoa: &Stoa,
    actor: Actor,
    token: &SessionToken,
    code: &str,
) -> Result<SessionToken> {
    let own = proved(stoa, actor, token).await?;
    let whose = own.account().email.as_str();
    limits::count(stoa, &limits::SECOND_FACTORS, whose).await?;
    if !stoa.identity.confirm_totp(own.whom(), code).await? {
        return Err(Error::invalid("Code", "is not right: please wait for the next one and try that"));
    }
    limits::take_back(stoa, &limits::SECOND_FACTORS, whose).await?;
    let on = Event::SecondFactorOn { account: own.account().id };
    let codes = replace_codes(stoa, actor, own.account(), &on, Some(&Mail::SecondFactorOn)).await?;
    let secrets = Secrets { shown: Some(Shown::RecoveryCodes(codes)), ..own.secrets.clone() };
    rotate(stoa, &own, own.session.value.clone(), &secrets).await
}

/// Makes new recovery codes in the place of those that are left, and shows them.
pub async fn new_recovery_codes(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<()> {
    let own = proved(stoa, actor, token).await?;
    if !stoa.identity.has_totp(own.whom()).await? {
        return Err(Error::Refused("There is no second factor that they could stand in for.".into()));
    }
    let made = Event::RecoveryCodesMade { account: own.account().id };
    let codes = replace_codes(stoa, actor, own.account(), &made, None).await?;
    keep(stoa, &own, token, Some(Shown::RecoveryCodes(codes))).await
}

/// Shows nothing any more.
pub async fn hide(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<()> {
    let own = own(stoa, actor, token).await?;
    keep(stoa, &own, token, None).await
}

/// The recovery codes of somebody who has just set an authenticator up.
pub(super) async fn first_codes(stoa: &Stoa, account: &Account, from: Option<IpAddr>) -> Result<Vec<String>> {
    let on = Event::SecondFactorOn { account: account.id };
    replace_codes(stoa, account.actor(from), account, &on, Some(&Mail::SecondFactorOn)).await
}

async fn replace_codes(
    stoa: &Stoa,
    actor: Actor,
    account: &Account,
    event: &Event,
    news: Option<&Mail>,
) -> Result<Vec<String>> {
    let codes: Vec<Code> = (0..RECOVERY_CODES).map(|_| Code::new(stoa.random.bits())).collect();
    let hashes = codes.iter().map(|code| hash(code.digits().as_bytes())).collect();
    let mut writes = vec![
        records::put_recovery_codes(account.id, &RecoveryCodes { hashes }, Condition::None)?,
        audit::entry(stoa, actor, event)?,
    ];
    if let Some(news) = news {
        writes.push(mail::post(stoa, account, news)?);
    }
    stoa.table.transact(writes).await?;
    stoa.wake.notify_one();
    Ok(codes.iter().map(Code::expose).collect())
}

/// Asks for no second factor any more. The session goes on under the token that is returned.
pub async fn remove_totp(stoa: &Stoa, actor: Actor, token: &SessionToken) -> Result<SessionToken> {
    let own = proved(stoa, actor, token).await?;
    stoa.identity.remove_totp(own.whom()).await?;
    let writes = vec![
        records::delete_recovery_codes(own.account().id),
        mail::post(stoa, own.account(), &Mail::SecondFactorOff)?,
        audit::entry(stoa, actor, &Event::SecondFactorOff { account: own.account().id })?,
    ];
    stoa.table.transact(writes).await?;
    stoa.wake.notify_one();
    let secrets = Secrets { shown: None, ..own.secrets.clone() };
    rotate(stoa, &own, own.session.value.clone(), &secrets).await
}

/// As a page shows it; nothing where it is of no second factor.
pub(super) fn show(shown: &Shown, email: &Email) -> Result<Option<view::Shown>> {
    Ok(Some(match shown {
        Shown::Invitation { .. } => return Ok(None),
        Shown::RecoveryCodes(codes) => view::Shown::RecoveryCodes(codes.clone()),
        Shown::Authenticator(key) => view::Shown::Authenticator(authenticator(key, email)?),
    }))
}

/// The same for the key of an authenticator.
pub(super) fn authenticator(key: &TotpSecret, email: &Email) -> Result<view::Authenticator> {
    let address = otpauth(&key.0, email);
    let qr = QrCode::new(&address).map_err(|error| Error::Internal(error.into()))?;
    let size = qr.width() as u32;
    Ok(view::Authenticator { key: grouped(&key.0), qr: path(&qr), size, address })
}

/// What authenticators read: Google Authenticator, "Key URI format".
fn otpauth(key: &str, email: &Email) -> String {
    format!("otpauth://totp/Stoa:{}?secret={key}&issuer=Stoa", encode(email.as_str()))
}

/// In fours, for who types it.
fn grouped(key: &str) -> String {
    let characters: Vec<char> = key.chars().collect();
    let groups: Vec<String> = characters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join(" ")
}

/// The dark modules, each a square of 1, as the `d` of an SVG path.
fn path(qr: &QrCode) -> String {
    let width = qr.width();
    let dark = qr.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
    dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % width, at / width)).collect()
}
