//! The video pipeline, for those who operate the program: what waits, runs, failed and was given up.

mod row;

use crate::api::pipeline::{Redrive, board};
use crate::components::{Empty, Outcome, PostForm, Problem, live, load};
use crate::data::preload;
use domain::id::AssetId;
use domain::view::{DeadJob, PipelineBoard, PipelineRow};
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos_meta::Title;
use row::Row;

/// How often the board is asked for, in milliseconds.
const EVERY: u32 = 2_000;

/// The video pipeline.
#[component]
pub(crate) fn Pipeline() -> impl IntoView {
    let outcome = Outcome::of("/api/pipeline/");
    let page = preload(move || outcome.answers(), |_| board());
    load(page, skeleton, move |page| view! { <Board page outcome /> })
}

fn skeleton() -> AnyView {
    view! {
        <div class="page max-w-5xl" role="status" aria-label="Loading the pipeline">
            <div class="skeleton-block h-12 max-w-xl"></div>
            <div class="skeleton-block mt-8 h-96"></div>
        </div>
    }
    .into_any()
}

#[component]
fn Board(page: PipelineBoard, outcome: Outcome) -> impl IntoView {
    let shown = RwSignal::new(page);
    let followed = live(EVERY, || true, board, move |now| drop(shown.try_set(now)));
    let active = Memo::new(move |_| shown.with(|board| board.active.clone()));
    let failed = Memo::new(move |_| shown.with(|board| board.failed.clone()));
    let dead = Memo::new(move |_| shown.with(|board| board.dead.clone()));
    let letters =
        move || dead.get().into_iter().map(|job| view! { <Dead job outcome /> }).collect::<Vec<_>>();
    view! {
        <Title text="Video pipeline" />
        <div class="page max-w-5xl">
            <h1 class="mb-2 text-3xl font-semibold">"Video pipeline"</h1>
            <p class="hint mb-8" role="status">
                {move || match followed.lost.get() {
                    true => "The connection was lost. What you see may be old; it is updated as soon as the server answers.",
                    false => "Every upload on its way to its learners. This page updates itself.",
                }}
            </p>
            <div class="mb-4"><Problem of=outcome /></div>
            <Rows id="active" title="Waiting and running" none="Nothing is waiting or being converted." rows=active outcome />
            <Rows id="failed" title="Failed" none="No video has failed." rows=failed outcome />
            <section class="mt-12" aria-labelledby="dead">
                <h2 id="dead" class="mb-4 text-xl font-semibold">"Jobs given up"</h2>
                {move || match dead.with(Vec::is_empty) {
                    true => view! { <p class="text-muted">"No job was given up."</p> }.into_any(),
                    false => view! { <ul class="panel divide-y divide-base-300">{letters()}</ul> }.into_any(),
                }}
            </section>
        </div>
    }
}

#[component]
fn Rows(
    id: &'static str,
    title: &'static str,
    /// What is said where there are none.
    none: &'static str,
    rows: Memo<Vec<PipelineRow>>,
    outcome: Outcome,
) -> impl IntoView {
    let assets = Memo::new(move |_| rows.with(|rows| rows.iter().map(|row| row.asset).collect::<Vec<_>>()));
    let row = move |asset: AssetId| {
        let found = Memo::new(move |_| rows.with(|rows| rows.iter().find(|row| row.asset == asset).cloned()));
        view! { <Row row=found outcome /> }
    };
    view! {
        <section class="mt-12 first-of-type:mt-0" aria-labelledby=id>
            <h2 id=id class="mb-4 text-xl font-semibold">{title}</h2>
            <Show
                when=move || !assets.with(Vec::is_empty)
                fallback=move || view! { <Empty title=none>""</Empty> }
            >
                <ul class="panel divide-y divide-base-300">
                    <For each=move || assets.get() key=|asset| *asset children=row />
                </ul>
            </Show>
        </section>
    }
}

#[component]
fn Dead(job: DeadJob, outcome: Outcome) -> impl IntoView {
    let DeadJob { queue, id, body, attempts, reason, sent } = job;
    view! {
        <li class="flex flex-wrap items-start gap-x-4 gap-y-2 px-5 py-4">
            <div class="min-w-0 flex-1 basis-64">
                <p class="font-medium" dir="auto">{reason}</p>
                <p class="hint mt-1">{format!("Tried {attempts} times, made on {}", sent.date())}</p>
                <pre class="mt-2 overflow-x-auto text-xs text-muted" dir="ltr" tabindex="0">{body}</pre>
            </div>
            <PostForm to=Redrive::PATH outcome>
                <input type="hidden" name="queue" value=queue />
                <input type="hidden" name="id" value=id />
                <button type="submit" class="btn min-h-11">"Do it again"</button>
            </PostForm>
        </li>
    }
}
