//! What stands in the place of the picture while other devices of the account play.

use domain::id::LeaseId;
use domain::time::Seconds;
use domain::view::{Elsewhere, PlayingDevice};
use leptos::prelude::*;

/// Which other devices play, and how to play here instead.
#[component]
pub(super) fn ElsewherePanel(
    elsewhere: Elsewhere,
    /// Whether it was playing here until now.
    interrupted: bool,
    /// Plays here, in the place of the named device.
    play: Callback<Option<LeaseId>>,
) -> impl IntoView {
    let Elsewhere { full, devices } = elsewhere;
    let title = match (interrupted, devices.len()) {
        (true, 0) => "Playback was stopped from another device",
        (true, _) => "Playing on another device now",
        (false, 1) => "Already playing on another device",
        (false, _) => "Already playing on other devices",
    };
    let advice = match (full, devices.len()) {
        (false, _) => "You can go on here at any time.".to_owned(),
        (true, 1) => "Your account plays on one device at a time.".to_owned(),
        (true, limit) => format!("Your account plays on {limit} devices at a time. Choose which one stops."),
    };
    let rows: Vec<_> = devices.into_iter().map(|device| view! { <Row device full play /> }).collect();
    view! {
        <section role="alert" aria-labelledby="elsewhere" class="grid w-full place-items-center rounded-box bg-base-200 p-4 sm:aspect-video sm:p-8">
            <div class="w-full max-w-xl">
                <h2 id="elsewhere" class="text-lg font-semibold sm:text-xl">{title}</h2>
                <p class="mt-1 text-muted">{advice}</p>
                {(!rows.is_empty()).then(|| view! { <ul class="panel mt-5 divide-y divide-base-300">{rows}</ul> })}
                {(!full).then(|| view! {
                    <button type="button" class="btn btn-primary mt-5 min-h-11" on:click=move |_| play.run(None)>"Play here"</button>
                })}
            </div>
        </section>
    }
}

#[component]
fn Row(device: PlayingDevice, full: bool, play: Callback<Option<LeaseId>>) -> impl IntoView {
    let PlayingDevice { lease, name, lesson, playing_for, silent_for } = device;
    let name = name.to_string();
    let label = format!("Play here, stop {name}");
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-3 p-4">
            <div class="min-w-0 flex-1 basis-56">
                <p class="font-medium">{name}</p>
                <p class="hint mt-0.5">"Plays " <bdi class="text-base-content">{lesson.to_string()}</bdi></p>
                <p class="hint">{format!("Started {}, last seen {}", ago(playing_for), ago(silent_for))}</p>
            </div>
            {full.then(|| view! {
                <button type="button" class="btn btn-primary min-h-11 max-sm:w-full" aria-label=label on:click=move |_| play.run(Some(lease))>
                    "Play here, stop there"
                </button>
            })}
        </li>
    }
}

/// As people say it.
fn ago(Seconds(seconds): Seconds) -> String {
    let (count, unit) = match seconds {
        0..60 => return "just now".into(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_told_as_people_say_them() {
        let cases = [
            (59, "just now"),
            (60, "1 minute ago"),
            (7_199, "1 hour ago"),
            (7_200, "2 hours ago"),
            (200_000, "2 days ago"),
        ];
        for (seconds, words) in cases {
            assert_eq!(ago(Seconds(seconds)), words);
        }
    }
}
