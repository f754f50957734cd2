//! What this client really asks, and what the simulated Satu Data really answers, held against the OpenAPI
//! text.

use serde_json::Value;
use setara::satudata::OPENAPI;
use simulator::satudata::{Asked, Requests};

use crate::{bed::Bed, conversations::SITI};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_asked_and_answered_is_what_is_written_down() {
    let bed = Bed::on_sqlite().await.configured("pull_seconds = 1\n");
    let gateway = bed.gateway().await;
    let mut siti = bed.phone("081290000001").await;
    siti.registers(SITI, &["1", "1"]).await;
    bed.record.double("3578011203800001");
    let people = [
        ("3173014502900009", "Nobody Known", "05021990"),
        ("3578011203800001", "Agus Setiawan", "12031980"),
        ("3374012304750001", "Bambang Sutrisno", "23041975"),
        ("3471015809880001", "Rina Kusuma", "18091988"),
    ];
    for (at, who) in people.into_iter().enumerate() {
        if at == 3 {
            bed.faults(Requests::Failing, 100, 0);
        }
        let mut phone = bed.phone(&format!("08129000005{at}")).await;
        phone.registers(who, &[]).await;
    }
    let asked = bed.record.asked();
    let api: Value = serde_json::from_str(OPENAPI).expect("JSON");
    let mut wrong = Vec::new();
    for asked in &asked {
        against(&api, asked, &mut wrong);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for wanted in ["POST /v1/persons/lookup", "POST /v1/registrations", "GET /v1/events"] {
        assert!(asked.iter().any(|asked| asked.request.starts_with(wanted)), "{wanted}");
    }
    let statuses = ["found", "not_found", "double"];
    for status in statuses {
        assert!(asked.iter().any(|asked| asked.answer["status"] == status), "{status}");
    }
    bed.end(gateway).await;
}

fn against(api: &Value, asked: &Asked, wrong: &mut Vec<String>) {
    let (method, target) = asked.request.split_once(' ').expect("a method and a target");
    let path = target.split('?').next().unwrap_or_default();
    let operation = &api["paths"][path][method.to_lowercase()];
    if operation.is_null() {
        return wrong.push(format!("{method} {path} is not written down"));
    }
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    if body.is_null() {
        for pair in target.split_once('?').map_or("", |(_, query)| query).split('&') {
            let name = pair.split('=').next().unwrap_or_default();
            let parameters = operation["parameters"].as_array().expect("parameters");
            if !parameters.iter().any(|of| of["name"] == name) {
                wrong.push(format!("{path} has no parameter {name}"));
            }
        }
    } else {
        fits(api, body, &asked.body, path, wrong);
    }
    if asked.status == 0 {
        return;
    }
    let response = resolved(api, &operation["responses"][asked.status.to_string()]);
    let schema = &response["content"]["application/json"]["schema"];
    if schema.is_null() {
        return wrong.push(format!("{path} does not answer {}", asked.status));
    }
    fits(api, schema, &asked.answer, &format!("{path} {}", asked.status), wrong);
}

fn resolved<'a>(api: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(name) => api.pointer(name.trim_start_matches('#')).expect("what a $ref names"),
        None => value,
    }
}

/// As much of JSON Schema as the text uses.
fn fits(api: &Value, schema: &Value, value: &Value, at: &str, wrong: &mut Vec<String>) {
    let schema = resolved(api, schema);
    let kind = match value {
        Value::Object(_) => "object",
        Value::Array(_) => "array",
        Value::String(_) => "string",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::Null => "null",
    };
    if schema["type"] != kind {
        return wrong.push(format!("{at} is {kind}, and not {}", schema["type"]));
    }
    if let Some(values) = schema["enum"].as_array()
        && !values.contains(value)
    {
        wrong.push(format!("{at} is none of {values:?}"));
    }
    if let (Some(pattern), Some(text)) = (schema["pattern"].as_str(), value.as_str())
        && !matches(pattern, text)
    {
        wrong.push(format!("{at} does not match {pattern}"));
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        if value.get(name.as_str().unwrap_or_default()).is_none() {
            wrong.push(format!("{at} has no {name}"));
        }
    }
    for (name, field) in value.as_object().into_iter().flatten() {
        match &schema["properties"][name] {
            Value::Null => wrong.push(format!("{at}.{name} is not written down")),
            known => fits(api, known, field, &format!("{at}.{name}"), wrong),
        }
    }
    for item in value.as_array().into_iter().flatten() {
        fits(api, &schema["items"], item, &format!("{at}[]"), wrong);
    }
}

/// The patterns of the text are classes with a number of repetitions, and single characters.
fn matches(pattern: &str, text: &str) -> bool {
    let mut left = text;
    let mut pattern = pattern.trim_start_matches('^').trim_end_matches('$');
    while !pattern.is_empty() {
        let (class, rest) = match pattern.strip_prefix('[') {
            Some(rest) => rest.split_once(']').expect("a whole class"),
            None => pattern.split_at(1),
        };
        let (times, rest) = match rest.strip_prefix('{') {
            Some(rest) => rest.split_once('}').expect("whole repetitions"),
            None => ("1", rest),
        };
        let (least, most) = times.split_once(',').unwrap_or((times, times));
        let (least, most): (usize, usize) = (least.parse().unwrap(), most.parse().unwrap());
        let is_in = |c: &char| match class.as_bytes() {
            b"0-9" => c.is_ascii_digit(),
            b"0-9a-f" => c.is_ascii_digit() || ('a'..='f').contains(c),
            _ => class.contains(*c),
        };
        let taken = left.chars().take_while(is_in).take(most).count();
        if taken < least {
            return false;
        }
        (left, pattern) = (&left[taken..], rest);
    }
    left.is_empty()
}
