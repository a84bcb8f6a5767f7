//! The ports that are in AWS, where that is configured. Records stay on this machine.

use super::{ComposeError, NoTranscoder, Program, embedded, ffmpeg};
use crate::config::{Aws, Config, Flow, People};
use crate::system::SystemClock;
use app::routes;
use aws::{
    Account, BucketSettings, Cognito, CognitoSettings, Connection, EventBridge, HostedSettings,
    LendingSettings, MediaConvert, MediaConvertSettings, RoleGroups, S3Blobs, S3Parts, Ses, SignInFlow,
    SnsOperators, SqsQueue,
};
use services::Stoa;
use std::sync::Arc;

/// The program with all that a server needs.
pub(super) async fn server(config: &Config) -> Result<Program, ComposeError> {
    let Some(bucket) = bucket(&config.aws) else {
        let stoa = chosen(config, embedded(config, ffmpeg(config)?)?).await?;
        return Ok(Program { stoa, uploads: None, hears: None, till: None });
    };
    let stoa = beside(config).await?;
    let uploads = S3Parts::new(&connection(&config.aws).await?, bucket.clone()).origin().await;
    let uploads = uploads.map_err(|error| ComposeError::Aws(error.to_string()))?;
    let hears = Arc::new(move |message: &str| aws::hear(message, &bucket));
    Ok(Program { stoa, uploads: Some(uploads), hears: Some(hears), till: None })
}

/// What a command that runs beside the server needs.
pub(super) async fn beside(config: &Config) -> Result<Stoa, ComposeError> {
    chosen(config, embedded(config, Arc::new(NoTranscoder))?).await
}

/// The same with those ports in AWS that are configured.
async fn chosen(config: &Config, mut stoa: Stoa) -> Result<Stoa, ComposeError> {
    let connection = connection(&config.aws).await?;
    if let Some(bucket) = bucket(&config.aws) {
        let blobs = S3Blobs::new(&connection, bucket.clone());
        stoa.parts = Arc::new(S3Parts::new(&connection, bucket));
        stoa.blobs = Arc::new(blobs.clone());
        stoa.transcoder = Arc::new(mediaconvert(&config.aws, blobs).await);
    }
    if let Some(queues) = &config.aws.queues {
        stoa.queue = Arc::new(SqsQueue::new(&connection, queues, Arc::new(SystemClock)));
    }
    if let Some(bus) = &config.aws.event_bus {
        stoa.events = Arc::new(EventBridge::new(&connection, bus));
    }
    if let Some(topic) = &config.aws.topic {
        stoa.operators = Arc::new(SnsOperators::new(&connection, topic));
    }
    if config.aws.ses {
        stoa.mailer = Arc::new(Ses::new(&connection, config.mail.from.clone().unwrap_or_default()));
    }
    if let Some(pool) = &config.aws.cognito.pool {
        stoa.identity = Arc::new(people(config, pool).await);
    }
    Ok(stoa)
}

async fn people(config: &Config, pool: &str) -> Cognito {
    let People {
        client, secret, flow, instructors, support, admins, endpoint, hosted, identity_pool, ..
    } = config.aws.cognito.clone();
    let endpoint = endpoint.or_else(|| config.aws.endpoint.clone());
    let site = config.origin();
    let hosted = hosted.domain.map(|origin| HostedSettings {
        origin,
        name: hosted.name,
        back: format!("{site}{}", routes::RETURN),
        out: format!("{site}{}", routes::HOME),
    });
    // A pool is in the region that its name begins with.
    let region = pool.split('_').next().map(str::to_owned);
    // The identity pool is where the bucket is, or the user pool.
    let lending = bucket(&config.aws).zip(identity_pool).map(|(bucket, pool)| LendingSettings {
        pool,
        bucket: bucket.bucket,
        prefix: bucket.prefix,
        region: config.aws.region.clone().or_else(|| region.clone()).unwrap_or_default(),
    });
    let connection = Account { region, endpoint: endpoint.clone(), keys: None }.connect().await;
    let settings = CognitoSettings {
        pool: pool.to_owned(),
        client: client.unwrap_or_default(),
        secret,
        flow: match flow {
            Flow::Srp => SignInFlow::Srp,
            Flow::Password => SignInFlow::Password,
        },
        groups: RoleGroups { instructor: instructors, support, admin: admins },
        endpoint,
        hosted,
        lending,
    };
    Cognito::new(&connection, settings, Arc::new(SystemClock))
}

async fn mediaconvert(aws: &Aws, blobs: S3Blobs) -> MediaConvert {
    let settings = aws.mediaconvert.clone();
    let settings = MediaConvertSettings {
        role: settings.role.unwrap_or_default(),
        queue: settings.queue,
        template: settings.template,
    };
    let endpoint = aws.mediaconvert.endpoint.clone().or_else(|| aws.endpoint.clone());
    MediaConvert::new(&account(aws, endpoint).connect().await, blobs, settings)
}

fn bucket(aws: &Aws) -> Option<BucketSettings> {
    let Aws { bucket, prefix, path_style, .. } = aws.clone();
    bucket.map(|bucket| BucketSettings { bucket, prefix, path_style })
}

fn account(aws: &Aws, endpoint: Option<String>) -> Account {
    Account { region: aws.region.clone(), endpoint, keys: None }
}

async fn connection(aws: &Aws) -> Result<Connection, ComposeError> {
    let connection = account(aws, aws.endpoint.clone()).connect().await;
    match connection.region() {
        Some(_) => Ok(connection),
        None => Err(ComposeError::Aws("no region is known: set aws.region, or AWS_REGION".into())),
    }
}
