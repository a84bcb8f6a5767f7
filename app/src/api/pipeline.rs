//! The video pipeline, for those who operate the program.

use super::Answer;
use domain::id::AssetId;
use domain::view::PipelineBoard;
use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;

/// What waits, runs, failed and was given up.
#[server(name = Pipeline, endpoint = "pipeline/board", input = GetUrl)]
pub async fn board() -> Answer<PipelineBoard> {
    use super::request;
    Ok(services::videos::board(&request::stoa(), request::actor()).await?)
}

/// Tries a failed video again.
#[server(name = RetryAsset, endpoint = "pipeline/retry")]
pub async fn retry(asset: AssetId) -> Answer<()> {
    use super::request;
    Ok(services::videos::retry_asset(&request::stoa(), request::actor(), asset).await?)
}

/// Stops the conversion of a video.
#[server(name = CancelAsset, endpoint = "pipeline/cancel")]
pub async fn cancel(asset: AssetId) -> Answer<()> {
    use super::request;
    Ok(services::videos::cancel_asset(&request::stoa(), request::actor(), asset).await?)
}

/// Does a job that was given up once more.
#[server(name = Redrive, endpoint = "pipeline/redrive")]
pub async fn redrive(queue: String, id: String) -> Answer<()> {
    use super::request;
    Ok(services::videos::redrive(&request::stoa(), request::actor(), &queue, &id).await?)
}
