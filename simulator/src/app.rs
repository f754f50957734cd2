//! Plays the back end of a contact-tracing app against a gateway that runs: binds phones, tells of a
//! positive test, waits for the answer of whoever has that phone, and uploads.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use simulator::sijejak::{App, Came};

use crate::gateway::{EXPOSURE_SECRET, today};

/// Who tested positive, and whom the phone was near.
#[derive(Debug, Args)]
pub struct Sijejak {
    /// Where the gateway's web side listens
    #[arg(long, value_name = "ADDRESS")]
    gateway: SocketAddr,
    /// The phone of somebody who tested positive today
    #[arg(long, value_name = "NUMBER")]
    case: String,
    /// A phone that it was near yesterday; may be said again
    #[arg(long, value_name = "NUMBER", required = true)]
    contact: Vec<String>,
    /// What both sides sign with
    #[arg(long, default_value = EXPOSURE_SECRET)]
    secret: String,
}

/// How often the gateway is asked whether there is an answer.
const EVERY: Duration = Duration::from_secs(2);

/// Plays it to its end.
pub async fn run(arguments: Sijejak) -> Result<(), String> {
    let Sijejak { gateway, case: phone, contact, secret } = arguments;
    let app = App::new(gateway, &secret);
    let tokens: Vec<String> = contact.iter().map(|_| App::draw()).collect();
    let bound: Vec<(&str, &str)> =
        tokens.iter().map(String::as_str).zip(contact.iter().map(String::as_str)).collect();
    let failed = |error: simulator::aggregator::post::PostError| error.to_string();
    good(app.bind(&bound).await.map_err(failed)?)?;
    println!("bound {} phones", bound.len());
    let case = format!("lab-{}", App::draw());
    let (today, yesterday) = today();
    good(app.open(&case, &phone, &today).await.map_err(failed)?)?;
    println!(
        "case {case} is asked: answer on its phone, *119# then 6, 8; or KONTAK by SMS or chat"
    );
    loop {
        tokio::time::sleep(EVERY).await;
        let came = good(app.look(&case).await.map_err(failed)?)?;
        match came.word() {
            "given" => break,
            "asked" => {}
            word => return Err(format!("the case says {word}: nothing is uploaded")),
        }
    }
    let heard: Vec<(&str, &str)> =
        tokens.iter().map(|token| (token.as_str(), yesterday.as_str())).collect();
    let came = good(app.upload(&case, &heard).await.map_err(failed)?)?;
    println!("yes: uploaded {} contacts of {yesterday}, {}", heard.len(), came.word());
    Ok(())
}

fn good(came: Came) -> Result<Came, String> {
    match came.status {
        200 | 201 => Ok(came),
        status => Err(format!("the gateway answered {status}: {}", came.word())),
    }
}
