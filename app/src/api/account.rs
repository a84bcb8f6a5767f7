//! One's own account: registering, passwords, the second factor, sessions.

use super::Answer;
use domain::view::Security;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// Registers somebody, who is then asked to confirm the address.
#[server(name = SignUp, endpoint = "account/sign-up")]
pub async fn sign_up(email: String, name: String, password: String) -> Answer<()> {
    use super::request;
    let origin = request::origin();
    let email = services::accounts::sign_up(&request::stoa(), &email, &name, &password, &origin).await?;
    leptos_axum::redirect(&crate::routes::confirm_for(&email));
    Ok(())
}

/// Sends the code of a registration again.
#[server(name = Resend, endpoint = "account/resend")]
pub async fn resend(email: String) -> Answer<()> {
    use super::request;
    Ok(services::accounts::resend(&request::stoa(), &email, &request::origin()).await?)
}

/// Takes the code of a registration, and leads to signing in.
#[server(name = Confirm, endpoint = "account/confirm")]
pub async fn confirm(email: String, code: String) -> Answer<()> {
    use super::request;
    let email = services::accounts::confirm(&request::stoa(), &email, &code).await?;
    leptos_axum::redirect(&crate::routes::sign_in_after("confirmed", email.as_str()));
    Ok(())
}

/// Has a code sent that resets the password, and leads to where it is given.
#[server(name = Forgot, endpoint = "account/forgot")]
pub async fn forgot(email: String) -> Answer<()> {
    use super::request;
    services::accounts::forgot(&request::stoa(), &email, &request::origin()).await?;
    leptos_axum::redirect(&crate::routes::reset_for(&email));
    Ok(())
}

/// Sets a new password for who has the code, and leads to signing in.
#[server(name = Reset, endpoint = "account/reset")]
pub async fn reset(email: String, code: String, password: String) -> Answer<()> {
    use super::request;
    services::accounts::reset(&request::stoa(), &email, &code, &password, &request::origin()).await?;
    leptos_axum::redirect(&crate::routes::sign_in_after("reset", &email));
    Ok(())
}

/// How one's own account is protected.
#[server(name = GetSecurity, endpoint = "account/security", input = GetUrl)]
pub async fn security() -> Answer<Security> {
    use super::request;
    let token = request::needed_session()?;
    Ok(services::accounts::security(&request::stoa(), request::actor(), &token).await?)
}

/// Takes the password again, for what is dangerous.
#[server(name = Prove, endpoint = "account/prove")]
pub async fn prove(password: String) -> Answer<()> {
    use super::request;
    let (stoa, actor, token) = (request::stoa(), request::actor(), request::needed_session()?);
    let token = services::accounts::prove(&stoa, actor, &token, &password, &request::origin()).await?;
    request::set_session(&token);
    Ok(())
}

/// Sets a new password, and ends all other sessions.
#[server(name = ChangePassword, endpoint = "account/change-password")]
pub async fn change_password(old: String, new: String) -> Answer<()> {
    use super::request;
    let (stoa, actor, token) = (request::stoa(), request::actor(), request::needed_session()?);
    let origin = request::origin();
    let token = services::accounts::change_password(&stoa, actor, &token, &old, &new, &origin).await?;
    request::set_session(&token);
    Ok(())
}

/// Asks the present address whether its owner wants a new one.
#[server(name = ChangeEmail, endpoint = "account/change-email")]
pub async fn change_email(email: String) -> Answer<()> {
    use super::request;
    let token = request::needed_session()?;
    Ok(services::accounts::change_email(&request::stoa(), request::actor(), &token, &email).await?)
}

/// Takes the code that the present address got.
#[server(name = ApproveEmail, endpoint = "account/approve-email")]
pub async fn approve_email(code: String) -> Answer<()> {
    use super::request;
    let token = request::needed_session()?;
    Ok(services::accounts::approve_email(&request::stoa(), request::actor(), &token, &code).await?)
}

/// Takes the code that the new address got.
#[server(name = ConfirmEmail, endpoint = "account/confirm-email")]
pub async fn confirm_email(code: String) -> Answer<()> {
    use super::request;
    let token = request::needed_session()?;
    Ok(services::accounts::confirm_email(&request::stoa(), request::actor(), &token, &code).await?)
}

/// Makes the key of an authenticator, and shows it.
#[server(name = BeginTotp, endpoint = "second-factor/begin")]
pub async fn begin_totp() -> Answer<()> {
    use super::request;
    let token = request::needed_session()?;
    Ok(services::accounts::begin_totp(&request::stoa(), request::actor(), &token).await?)
}

/// Takes the first code of an authenticator, and shows recovery codes.
#[server(name = ConfirmTotp, endpoint = "second-factor/confirm")]
pub async fn confirm_totp(code: String) -> Answer<()> {
    use super::request;
    let token = request::needed_session()?;
    let token = services::accounts::confirm_totp(&request::stoa(), request::actor(), &token, &code).await?;
    request::set_session(&token);
    Ok(())
}

/// Asks for no second factor any more.
#[server(name = RemoveTotp, endpoint = "second-factor/remove")]
pub async fn remove_totp() -> Answer<()> {
    use super::request;
    let token = request::needed_session()?;
    let token = services::accounts::remove_totp(&request::stoa(), request::actor(), &token).await?;
    request::set_session(&token);
    Ok(())
}

/// Makes new recovery codes, and shows them.
#[server(name = NewRecoveryCodes, endpoint = "second-factor/recovery-codes")]
pub async fn new_recovery_codes() -> Answer<()> {
    use super::request;
    let token = request::needed_session()?;
    Ok(services::accounts::new_recovery_codes(&request::stoa(), request::actor(), &token).await?)
}

/// Shows neither key nor codes any more.
#[server(name = Hide, endpoint = "second-factor/hide")]
pub async fn hide() -> Answer<()> {
    use super::request;
    let token = request::needed_session()?;
    Ok(services::accounts::hide(&request::stoa(), request::actor(), &token).await?)
}

/// Ends another of one's own sessions.
#[server(name = EndSession, endpoint = "sessions/end")]
pub async fn end_session(session: String) -> Answer<()> {
    use super::request;
    let token = request::needed_session()?;
    Ok(services::accounts::end_other(&request::stoa(), request::actor(), &token, &session).await?)
}

/// Signs out everywhere, here, too.
#[server(name = SignOutEverywhere, endpoint = "sessions/end-all")]
pub async fn sign_out_everywhere() -> Answer<()> {
    use super::request;
    let token = request::needed_session()?;
    services::accounts::sign_out_everywhere(&request::stoa(), request::actor(), &token).await?;
    request::drop_cookie(super::session::cookie_name(request::settings().https));
    leptos_axum::redirect(crate::routes::SIGN_IN);
    Ok(())
}
