//! What each mail says. How it looks is [`letter`](super::letter)'s.

use super::reader::Zone;
use super::{Code, Mail, OrderPlace, ReceiptLine, Recipient};
use domain::account::Role;
use domain::address;
use domain::mail::Topic;
use domain::money::Price;

/// What a mail says.
pub(super) struct Content {
    /// One line.
    pub(super) subject: String,
    /// From top to bottom.
    pub(super) blocks: Vec<Block>,
}

/// A part of a mail.
pub(super) enum Block {
    /// A paragraph.
    Text(String),
    /// What there is to do: a link, and what it says.
    Action {
        /// A path from the site's origin.
        path: String,
        /// What it does.
        label: &'static str,
    },
    /// Names and values.
    Facts(Vec<(&'static str, String)>),
}

use Block::{Action, Facts, Text};

impl Mail {
    /// Names the event, for logs.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Mail::ConfirmAddress { .. } => "confirm-address",
            Mail::AlreadyRegistered => "already-registered",
            Mail::ResetPassword { .. } => "reset-password",
            Mail::PasswordChanged => "password-changed",
            Mail::ConfirmNewAddress { .. } => "confirm-new-address",
            Mail::AddressChangeRequested { .. } => "address-change-requested",
            Mail::AddressChanged { .. } => "address-changed",
            Mail::SecondFactorOn => "second-factor-on",
            Mail::SecondFactorOff => "second-factor-off",
            Mail::RecoveryCodeUsed { .. } => "recovery-code-used",
            Mail::NewSignIn { .. } => "new-sign-in",
            Mail::Invitation { .. } => "invitation",
            Mail::TeachTogether { .. } => "teach-together",
            Mail::RoleChanged { .. } => "role-changed",
            Mail::DeletionPlanned { .. } => "deletion-planned",
            Mail::DeletionCancelled => "deletion-cancelled",
            Mail::DeletionStopped { .. } => "deletion-stopped",
            Mail::Deleted => "deleted",
            Mail::PaymentReady { .. } => "payment-ready",
            Mail::Receipt { .. } => "receipt",
            Mail::Refunded { .. } => "refunded",
            Mail::RefundDeclined { .. } => "refund-declined",
            Mail::VideoReady { .. } => "video-ready",
            Mail::VideoFailed { .. } => "video-failed",
        }
    }

    /// What it is about, where somebody may do without it.
    pub(super) fn topic(&self) -> Option<Topic> {
        match self {
            Mail::VideoReady { .. } | Mail::VideoFailed { .. } => Some(Topic::Videos),
            _ => None,
        }
    }

    /// What it says to somebody.
    pub(super) fn content(&self, to: &Recipient, zone: &Zone) -> Content {
        let (subject, blocks) = match self {
            Mail::ConfirmAddress { code } => (
                "Confirm your address".into(),
                vec![
                    text("Somebody, we think you, signs up with this address. Confirm it to go on."),
                    action(address::confirm(&to.email, code.expose()), "Confirm the address"),
                    typed(code),
                    text("If it was not you, do nothing: without you there will be no account."),
                ],
            ),
            Mail::AlreadyRegistered => (
                "You have an account already".into(),
                vec![
                    text("Somebody, perhaps you, tried to sign up with this address, which has an account."),
                    action(address::SIGN_IN, "Sign in"),
                    text(
                        "If you forgot the password, you can set a new one from there. If it was not you, \
                          do nothing: nothing has changed.",
                    ),
                ],
            ),
            Mail::ResetPassword { code } => (
                "Set a new password".into(),
                vec![
                    text("Somebody, we think you, asked for a new password."),
                    action(address::reset(&to.email, code.expose()), "Set a new password"),
                    typed(code),
                    text("If it was not you, do nothing: the old one stays."),
                ],
            ),
            Mail::PasswordChanged => (
                "Your password was changed".into(),
                vec![text("Your account has a new password, and is signed out everywhere else."), not_you()],
            ),
            Mail::ConfirmNewAddress { code } => (
                "Confirm your new address".into(),
                vec![
                    text("You asked for this to be the address of your account. Confirm that it is yours."),
                    action(address::change_address(&to.email, code.expose()), "Confirm the address"),
                    typed(code),
                    text(
                        "The address changes once the old one has confirmed it, too. If it was not you, do \
                          nothing.",
                    ),
                ],
            ),
            Mail::AddressChangeRequested { new, code } => (
                "Confirm that your address changes".into(),
                vec![
                    text(format!("Somebody, we think you, wants {new} to be the address of your account.")),
                    action(address::change_address(&to.email, code.expose()), "Change the address"),
                    typed(code),
                    text(
                        "The address changes once the new one has confirmed it, too. If it was not you, do \
                          not confirm, and set a new password: somebody knows yours.",
                    ),
                ],
            ),
            Mail::AddressChanged { new } => (
                "The address of your account was changed".into(),
                vec![text(format!("The address of your account is {new} now.")), not_you()],
            ),
            Mail::SecondFactorOn => (
                "Signing in needs a second step now".into(),
                vec![
                    text(
                        "To sign in, you now need a code from your app as well as the password. Keep the \
                          recovery codes where you find them without your phone.",
                    ),
                    not_you(),
                ],
            ),
            Mail::SecondFactorOff => (
                "Signing in needs no second step any more".into(),
                vec![text("To sign in, your password alone is enough now."), not_you()],
            ),
            Mail::RecoveryCodeUsed { left } => (
                "A recovery code was used".into(),
                vec![
                    text(match left {
                        0 => "Somebody, we think you, signed in with a recovery code. It was the last one: \
                              make new ones."
                            .to_owned(),
                        1 => {
                            "Somebody, we think you, signed in with a recovery code. One is left.".to_owned()
                        }
                        left => {
                            format!(
                                "Somebody, we think you, signed in with a recovery code. {left} are left."
                            )
                        }
                    }),
                    action(address::SECURITY, "Look at your account"),
                    not_you(),
                ],
            ),
            Mail::NewSignIn { device, from, at } => (
                format!("A new sign-in: {device}"),
                vec![
                    text("Somebody, we think you, signed in on a device that was not used before."),
                    Facts(vec![
                        ("Device", device.to_string()),
                        ("Network address", from.clone()),
                        ("Time", zone.moment(*at)),
                    ]),
                    action(address::SECURITY, "See where you are signed in"),
                    not_you(),
                ],
            ),
            Mail::Invitation { by, role, code, until } => (
                format!("{by} invites you"),
                vec![
                    text(format!("{by} invites you to join as {}.", role_words(*role))),
                    action(address::invitation(code.expose()), "Accept the invitation"),
                    text(format!("The link works once, until {}.", zone.moment(*until))),
                ],
            ),
            Mail::TeachTogether { by, course } => (
                format!("{by} asks you to teach together"),
                vec![
                    text(format!("{by} asks you to teach the course “{course}” with them.")),
                    action(address::TEACH, "Answer"),
                    text("For this you need an account as an instructor, with this address."),
                ],
            ),
            Mail::RoleChanged { role } => (
                "What you may do has changed".into(),
                vec![text(format!("Your account is {} now.", role_words(*role)))],
            ),
            Mail::DeletionPlanned { on } => (
                "Your account will be deleted".into(),
                vec![
                    text(format!(
                        "Your account and all that names you will be deleted on {}.",
                        zone.moment(*on)
                    )),
                    text("Until then you can sign in and keep it."),
                    action(address::DATA, "Keep the account"),
                    not_you(),
                ],
            ),
            Mail::DeletionCancelled => {
                ("Your account stays".into(), vec![text("Your account will not be deleted."), not_you()])
            }
            Mail::DeletionStopped { reason } => (
                "Your account could not be deleted".into(),
                vec![
                    text("The day has come on which your account was to be deleted, and it is still there."),
                    text(reason),
                    text("Once that is done, you can ask for the deletion again."),
                    action(address::DATA, "Look at your account"),
                ],
            ),
            Mail::Deleted => (
                "Your account was deleted".into(),
                vec![text(
                    "Your account is gone, and all that named you but what we have to keep. This is the last mail \
                      from us.",
                )],
            ),
            Mail::PaymentReady { order, total } => (
                "Your order can be paid now".into(),
                vec![
                    text(format!(
                        "When you ordered {order}, the payment service did not answer. It does now. You have not \
                         paid anything yet."
                    )),
                    Facts(vec![("To be paid", total.to_string())]),
                    action(address::order(order.order), "Pay the order"),
                ],
            ),
            Mail::Receipt { order, lines, discount, total } => (
                format!("Your receipt for {order}"),
                vec![
                    text("Thank you. What you bought is yours to watch now."),
                    bill(order, lines, *discount, *total),
                    action(address::order(order.order), "Look at the order"),
                ],
            ),
            Mail::Refunded { order, amount } => (
                format!("{amount} of your order is given back"),
                vec![
                    text(format!(
                        "{amount} of what you paid for {order} is on its way to you. It takes some days until it is \
                         on your account."
                    )),
                    action(address::order(order.order), "Look at the order"),
                ],
            ),
            Mail::RefundDeclined { order, why } => (
                "You asked for your money back".into(),
                vec![
                    text(format!(
                        "You asked for your money back for {order}. We do not give it back, because:"
                    )),
                    text(why),
                    text("All that you bought stays yours."),
                    action(address::order(order.order), "Look at the order"),
                ],
            ),
            Mail::VideoReady { lesson, file, warnings } => {
                let mut blocks = vec![text(format!("{file} can be watched now, in {}.", lesson))];
                blocks.extend(warnings.iter().map(text));
                blocks.push(action(address::edit_lesson(lesson.course, lesson.lesson), "Look at the lesson"));
                (format!("Your video is ready: {file}"), blocks)
            }
            Mail::VideoFailed { lesson, file, reason } => (
                format!("Your video could not be converted: {file}"),
                vec![
                    text(format!("{file} could not be made watchable, for {}.", lesson)),
                    text(reason),
                    action(address::edit_lesson(lesson.course, lesson.lesson), "Look at the lesson"),
                ],
            ),
        };
        Content { subject, blocks }
    }
}

/// The lines of a receipt.
fn bill(order: &OrderPlace, lines: &[ReceiptLine], discount: Option<Price>, total: Price) -> Block {
    let mut bill: Vec<_> =
        lines.iter().map(|line| ("Course", format!("{}, {}", line.title, line.price))).collect();
    bill.extend(discount.map(|discount| ("Coupon", format!("−{discount}"))));
    bill.push(("Paid", total.to_string()));
    bill.push(("Order", order.order.to_string()));
    Facts(bill)
}

fn text(text: impl ToString) -> Block {
    Text(text.to_string())
}

fn action(path: impl Into<String>, label: &'static str) -> Block {
    Action { path: path.into(), label }
}

/// For who reads the mail on another device than the one that asks for the code.
fn typed(code: &Code) -> Block {
    Facts(vec![("Or type the code", code.expose().to_owned())])
}

fn not_you() -> Block {
    text("If it was not you, set a new password at once: somebody knows yours.")
}

fn role_words(role: Role) -> &'static str {
    match role {
        Role::Learner => "a learner",
        Role::Instructor => "an instructor",
        Role::Support => "a member of support",
        Role::Admin => "an administrator",
    }
}
