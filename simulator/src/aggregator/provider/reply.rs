//! How the response of the gateway is read, for each aggregator.

use serde_json::Value;

use super::{Odd, Provider, Reply};

impl Provider {
    /// Reads a response.
    pub fn reply(self, content_type: &str, body: &str) -> Result<Reply, Odd> {
        let kind = content_type.split(';').next().unwrap_or_default().trim();
        let expected = match self {
            Self::AfricasTalking | Self::Safaricom => "text/plain",
            Self::Aat => "text/xml",
            Self::Infobip | Self::Hubtel | Self::Nalo | Self::Korba => "application/json",
        };
        if kind != expected {
            return Err(Odd("another media type"));
        }
        match self {
            Self::AfricasTalking | Self::Safaricom => con_or_end(body),
            Self::Aat => xml(body),
            Self::Infobip => {
                let reply = object(body)?;
                if reply["responseExitCode"] != 200 {
                    return Err(Odd("responseExitCode is not 200"));
                }
                said(&reply["ussdMenu"], reply["shouldClose"].as_bool().map(|close| !close))
            }
            Self::Hubtel => {
                let reply = object(body)?;
                let open = match reply["Type"].as_str() {
                    Some("Response") => Some(true),
                    Some("Release") => Some(false),
                    _ => None,
                };
                said(&reply["Message"], open)
            }
            Self::Nalo => {
                let reply = object(body)?;
                if !reply["USERID"].is_string() || !reply["MSISDN"].is_string() {
                    return Err(Odd("USERID or MSISDN is missing"));
                }
                said(&reply["MSG"], reply["MSGTYPE"].as_bool())
            }
            Self::Korba => {
                let reply = object(body)?;
                let open = match reply["ussdServiceOp"].as_u64() {
                    Some(2) => Some(true),
                    Some(17) => Some(false),
                    _ => None,
                };
                said(&reply["message"], open)
            }
        }
    }
}

fn con_or_end(body: &str) -> Result<Reply, Odd> {
    let (open, text) = match (body.strip_prefix("CON "), body.strip_prefix("END ")) {
        (Some(text), _) => (true, text),
        (_, Some(text)) => (false, text),
        _ => return Err(Odd("neither CON nor END")),
    };
    Ok(Reply { text: text.to_owned(), open, next: None })
}

pub(super) fn object(body: &str) -> Result<Value, Odd> {
    let value: Value = serde_json::from_str(body).map_err(|_| Odd("no JSON"))?;
    if value.is_object() { Ok(value) } else { Err(Odd("no JSON object")) }
}

fn said(text: &Value, open: Option<bool>) -> Result<Reply, Odd> {
    let text = text.as_str().ok_or(Odd("no text"))?.to_owned();
    let open = open.ok_or(Odd("nothing says what follows"))?;
    Ok(Reply { text, open, next: None })
}

/// The one shape of XML that is expected: no reader of any XML.
fn xml(body: &str) -> Result<Reply, Odd> {
    let between = |from: &str, to: &str| {
        let (_, rest) = body.split_once(from)?;
        rest.split_once(to).map(|(inside, _)| inside)
    };
    if !body.starts_with("<request>") || !body.ends_with("</request>") {
        return Err(Odd("no request element"));
    }
    let text = between("<headertext>", "</headertext>").ok_or(Odd("no headertext"))?;
    let next = between("callback=\"", "\"").map(plain);
    // Whatever host it names, in this country the gateway is there.
    let next = next.map(|url| match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]).to_owned(),
        None => url,
    });
    Ok(Reply { text: plain(text), open: next.is_some(), next })
}

fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&amp;", "&")
}
